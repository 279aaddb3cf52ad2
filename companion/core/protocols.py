"""Which questions are asked, in which order, and on which days.

Protocols are data (``messages/protocols``); this module gives them their types and
says on which days one is due. It holds no conditions on what was answered.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers that answer a question, both ends included."""

    low: int
    high: int
    halves: bool
    """Whether 6.5 is an answer."""

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
    COPING = "coping"
    """0 cannot cope to 10 coping well."""

    @property
    def scale(self) -> Scale:
        """The numbers that answer it."""
        return _SCALES[self]


_SCALES = {
    Question.PAIN: Scale(0, 10, halves=True),
    Question.USE: Scale(1, 4, halves=False),
    Question.COPING: Scale(0, 10, halves=True),
}

USE_AS_AGREED, USE_LESS, USE_MORE, USE_WENT_BACK = (Decimal(n) for n in (1, 2, 3, 4))


class ProtocolError(ValueError):
    """A protocol file that cannot be followed. The message names the key."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way of asking: its questions in order and the days on which it asks.

    *days_after* counts from the anchor: the newest reduction for a taper, the day of
    discharge after one. *then_every_days* goes on from the last of them; 0 is never.
    """

    name: str
    questions: tuple[Question, ...]
    days_after: tuple[int, ...]
    then_every_days: int

    def __post_init__(self) -> None:
        """Refuse what could never be asked."""
        if not self.questions or len(set(self.questions)) != len(self.questions):
            raise ProtocolError(f"{self.name}: questions must be named once each")
        if not self.days_after or list(self.days_after) != sorted(set(self.days_after)):
            raise ProtocolError(f"{self.name}: days_after must rise")
        if self.days_after[0] < 0 or self.then_every_days < 0:
            raise ProtocolError(f"{self.name}: days cannot be negative")

    def is_due(self, day: date, anchor: date) -> bool:
        """Tell whether *day* is one on which to ask, *anchor* being day 0."""
        after = (day - anchor).days
        if after in self.days_after:
            return True
        beyond = after - self.days_after[-1]
        return beyond > 0 and self.then_every_days > 0 and beyond % self.then_every_days == 0

    def after(self, question: Question) -> Question | None:
        """Return the question that follows *question*, or None after the last."""
        at = self.questions.index(question) + 1
        return self.questions[at] if at < len(self.questions) else None
