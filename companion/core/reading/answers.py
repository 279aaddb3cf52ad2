"""Read one reply: a keyword, a number that is certain, or not certain at all.

What is not certain is asked once more and then goes to a person. It weighs nothing: what
an answer means for the patient stands in ``core.triage``.
"""

import re
import unicodedata
from decimal import Decimal

from companion.core.normalising import normalise, plain
from companion.core.protocols import Question, Scale
from companion.core.reading.numbers import number_in
from companion.core.reading.readings import Keyword, Reading, ReadingKind, Vocabulary

_EDGES = " \n\t,.!?;:()\"'*~"
_TEN = re.compile(r"(?<!\w)(?:1[Oo]|[lI]0|[lI]O)(?!\w)")
"""Letters that look like the digits of 10. Not "lo": it may be meant for "low"."""
_LONE = {"o": "0", "l": "1"}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_GLAD = frozenset("👍👌🙏❤💙💚💛💜🧡😀😁😂😃😄😅😆😇😉😊😋😍😎🙂🤗🤣🥰🏻🏼🏽🏾🏿")


def read(text: str, question: Question | None, vocabulary: Vocabulary) -> Reading:
    """Return what *text* means while *question* is open. Total: any text has a reading."""
    bare = _bare(text)
    if question is not None and bare in vocabulary.answers.get(question, {}):
        return Reading(ReadingKind.NUMBER, Decimal(vocabulary.answers[question][bare]))
    keyword = vocabulary.keywords.get(bare)
    # "Same" may say that the pain is as it was: while a question is open it steers nothing.
    if keyword is not None and not (keyword is Keyword.SAME and question is not None):
        return Reading(ReadingKind.KEYWORD, keyword=keyword)
    if question is None:
        return Reading(ReadingKind.FREE_TEXT)
    return read_on_scale(text, question.scale, vocabulary, question)


def read_on_scale(text: str, scale: Scale, vocabulary: Vocabulary, question: str = "") -> Reading:
    """Return the number, range, yes or no that *text* is on *scale*, or unclear."""
    bare = _bare(text)
    if bare in vocabulary.yes:
        return Reading(ReadingKind.YES)
    if bare in vocabulary.no:
        return Reading(ReadingKind.NO)
    said = normalise(_TEN.sub("10", plain(text)))
    return number_in(_LONE.get(said.strip(_EDGES), said), scale, vocabulary, question)


def has_words(text: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *text* says more than a number, a keyword and politeness do.

    Such a text is shown to a person, whatever else was understood of it.
    """
    said, bare = normalise(text), _bare(text)
    whole = {said for answers in vocabulary.answers.values() for said in answers}
    if bare in vocabulary.keywords or bare in whole:
        return False
    words = _WORD.findall(said)
    known = vocabulary.pleasantries | vocabulary.yes | vocabulary.no | vocabulary.numbers.keys()
    if any(letter.isdigit() for letter in said) or vocabulary.numbers.keys() & set(words):
        known |= _beside_numbers(vocabulary)
    elif not words:
        return any(unicodedata.category(sign) == "So" and sign not in _GLAD for sign in said)
    return any(word not in known for word in words)


def _beside_numbers(vocabulary: Vocabulary) -> frozenset[str]:
    phrases = (
        *vocabulary.half, *vocabulary.asides, *vocabulary.hours, *vocabulary.out_of,
        *vocabulary.scale_of, *vocabulary.through, *vocabulary.either, *vocabulary.between,
        *vocabulary.together, *vocabulary.point,
        *(said for question in Question for said in vocabulary.said_of(question)),
    )  # fmt: skip
    words = {word for phrase in phrases for word in phrase.split()}
    topics = {word for about in vocabulary.topics.values() for word in about}
    return vocabulary.before | vocabulary.after | words | topics


def _bare(text: str) -> str:
    return " ".join(normalise(text).split()).strip(_EDGES)
