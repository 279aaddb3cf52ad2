"""Which questions are asked, in which order, and on which days.

Protocols are data (``messages/protocols``); this module gives them their types and
says on which days one is due. It holds no conditions on what was answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from companion.core.questions import WEEKLY, Question

WEEK_DAYS = frozenset(range(7))
"""Monday is 0."""
LONGEST_WAIT_DAYS = 366


class ProtocolError(ValueError):
    """A protocol file that cannot be followed. The message names the key."""


class Often(StrEnum):
    """How often a patient wants to be asked. Values are stored; never rename one."""

    SELDOM = "seldom"
    USUAL = "usual"
    OFTEN = "often"


@dataclass(frozen=True, slots=True)
class Cadence:
    """The days on which somebody is asked.

    *days_after* counts from the anchor: the newest reduction for a taper, the day of
    discharge after one. *then_every_days* goes on from the last of them; 0 is never.
    """

    days_after: tuple[int, ...]
    then_every_days: int

    def has(self, after: int) -> bool:
        """Tell whether somebody is asked *after* that many days."""
        if after in self.days_after:
            return True
        beyond = after - self.days_after[-1]
        return beyond > 0 and self.then_every_days > 0 and beyond % self.then_every_days == 0

    def faults(self) -> list[str]:
        """Return why these days cannot be followed, a line each."""
        if not self.days_after or list(self.days_after) != sorted(set(self.days_after)):
            return ["days_after must rise"]
        if self.days_after[0] < 0 or self.then_every_days < 0:
            return ["days cannot be negative"]
        if max(*self.days_after, self.then_every_days) > LONGEST_WAIT_DAYS:
            return ["days must be within a year"]
        return []


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way of asking: its questions in order and the days on which it asks.

    *extra* questions are asked only on their day after the anchor, at the end.
    """

    name: str
    questions: tuple[Question, ...]
    cadences: Mapping[Often, Cadence]
    extra: Mapping[int, tuple[Question, ...]]

    def __post_init__(self) -> None:
        """Refuse what could never be asked, naming every fault."""
        if faults := self._faults():
            raise ProtocolError(f"{self.name}: {'; '.join(faults)}")

    def _faults(self) -> list[str]:
        every = [*self.questions, *(q for day in self.extra.values() for q in day)]
        faults = []
        if not self.questions or len(set(self.questions)) != len(self.questions):
            faults.append("questions must be named once each")
        if self.questions and self.questions[0] in WEEKLY:
            faults.append("the first question must be asked each time")
        if len(self.questions) < len(every) and set(self.questions) & set(
            every[len(self.questions) :]
        ):
            faults.append("an extra question must not be asked each time too")
        if missing := set(Often) - set(self.cadences):
            faults.append(f"{min(missing)} must have its days")
        for often, cadence in self.cadences.items():
            faults += [f"{often}: {fault}" for fault in cadence.faults()]
        faults += [
            f"on day {day} nobody is asked"
            for day in self.extra
            if not all(c.has(day) for c in self.cadences.values() if not c.faults())
        ]
        return faults

    def is_due(
        self,
        day: date,
        anchor: date,
        often: Often = Often.USUAL,
        week_days: frozenset[int] = WEEK_DAYS,
    ) -> bool:
        """Tell whether *day* is one on which to ask, *anchor* being day 0.

        What falls on a day of the week that the patient did not choose is asked on the
        next one that they did.
        """
        return self._due_since(day, anchor, often, week_days) is not None

    def _due_since(
        self, day: date, anchor: date, often: Often, week_days: frozenset[int]
    ) -> int | None:
        if day.weekday() not in week_days:
            return None
        after = (day - anchor).days
        for waited in range(len(WEEK_DAYS)):
            if waited and (day - timedelta(days=waited)).weekday() in week_days:
                return None
            if self.cadences[often].has(after - waited):
                return after - waited
        return None

    def questions_on(
        self,
        day: date,
        anchor: date,
        often: Often = Often.USUAL,
        week_days: frozenset[int] = WEEK_DAYS,
        not_yet: frozenset[Question] = frozenset(),
    ) -> tuple[Question, ...]:
        """Return what is asked on *day*, in order, without weekly ones that are *not_yet* due."""
        due = self._due_since(day, anchor, often, week_days)
        extra = () if due is None else self.extra.get(due, ())
        return tuple(question for question in self.questions if question not in not_yet) + extra
