"""What bound and when: every version that was agreed, each until the next one's first day.

A version that begins later leaves the one before it in force until then. Whoever asks for
today's dose, the newest cut or the next one asks here, so that all hear the same.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from companion.core.taper import Hold, Step, until_held


@dataclass(frozen=True, slots=True)
class Bound:
    """One version that both agreed to on *agreed_on*, with the holds made since.

    *first_held_on* is the day on which the first of those was made. Amounts of two versions
    compare as written where *counted_as* is the same. *name* tells which version it is.
    """

    name: Hashable
    agreed_on: date
    steps: Sequence[Step]
    holds: Sequence[Hold] = ()
    first_held_on: date | None = None
    counted_as: Hashable = None

    def steps_from(self, begins: date) -> tuple[Step, ...]:
        """Return the steps that come, or came, from *begins* on; the first is that of *begins*."""
        coming = until_held(self.steps, self.holds)
        begun = [step for step in coming if step.starts_on <= begins]
        later = [step for step in coming if step.starts_on > begins]
        return (Step(begins, begun[-1].doses), *later)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One dose, in force from its first day until the next stretch. *of* is whose it is."""

    step: Step
    of: Bound
    is_cut: bool

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return self.step.starts_on


@dataclass(frozen=True)
class Timeline:
    """All versions that bound in one taper, in the order in which they were agreed."""

    bound: Sequence[Bound]

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """Every dose that was, is or will be in force, in order of date."""
        begun = _first_days(self.bound)
        ends = [*(begins for _one, begins in begun), date.max][1:]
        found: list[Stretch] = []
        for (one, begins), end in zip(begun, ends, strict=True):
            steps = [step for step in one.steps_from(begins) if step.starts_on < end]
            found.append(Stretch(steps[0], one, _falls(found, one, steps[0])))
            found += [Stretch(step, one, is_cut=True) for step in steps[1:]]
        return tuple(found)

    def on(self, day: date) -> Stretch | None:
        """Return what is in force on *day*, or None before all began."""
        begun = [stretch for stretch in self.stretches if stretch.starts_on <= day]
        return begun[-1] if begun else None

    @property
    def first_cut_on(self) -> date | None:
        """The day of the first reduction of all, or else of the first that is planned."""
        cuts = [stretch.starts_on for stretch in self.stretches if stretch.is_cut]
        planned = [step.starts_on for one in self.bound[-1:] for step in one.steps[1:]]
        return min(cuts or planned, default=None)

    def last_cut_on(self, day: date) -> date | None:
        """Return the day of the newest reduction up to *day*, or None when none has come."""
        return max(
            (one.starts_on for one in self.stretches if one.is_cut and one.starts_on <= day),
            default=None,
        )

    def next_after(self, day: date) -> Stretch | None:
        """Return the next dose that will come after *day*, other than that which is taken."""
        before = self.on(day)
        for stretch in self.stretches:
            if stretch.starts_on > day and (stretch.is_cut or _differs(before, stretch)):
                return stretch
        return None


def _first_days(bound: Sequence[Bound]) -> list[tuple[Bound, date]]:
    """Return every version that began, or will, with its first day.

    The first counts from its first step, for it is often written down while it runs. Later ones
    change nothing that was before they were agreed, and do not begin while a hold stands that
    was made before their first day.
    """
    found: list[tuple[Bound, date]] = []
    for one in bound:
        begins = one.steps[0].starts_on
        if found:
            begins = max(begins, one.agreed_on)
            held_on = one.first_held_on
            if held_on is not None and found[0][1] <= held_on < begins:
                continue
        found = [other for other in found if other[1] < begins]
        found.append((one, begins))
    return found


def _falls(before: Sequence[Stretch], one: Bound, step: Step) -> bool:
    """Tell whether a version begins with less than was taken the day before."""
    if not before or before[-1].of.counted_as != one.counted_as:
        return False
    return step.doses.total < before[-1].step.doses.total


def _differs(before: Stretch | None, stretch: Stretch) -> bool:
    if before is None or before.of.counted_as != stretch.of.counted_as:
        return True
    return before.step.doses != stretch.step.doses
