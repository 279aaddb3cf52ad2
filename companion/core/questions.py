"""What can be asked in a check-in, and which numbers answer it.

Digits answer every question: carriers act on words such as YES, NO, STOP and END.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers that answer a question, both ends included."""

    low: int
    high: int
    halves: bool
    """Whether 6.5 is an answer."""
    counts: bool = False
    """Whether the numbers count things: their parts may be added up."""
    ranges: bool = True
    """Whether "1 or 2" is an answer: not where numbers stand for words."""

    @property
    def is_score(self) -> bool:
        """Whether it says how much, not how many or which."""
        return self.ranges and not self.counts

    def holds(self, value: Decimal) -> bool:
        """Tell whether *value* is an answer on this scale."""
        if not self.low <= value <= self.high:
            return False
        step = value * 2 if self.halves else value
        return step == step.to_integral_value()


class Question(StrEnum):
    """One question of a check-in. Values are stored; never rename one."""

    PAIN = "pain"
    """0 none to 10 worst."""
    USE = "use"
    """1 as agreed, 2 less, 3 more, 4 back on an earlier dose."""
    TABLETS = "tablets"
    """How many in the last 24 hours."""
    COPING = "coping"
    """0 cannot cope to 10 coping well."""
    WITHDRAWAL = "withdrawal"
    """0 none, 1 mild, 2 moderate, 3 severe."""
    INTEREST = "interest"
    """First item of the PHQ-2: 0 not at all to 3 nearly every day, over two weeks."""
    MOOD = "mood"
    """Second item of the PHQ-2, on the same scale."""
    CONFIDENCE = "confidence"
    """0 not at all sure to 10 very sure about the next step."""
    LEFT_OVER = "left_over"
    """After discharge: 1 some are left that are not needed, 2 none are."""
    OWN_1 = "own_1"
    """An organisation's own questions."""
    OWN_2 = "own_2"
    OWN_3 = "own_3"

    @property
    def scale(self) -> Scale:
        """The numbers that answer it."""
        return _SCALES[self]


_SCORE, _FOUR_GRADES = Scale(0, 10, halves=True), Scale(0, 3, halves=False)
MOST_TABLETS = 99
_SCALES = {
    Question.PAIN: _SCORE,
    Question.USE: Scale(1, 4, halves=False, ranges=False),
    Question.TABLETS: Scale(0, MOST_TABLETS, halves=True, counts=True),
    Question.COPING: _SCORE,
    Question.WITHDRAWAL: _FOUR_GRADES,
    Question.INTEREST: _FOUR_GRADES,
    Question.MOOD: _FOUR_GRADES,
    Question.CONFIDENCE: _SCORE,
    Question.LEFT_OVER: Scale(1, 2, halves=False, ranges=False),
    **dict.fromkeys((Question.OWN_1, Question.OWN_2, Question.OWN_3), _SCORE),
}
OWN = frozenset({Question.OWN_1, Question.OWN_2, Question.OWN_3})
GOOD_WHEN_HIGH = frozenset({Question.COPING, Question.CONFIDENCE})
"""Of all others a higher number is worse."""
WEEKLY = frozenset({Question.INTEREST, Question.MOOD, Question.CONFIDENCE})
"""Rule C-15: asked once in seven days, however often somebody is asked how they are."""

USE_AS_AGREED, USE_LESS, USE_MORE, USE_WENT_BACK = (Decimal(n) for n in (1, 2, 3, 4))
SOME_LEFT_OVER = Decimal(1)
