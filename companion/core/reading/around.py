"""Tell whether what stands around the one number of a text leaves it as it is."""

import re
from decimal import Decimal
from functools import cache
from itertools import dropwhile

from companion.core.normalising import WORD
from companion.core.questions import Scale
from companion.core.reading.phrasing import compiled, pattern_of_any, pieces, without
from companion.core.reading.readings import Vocabulary

RANGE_MARK = "\x00"
"""Stands for a range that was found. No text holds it: normalising takes it away."""
_GIVEN = "\x01"
"""Stands for words that give the score behind them: "i'd say", "so it's about a"."""
_TOKEN = re.compile(
    r"(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)(?:-?ish)?(?![\w.]*\w)"  # a number by itself
    r"|[^\W\d_]+(?:'[^\W\d_]+)*(?![\w.]*\d)"  # a word by itself
    r"|[\w.]*\w|\S|\n"  # anything else, whole: 2day, gr8, 7.bad
)
_NUMBER = re.compile(r"(?:\d*\.?\d+)(?:-?ish)?")
_SIGNS = frozenset(",.!?;:()\"'*~-=\n" + _GIVEN)
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
        self.topic = vocabulary.topics.get(question, frozenset())
        if self.is_score:
            giving = _giving(vocabulary.giving, self.topic, vocabulary.before)
            said = giving.sub(lambda words: self._given(words[0]), said)
        # "Two bad days" is no score, "it's a two" is.
        self.is_figure = self.is_score and (not spelt or _GIVEN in said)
        dropped = (
            pattern_of_any((*vocabulary.asides, *vocabulary.hours)) if scale.ranges else r"(?!)"
        )
        self.names_an_hour = (
            compiled(rf"\b(?:{pattern_of_any(vocabulary.hours)})\b").search(said) is not None
        )
        tokens = _TOKEN.findall(compiled(rf"\b(?:{dropped})\b").sub(" ", said))
        numbers = [at for at, token in enumerate(tokens) if _is_number(token)]
        self.number = tokens[numbers[0]] if len(numbers) == 1 else None
        if _same_twice(tokens, numbers, said):
            self.number = tokens.pop(numbers[1])
        at = numbers[0] if numbers else 0
        self.before, self.after = tokens[:at], tokens[at + 1 :]
        self.goes_on = self.is_figure or (self.is_score and self.number != "1")  # "one has to"

    def _given(self, words: str) -> str:
        """Return the mark for *words* that give a score, behind a word that concludes: "so"."""
        first, _, _ = words.partition(" ")
        return f"{first} {_GIVEN} " if first in self.vocabulary.concluding else f"{_GIVEN} "

    def leaves_it(self, value: Decimal | None) -> bool:
        """Tell whether everything around the number leaves it as it is."""
        words = self.vocabulary
        if self.before and self.names_an_hour and self.before[-1] in words.roughly:
            return False  # "about 7 tonight" may be a time
        own = words.said_of(self.question)
        after = list(pieces([token.replace("\n", ",") for token in self.after], own))
        if any(own.get(piece, value) != value for piece in after):
            return False  # "2 more"
        before = self.before
        if self.is_score:
            before = without((*words.openings, *words.remarks), " ".join(before)).split()
        leading = (words.before | self.topic) - self.hedges
        if not (_all_in(before, leading) or self._comes_last(before, leading)):
            return False
        after = [piece for piece in after if piece not in own]
        known = (words.after | self.topic) - self.hedges
        if words.telling_time.intersection(self.before[-1:]) and not _all_in(after, known):
            return False  # "its 4 and the birds are out"
        after = self._without_remarks(after)
        described = known | words.describing if self.is_figure and not self._is_a_word() else known
        rests = [list(dropwhile(passed.__contains__, after)) for passed in (described, known)]
        return any(_all_in(rest, known) or self._is_apart(rest) for rest in rests)

    def _is_a_word(self) -> bool:
        """Tell whether the figure may stand for a word: "just 2 sore"."""
        return self.number in self.vocabulary.also_words and bool(self.before)

    def _comes_last(self, before: list[str], leading: frozenset[str]) -> bool:
        """Tell whether the number stands in a thought of its own behind others.

        "Bad day today love, 8" is eight, for all of it is known. What is not known may stand
        before words that conclude, "sat in the car so it's an 8"; but "dentist, 4", "the
        paramedic put it at 8" and "on stairs it's an 8" are no score of the day.
        """
        ends = [at for at, token in enumerate(before) if token in _BREAKS or token == _GIVEN]
        own = [at for at in ends if _all_in(before[at:], leading)]
        if not (self.is_score and own):
            return False
        words = self.vocabulary
        thought = [token for token in before[: own[0]] if not _is_sign(token)]
        apart = not _BREAKS.isdisjoint(before[own[0] :])
        concluded = _GIVEN in before[own[0] :] and (apart or thought[-1] in words.concluding)
        known = words.harmless.union(self.topic, words.resuming)
        if not concluded and not known.issuperset(thought):
            return False
        first = words.asking.union(words.conditions).intersection(thought[:1])
        unsaying = words.unsaying if not apart and not concluded else ()
        doubts = words.doubts.union(words.people, first, unsaying) - self.topic
        return all(_plain_word(token, doubts) or _ORDINAL.fullmatch(token) for token in thought)

    def _is_apart(self, rest: list[str]) -> bool:
        """Tell whether the number stands apart from the words, which a person reads.

        "7, bad night" and "7 couldn't sleep" are seven; "7 days" and "7, days" are no score.
        Where numbers stand for words, "2, morning and night" may count.
        """
        words = self.vocabulary
        thought = [token for token in rest if not _is_sign(token)]
        if self.is_score and rest[0] in _BREAKS:
            doubts = (words.doubts | words.people) | words.counted.intersection(thought[:2])
            if not self._says_how_they_are(rest[1:2], thought):
                return False
        elif self.goes_on and rest[0] in words.resuming and len(thought) > 1:
            # "2 i took" and "2 my nights" may count.
            doubts = ((words.doubts | words.people) - words.resuming) | words.taking
            doubts |= words.counted.intersection(thought[:2])
        elif self.chooses and (rest[0] in _BREAKS or rest[0] in words.reasons):
            times = {word for when in words.parts_of_day for word in when.split()}
            doubts = words.doubts.union(words.counted, words.units - words.before, times)
        else:
            return False
        return all(_plain_word(token, doubts) or _CLOCK.fullmatch(token) for token in thought)

    def _says_how_they_are(self, first: list[str], thought: list[str]) -> bool:
        """Tell whether *thought* is no name of what was counted: "broken ribs", "at rest".

        *first* is the token behind the break, a comma where a remark stood there.
        """
        words = self.vocabulary
        if words.conditions.intersection(first):
            return False
        begun = words.describing.union(words.resuming).intersection(thought[:1])
        return len(thought) > 2 or bool(begun) or words.harmless.issuperset(thought)

    def _without_remarks(self, after: list[str]) -> list[str]:
        """Return what follows without words on how somebody is."""
        words, apart = self.vocabulary, not _BREAKS.isdisjoint(self.after[:1])
        if not (self.is_figure or apart or self.chooses):
            return after
        # Behind a break "bad night" is how they are; one word, "worse", may be about the score.
        nights = tuple(opening for opening in words.openings if " " in opening) if apart else ()
        return without(words.remarks + nights, " ".join(after)).split()


