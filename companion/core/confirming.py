"""Whether a reduction that fell due was really taken, or only may have been.

While somebody may be struggling, or is silent, the printed plan goes on by itself: the cut is
"due, unconfirmed: may have been taken" until a person has asked and written down what is taken.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from companion.core.taper import Hold, Step, step_on


class Taken(StrEnum):
    """What a person found to be taken. Values are stored; never rename one."""

    AS_PLANNED = "as_planned"
    DOSE_BEFORE = "dose_before"
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Worry:
    """The days on which an alert of the two highest tiers, or one of silence, stood open.

    *until* is None while it stands.
    """

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Tell whether it stood on *day*."""
        return self.since <= day and (self.until is None or day <= self.until)


def unconfirmed_step(
    steps: Sequence[Step],
    today: date,
    holds: Sequence[Hold],
    worries: Collection[Worry],
    confirmed: Collection[date],
) -> Step | None:
    """Return the reduction in force that fell due under a worry and nobody asked about, or None.

    *confirmed* are the first days of the steps that a person wrote down. Rule C-07.
    """
    step = step_on(steps, today, holds)
    if step is None or step.starts_on == steps[0].starts_on or step.starts_on in confirmed:
        return None
    return step if any(worry.covers(step.starts_on) for worry in worries) else None
