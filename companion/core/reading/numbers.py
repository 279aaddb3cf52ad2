"""Find the one number that a text gives on a scale, or say that it is not certain.

"First number wins" is wrong too often, so the rule is the other way round: a number
counts only when it is the only one, and when everything around it is known to leave it
as it is. It guesses nothing and never changes a number to make it fit.
"""

import re
from decimal import Decimal
from functools import cache

from companion.core.normalising import WORD
from companion.core.questions import Scale
from companion.core.reading.around import RANGE_MARK, Around
from companion.core.reading.phrasing import compiled, pattern_of_any, without_faces
from companion.core.reading.readings import UNCLEAR, Reading, ReadingKind, Vocabulary

LONGEST_ANSWER = 160
"""Letters; a longer text says more than a number and is for a person."""

WIDEST_DOUBT = 2
"""Points between two numbers that somebody cannot decide between: "6 or 8"."""

_N = r"(?<![\w./])(\d+(?:\.\d+)?|\.\d+)"
_N_TOO = r"(\d+(?:\.\d+)?)"
_END = r"(?![\w./-]*\w)"
_NUMBER = re.compile(r"(\d*\.?\d+)(?:-?ish)?")
_KISSES = re.compile(r"(\d)(x{1,3})(?!\w)")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NOT_APART = re.compile(
    r"(?<![\d.])-\.?\d|\d -\d"  # below zero
    r"|\d-(?!ish\b)[^\W\d]"  # 2-weekly
)


def number_in(said: str, scale: Scale, vocabulary: Vocabulary, question: str) -> Reading:
    """Return the number or range that *said*, in normal form, gives on *scale*."""
    said = _KISSES.sub(r"\1 \2", compiled(r"\.{2,}").sub(" , ", without_faces(said, vocabulary)))
    spelt = not vocabulary.numbers.keys().isdisjoint(WORD.findall(said))
    said = in_digits(said, vocabulary) if len(said) <= LONGEST_ANSWER else ""
    if not scale.ranges:
        said = compiled(rf"^(?:{pattern_of_any(vocabulary.labels)}) ?(?=\d)").sub("", said)
    if _NOT_APART.search(said):
        return UNCLEAR
    said = _without_scale(said, scale, vocabulary)
    ranges = _ranges(vocabulary).search(said)
    if ranges:
        rest = f"{said[: ranges.start()]} {RANGE_MARK} {said[ranges.end() :]}"
        return _range(ranges, Around(rest, vocabulary, question, scale, spelt=spelt), scale)
    return _single(Around(said, vocabulary, question, scale, spelt=spelt), scale)


def in_digits(said: str, vocabulary: Vocabulary) -> str:
    """Put digits for number words, and decimals for "point five" and "and a half"."""
    if vocabulary.decimal_comma:
        said = _COMMA.sub(".", said)
    said = WORD.sub(lambda word: str(vocabulary.numbers.get(word[0], word[0])), said)
    said = compiled(rf"\b(\d+) (?:{pattern_of_any(vocabulary.point)}) (\d)\b").sub(r"\1.\2", said)
    said = compiled(rf"(?<![\w.])(?:{pattern_of_any(vocabulary.half_before)}) (\d+){_END}").sub(
        r"\1.5", said
    )
    return compiled(rf"(?<![\w.])(\d+) (?:{pattern_of_any(vocabulary.half)}|1/2){_END}").sub(
        r"\1.5", said
    )


def _without_scale(said: str, scale: Scale, vocabulary: Vocabulary) -> str:
    """Leave out "on a scale of 0 to 10" and "out of 10", where 10 is the highest.

    On another scale "out of 3" may go too, but "2/3" may be two thirds or 2 to 3.
    """
    through = pattern_of_any(vocabulary.through)
    said = compiled(
        rf"\b(?:{pattern_of_any(vocabulary.scale_of)}) [01] ?(?:-|{through}) ?{scale.high}{_END}"
    ).sub(
        ",",
        said,
    )
    if scale.counts or not scale.ranges:
        return said
    out_of, first, high = (
        pattern_of_any(vocabulary.out_of),
        pattern_of_any(vocabulary.scale_first),
        str(scale.high),
    )
    sign = r"/|\\|" if scale.high == 10 else ""
    said = compiled(rf"(?<![\w./]){high} ?(?:{first}) ?{_N_TOO}{_END}").sub(r"\1", said, count=1)
    said = compiled(rf"{_N} ?(?:{sign}{out_of}) ?{high}{_END}").sub(r"\1", said, count=1)
    return compiled(rf"^(?:{out_of}) {high}{_END},?").sub("", said)


@cache
def _compiled_ranges(
    through: str, either: str, between: str, together: str, apart: str
) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{between}) {_N} ?(?P<and>{together}|-) ?{_N_TOO}{_END}"
        rf"|{_N} ?(?P<by>-|/|(?<= )(?:{through}|{either})(?= )) ?{_N_TOO}{_END}"
        rf"|{_N}{apart}{_N_TOO}{_END}"
    )


def _ranges(vocabulary: Vocabulary) -> re.Pattern[str]:
    words = (vocabulary.through, vocabulary.either, vocabulary.between, vocabulary.together)
    return _compiled_ranges(*map(pattern_of_any, words), " " if vocabulary.pairs else "(?!)")


def _single(around: Around, scale: Scale) -> Reading:
    match = _NUMBER.fullmatch(around.number or "")
    if match is None:
        return UNCLEAR
    value = exact(match[1]) if scale.halves or match[0] == match[1] else None
    if value is None or not around.leaves_it(value):
        return UNCLEAR
    if scale.holds(value):
        return Reading(ReadingKind.NUMBER, value)
    within = scale.low <= value <= scale.high
    return UNCLEAR if within else Reading(ReadingKind.OUT_OF_RANGE)


def exact(digits: str) -> Decimal | None:
    """Return the number, or None for what looks like a time or a code: 7.30, 007."""
    whole, _, part = digits.partition(".")
    if len(part) > 1 or (len(whole) > 1 and whole.startswith("0")):
        return None
    return Decimal(whole or "0") if part in {"", "0"} else Decimal(f"{whole or '0'}.{part}")


def _range(match: re.Match[str], around: Around, scale: Scale) -> Reading:
    ends = [exact(part) for part in match.groups() if part and part[-1].isdigit()]
    low, high = ends
    if low is None or high is None or not around.leaves_it(None):
        return UNCLEAR
    either = match["by"] in around.vocabulary.either
    if either and abs(high - low) > WIDEST_DOUBT:
        return UNCLEAR  # "7 or maybe 3" is no range
    next_to = match["by"] == "-" and abs(high - low) == 1
    side_by_side = match["and"] is None and match["by"] is None
    between = match["and"] is not None and match["and"] not in around.vocabulary.through
    any_order = between or either or next_to
    if any_order:
        low, high = min(low, high), max(low, high)
    fits = scale.ranges and low < high and scale.holds(low) and scale.holds(high)
    if not fits or (side_by_side and high - low != 1):
        return UNCLEAR
    if around.number != RANGE_MARK or _is_doubtful(low, high, match["by"], scale):
        return UNCLEAR
    return Reading(ReadingKind.RANGE, low, high)


def _is_doubtful(low: Decimal, high: Decimal, by: str | None, scale: Scale) -> bool:
    """Tell whether a range may be something else: the whole scale, a part of one, out of five."""
    if low <= 1 and high == scale.high:
        return True
    return by == "/" and (scale.counts or high - low != 1 or high in {2, 5, scale.high})
