"""Read one reply: a keyword, a number that is certain, or not certain at all.

"First number wins" is wrong too often, so the rule is the other way round: a number
counts only when it is the only one, and when every word around it is known to leave it
as it is. Everything else is unclear, is asked once more, and goes to a person.
"""

import re
from decimal import Decimal

from companion.core.normalising import normalise
from companion.core.protocols import Question, Scale
from companion.core.reading.readings import UNCLEAR, Reading, ReadingKind, Vocabulary

LONGEST_ANSWER = 160
"""Letters; a longer text says more than a number and is for a person."""

_EDGES = " \n\t.,!?;:()\"'*~<>"
_NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?"
_OUT_OF = re.compile(rf"({_NUMBER}) ?(?:/|\\|out of|outta|of) ?(?:10|ten)\b")
_RANGE = re.compile(
    rf"(?:between )({_NUMBER}) ?and ?({_NUMBER})|({_NUMBER}) ?(?:-|/|to|or) ?({_NUMBER})"
)
_NOT_A_SCORE = re.compile(
    r"\d{4}"  # years, phone numbers
    r"|\d[:h]\d|\d ?(?:am|pm|o'?clock)\b"  # times
    r"|\d ?(?:mg|mcg|g|ml|micrograms?|milligrams?|%|x\b)"  # amounts
    r"|\d/\d+/\d|\d(?:st|nd|rd|th)\b"  # dates
    r"|(?<!\d)-\d|[£$€+=<>]"  # negatives, money, sums
)
_LOOKS_LIKE_DIGITS = {"o": "0", "l": "1", "1o": "10", "lo": "10", "l0": "10"}
_FIRST_THEN_WORDS = re.compile(rf"({_NUMBER}) ?[,.;:\n-]+ ?(\D+)")


def read(text: str, question: Question | None, vocabulary: Vocabulary) -> Reading:
    """Return what *text* means while *question* is open. Total: any text has a reading."""
    said = normalise(text)
    bare = said.strip(_EDGES)
    if bare in vocabulary.keywords:
        return Reading(ReadingKind.KEYWORD, keyword=vocabulary.keywords[bare])
    if question is None:
        return Reading(ReadingKind.FREE_TEXT)
    if question is Question.PAIN and bare in vocabulary.zero_pain:
        return Reading(ReadingKind.NUMBER, Decimal(0))
    return read_on_scale(bare, question.scale, vocabulary)


def read_on_scale(text: str, scale: Scale, vocabulary: Vocabulary) -> Reading:
    """Return the number, range, yes or no that *text* is on *scale*, or unclear."""
    bare = normalise(text).strip(_EDGES)
    if bare in vocabulary.yes:
        return Reading(ReadingKind.YES)
    if bare in vocabulary.no:
        return Reading(ReadingKind.NO)
    bare = _LOOKS_LIKE_DIGITS.get(bare, bare)
    if len(bare) > LONGEST_ANSWER or _NOT_A_SCORE.search(bare):
        return UNCLEAR
    return _number_in(_in_digits(bare, vocabulary), scale, vocabulary)


def _in_digits(said: str, vocabulary: Vocabulary) -> str:
    """Put digits for number words, and decimals for "and a half"."""

    def digits(match: re.Match[str]) -> str:
        return str(vocabulary.numbers.get(match[0], match[0]))

    said = re.sub(r"[^\W\d_]+", digits, said)
    for half in vocabulary.half:
        said = re.sub(rf"\b(\d+) {re.escape(half)}\b", r"\1.5", said)
    return said


def _number_in(said: str, scale: Scale, vocabulary: Vocabulary) -> Reading:
    if scale.high == 10:
        said = _OUT_OF.sub(r"\1", said, count=1)
    found = _RANGE.search(said)
    if found:
        rest = said[: found.start()] + " " + said[found.end() :]
        low, high = (part for part in found.groups() if part is not None)
        return _range(low, high, rest, scale, vocabulary)
    first = _FIRST_THEN_WORDS.fullmatch(said)
    if first:
        # "7, bad night": the number stands apart from the words, which a person reads.
        return _on_scale(_decimal(first[1]), scale)
    numbers = list(re.finditer(_NUMBER, said))
    if len(numbers) != 1:
        return UNCLEAR
    rest = said[: numbers[0].start()] + " " + said[numbers[0].end() :]
    if not _is_filler(rest, vocabulary):
        return UNCLEAR
    return _on_scale(_decimal(numbers[0][0]), scale)


def _range(low: str, high: str, rest: str, scale: Scale, vocabulary: Vocabulary) -> Reading:
    ends = _decimal(low), _decimal(high)
    fits = scale.halves and ends[0] < ends[1] and all(map(scale.holds, ends))
    if not fits or not _is_filler(rest, vocabulary):
        return UNCLEAR
    return Reading(ReadingKind.RANGE, *ends)


def _on_scale(value: Decimal, scale: Scale) -> Reading:
    if scale.holds(value):
        return Reading(ReadingKind.NUMBER, value)
    if value == value.to_integral_value():
        return Reading(ReadingKind.OUT_OF_RANGE)
    return UNCLEAR


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _is_filler(rest: str, vocabulary: Vocabulary) -> bool:
    return all(word in vocabulary.filler for word in re.findall(r"[\w'/-]+", rest))


def has_words(text: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *text* says more than a number, a keyword and politeness do.

    Such a text is shown to a person, whatever else was understood of it.
    """
    said = normalise(text)
    if said.strip(_EDGES) in {*vocabulary.keywords, *vocabulary.zero_pain}:
        return False
    known = vocabulary.filler | vocabulary.numbers.keys() | vocabulary.yes | vocabulary.no
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", said)
    halves = {word for half in vocabulary.half for word in half.split()}
    return any(word not in known | halves | {"out", "to", "or", "between"} for word in words)
