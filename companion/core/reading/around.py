"""Tell whether what stands around the one number of a text leaves it as it is."""

import re
from decimal import Decimal
from itertools import dropwhile

from companion.core.questions import Scale
from companion.core.reading.phrasing import pattern_of_any, without
from companion.core.reading.readings import Vocabulary

RANGE_MARK = "\x00"
"""Stands for a range that was found. No text holds it: normalising takes it away."""
_TOKEN = re.compile(
    r"(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)(?:-?ish)?(?![\w.]*\w)"  # a number by itself
    r"|[^\W\d_]+(?:'[^\W\d_]+)*(?![\w.]*\d)"  # a word by itself
    r"|[\w.]*\w|\S|\n"  # anything else, whole: 2day, gr8, 7.bad
)
_NUMBER = re.compile(r"(?:\d*\.?\d+)(?:-?ish)?")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HARMLESS = frozenset(",.!?;:()\"'*~-=\n")
_BREAKS = frozenset(",.;:!\n-")
_CLOCK = re.compile(r"\d{1,2}[ap]m")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")


class Around:
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


def _is_number(token: str) -> bool:
    return token == RANGE_MARK or _NUMBER.fullmatch(token) is not None


def _same_twice(tokens: list[str], numbers: list[int], said: str) -> bool:
    """Tell whether a number stands there twice, as in "7 (7)" for "7 (seven)"."""
    return len(numbers) == 2 and tokens[numbers[0]] == tokens[numbers[1]] and "(" in said


def _harmless(token: str) -> bool:
    return token in _HARMLESS


def _plain_word(token: str, doubts: frozenset[str]) -> bool:
    return _WORD.fullmatch(token) is not None and token not in doubts


def _all_in(tokens: list[str], words: frozenset[str]) -> bool:
    return all(token in words or _harmless(token) for token in tokens)
