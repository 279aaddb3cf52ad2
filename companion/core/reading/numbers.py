"""Find the one number that a text gives on a scale, or say that it is not certain.

"First number wins" is wrong too often, so the rule is the other way round: a number
counts only when it is the only one, and when everything around it is known to leave it
as it is. It guesses nothing and never changes a number to make it fit.
"""

import re
from decimal import Decimal
from functools import cache
from itertools import dropwhile

from companion.core.questions import Scale
from companion.core.reading.readings import UNCLEAR, Reading, ReadingKind, Vocabulary

LONGEST_ANSWER = 160
"""Letters; a longer text says more than a number and is for a person."""

WIDEST_DOUBT = 2
"""Points between two numbers that somebody cannot decide between: "6 or 8"."""

_N = r"(?<![\w./])(\d+(?:\.\d+)?|\.\d+)"
_N_TOO = r"(\d+(?:\.\d+)?)"
_END = r"(?![\w./-]*\w)"
_RANGE_MARK = "\x00"
"""Stands for a range that was found. No text holds it: normalising takes it away."""
_TOKEN = re.compile(
    r"(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)(?:-?ish)?(?![\w.]*\w)"  # a number by itself
    r"|[^\W\d_]+(?:'[^\W\d_]+)*(?![\w.]*\d)"  # a word by itself
    r"|[\w.]*\w|\S|\n"  # anything else, whole: 2day, gr8, 7.bad
)
_NUMBER = re.compile(r"(\d*\.?\d+)(?:-?ish)?")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HARMLESS = frozenset(",.!?;:()\"'*~-=\n")
_BREAKS = frozenset(",.;:!\n-")
# Not 😒, 🙃 and 🙄: what stands beside them may be meant the other way round.
_FACES = re.compile(
    " *[\U0001f600-\U0001f611\U0001f613-\U0001f642\U0001f645-\U0001f64f\U0001f910-\U0001f92f"
    "\U0001f970-\U0001f97a👍👎👌❤💔🤞💪🙏🎉🏻🏼🏽🏾🏿♀♂☹☺]+ *"
)
_KISSES = re.compile(r"(\d)(x{1,3})(?!\w)")
_CLOCK = re.compile(r"\d{1,2}[ap]m")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NOT_APART = re.compile(
    r"(?<![\d.])-\.?\d|\d -\d"  # below zero
    r"|\d-(?!ish\b)[^\W\d]"  # 2-weekly
)


def number_in(said: str, scale: Scale, vocabulary: Vocabulary, question: str) -> Reading:
    """Return the number or range that *said*, in normal form, gives on *scale*."""
    said = _KISSES.sub(r"\1 \2", re.sub(r"\.{2,}", " , ", _without_faces(said, vocabulary)))
    spelt = not vocabulary.numbers.keys().isdisjoint(_WORD.findall(said))
    said = in_digits(said, vocabulary) if len(said) <= LONGEST_ANSWER else ""
    if not scale.ranges:
        said = re.sub(rf"^(?:{pattern_of_any(vocabulary.labels)}) ?(?=\d)", "", said)
    if _NOT_APART.search(said):
        return UNCLEAR
    said = _without_scale(said, scale, vocabulary)
    ranges = _ranges(vocabulary).search(said)
    if ranges:
        rest = f"{said[: ranges.start()]} {_RANGE_MARK} {said[ranges.end() :]}"
        return _range(ranges, _Around(rest, vocabulary, question, scale, spelt=spelt), scale)
    return _single(_Around(said, vocabulary, question, scale, spelt=spelt), scale)


def _without_faces(said: str, vocabulary: Vocabulary) -> str:
    """Leave out faces; one between two words parts them as a comma does: "7 😭 bad night"."""
    if said.isascii():
        return said
    return _FACES.sub(" ", _parting_faces(vocabulary.out_of).sub(" , ", said))


@cache
def _parting_faces(out_of: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<=\w)(?:{_FACES.pattern})(?=[^\W\d_])(?!(?:{pattern_of_any(out_of)})(?!\w))"
    )