def _is_number(token: str) -> bool:
    return token == RANGE_MARK or _NUMBER.fullmatch(token) is not None


def _same_twice(tokens: list[str], numbers: list[int], said: str) -> bool:
    """Tell whether a number stands there twice, as in "7 (7)" for "7 (seven)"."""
    return len(numbers) == 2 and tokens[numbers[0]] == tokens[numbers[1]] and "(" in said


def _is_sign(token: str) -> bool:
    return token in _SIGNS


def _plain_word(token: str, doubts: frozenset[str]) -> bool:
    return WORD.fullmatch(token) is not None and token not in doubts


def _all_in(tokens: list[str], words: frozenset[str]) -> bool:
    return all(token in words or _is_sign(token) for token in tokens)


@cache
def _giving(
    phrases: tuple[str, ...], topic: frozenset[str], before: frozenset[str]
) -> re.Pattern[str]:
    """Return a pattern for *phrases* with nothing but words of *before* up to the number.

    In a phrase "<topic>" is what the question is about: "pain is 7" gives no other score.
    """
    any_of = pattern_of_any(phrases).replace("<topic>", f"(?:{pattern_of_any(topic)})")
    number = rf"(?:{RANGE_MARK}|\.?\d)"
    return re.compile(
        rf"(?<![\w'])(?:{any_of}) (?=(?:(?:{pattern_of_any(before)}) ){{0,3}}{number})"
    )