def in_digits(said: str, vocabulary: Vocabulary) -> str:
    """Put digits for number words, and decimals for "point five" and "and a half"."""
    if vocabulary.decimal_comma:
        said = _COMMA.sub(".", said)
    said = _WORD.sub(lambda word: str(vocabulary.numbers.get(word[0], word[0])), said)
    said = re.sub(rf"\b(\d+) (?:{pattern_of_any(vocabulary.point)}) (\d)\b", r"\1.\2", said)
    said = re.sub(
        rf"(?<![\w.])(?:{pattern_of_any(vocabulary.half_before)}) (\d+){_END}", r"\1.5", said
    )
    return re.sub(
        rf"(?<![\w.])(\d+) (?:{pattern_of_any(vocabulary.half)}|1/2){_END}", r"\1.5", said
    )


def _without_scale(said: str, scale: Scale, vocabulary: Vocabulary) -> str:
    """Leave out "on a scale of 0 to 10" and "out of 10", where 10 is the highest.

    On another scale "out of 3" may go too, but "2/3" may be two thirds or 2 to 3.
    """
    through = pattern_of_any(vocabulary.through)
    said = re.sub(
        rf"\b(?:{pattern_of_any(vocabulary.scale_of)}) [01] ?(?:-|{through}) ?{scale.high}{_END}",
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
    said = re.sub(rf"(?<![\w./]){high} ?(?:{first}) ?{_N_TOO}{_END}", r"\1", said, count=1)
    said = re.sub(rf"{_N} ?(?:{sign}{out_of}) ?{high}{_END}", r"\1", said, count=1)
    return re.sub(rf"^(?:{out_of}) {high}{_END},?", "", said)


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


@cache
def pattern_of_any(words: frozenset[str] | tuple[str, ...]) -> str:
    """Return a pattern for any of *words*, the longest first; for none, one that never fits."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or "(?!)"


class _Around:
    """What stands before and after the one number of a text."""

    def __init__(
        self, said: str, vocabulary: Vocabulary, question: str, scale: Scale, *, spelt: bool
    ) -> None:
        self.vocabulary, self.question = vocabulary, question
        # "about 2" is a score, but where numbers stand for words it may be a count.
        self.hedges = frozenset[str]() if scale.ranges else vocabulary.hedges
        self.is_score = scale.is_score
        self.chooses = not scale.ranges
        self.goes_on = self.is_score and not spelt  # "one bad day" is no score
        dropped = (
            pattern_of_any((*vocabulary.asides, *vocabulary.hours)) if scale.ranges else r"(?!)"
        )
        self.names_an_hour = (
            re.search(rf"\b(?:{pattern_of_any(vocabulary.hours)})\b", said) is not None
        )
        tokens = _TOKEN.findall(re.sub(rf"\b(?:{dropped})\b", " ", said))
        numbers = [at for at, token in enumerate(tokens) if _is_number(token)]
        self.number = tokens[numbers[0]] if len(numbers) == 1 else None
        if _same_twice(tokens, numbers, said):
            self.number = tokens.pop(numbers[1])
        at = numbers[0] if numbers else 0
        self.before, self.after = tokens[:at], tokens[at + 1 :]

    def leaves_it(self, value: Decimal | None) -> bool:
        """Tell whether everything around the number leaves it as it is."""
        words = self.vocabulary
        if self.before and self.names_an_hour and self.before[-1] in words.roughly:
            return False  # "about 7 tonight" may be a time
        topic = words.topics.get(self.question, frozenset())
        after = self._without_own_words(value)
        before = without((*words.openings, *words.remarks), " ".join(self.before)).split()
        leading = (words.before | topic) - self.hedges
        if after is None or not (_all_in(before, leading) or self._comes_last(before, leading)):
            return False
        known = (words.after | topic) - self.hedges
        passed = known | words.describing if self.goes_on else known
        rest = list(dropwhile(passed.__contains__, after))
        return _all_in(rest, known) or self._is_apart(rest)

    def _comes_last(self, before: list[str], leading: frozenset[str]) -> bool:
        """Tell whether the number stands in a thought of its own behind others.

        "Bad one today love, 8" is eight; "on the new dose, 2" and "bit low, 3" asked about
        pain may count or answer something else.
        """
        breaks = [at for at, token in enumerate(before) if token in _BREAKS]
        if not (self.is_score and breaks) or not _all_in(before[breaks[-1] :], leading):
            return False
        words = self.vocabulary
        thought = [token for token in before[: breaks[-1]] if not _harmless(token)]
        others = (about for asked, about in words.topics.items() if asked != self.question)
        doubts = words.doubts.union(words.other_days, words.asking, *others)
        return thought[-1] not in words.counted and all(
            _plain_word(token, doubts) or _ORDINAL.fullmatch(token) for token in thought
        )

    def _is_apart(self, rest: list[str]) -> bool:
        """Tell whether the number stands apart from the words, which a person reads.

        "7, bad night" and "7 couldn't sleep" are seven; "7 days" is no score. Where numbers
        stand for words, "2, morning and night" may count.
        """
        words = self.vocabulary
        thought = [token for token in rest if not _harmless(token)]
        doubts = words.doubts
        if self.is_score and rest[0] in _BREAKS:
            doubts |= words.counted.intersection(thought[:1])
        elif self.goes_on and rest[0] in words.resuming and len(thought) > 1:
            doubts = (doubts | words.counted | words.units) - words.resuming  # "2 i took" may count
        elif self.chooses and (rest[0] in _BREAKS or rest[0] in words.reasons):
            times = {word for when in words.parts_of_day for word in when.split()}
            doubts = doubts.union(words.counted, words.units - words.before, times)
        else:
            return False
        return all(_plain_word(token, doubts) or _CLOCK.fullmatch(token) for token in thought)

    def _without_own_words(self, value: Decimal | None) -> list[str] | None:
        """Return what follows without "more" after 3; None where it belongs to another number."""
        after = f" {' '.join(self.after)} ".replace("\n", ",")
        if self.goes_on or not self.is_score or not _BREAKS.isdisjoint(self.after[:1]):
            after = without(self.vocabulary.remarks, after.strip())
        said_of = self.vocabulary.said_of(self.question)
        for said, belongs in sorted(said_of.items(), key=lambda pair: -len(pair[0])):
            if f" {said} " in after:
                if value != belongs:
                    return None
                after = after.replace(f" {said} ", " ")
        return after.split()


def remarks_in(vocabulary: Vocabulary, said: str) -> list[str]:
    """Return what *said* tells of how somebody is."""
    return _whole((*vocabulary.openings, *vocabulary.remarks)).findall(said)


def without_asides(said: str, vocabulary: Vocabulary) -> str:
    """Return *said* without faces and without what may stand anywhere: "i'd say"."""
    return " ".join(without(vocabulary.asides, _FACES.sub(" ", said)).replace(",", " ").split())


def without(phrases: tuple[str, ...], said: str) -> str:
    """Return *said*, one space around it, with a comma for each of *phrases*: another thought."""
    return _whole(phrases).sub(",", f" {said} ")


@cache
def _whole(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{pattern_of_any(phrases)})(?![\w'])")


def _is_number(token: str) -> bool:
    return token == _RANGE_MARK or _NUMBER.fullmatch(token) is not None


def _same_twice(tokens: list[str], numbers: list[int], said: str) -> bool:
    """Tell whether a number stands there twice, as in "7 (7)" for "7 (seven)"."""
    return len(numbers) == 2 and tokens[numbers[0]] == tokens[numbers[1]] and "(" in said


def _harmless(token: str) -> bool:
    return token in _HARMLESS


def _plain_word(token: str, doubts: frozenset[str]) -> bool:
    return _WORD.fullmatch(token) is not None and token not in doubts


def _all_in(tokens: list[str], words: frozenset[str]) -> bool:
    return all(token in words or _harmless(token) for token in tokens)


def _single(around: _Around, scale: Scale) -> Reading:
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


def _range(match: re.Match[str], around: _Around, scale: Scale) -> Reading:
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
    if around.number != _RANGE_MARK or _is_doubtful(low, high, match["by"], scale):
        return UNCLEAR
    return Reading(ReadingKind.RANGE, low, high)


def _is_doubtful(low: Decimal, high: Decimal, by: str | None, scale: Scale) -> bool:
    """Tell whether a range may be something else: the whole scale, a part of one, out of five."""
    if low <= 1 and high == scale.high:
        return True
    return by == "/" and (scale.counts or high - low != 1 or high in {2, 5, scale.high})
