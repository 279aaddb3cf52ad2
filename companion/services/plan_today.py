"""What a patient's agreed plan means today: what rules ask of it, gathered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from companion.core.taper import Hold, Step, dose_on, first_cut, last_cut, next_cut
from companion.core.triage import in_step_week
from companion.store import organisations, plans
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion


@dataclass(frozen=True, slots=True)
class PlanToday:
    """The agreed plan on one local day; without *version* none is agreed."""

    today: date
    version: PlanVersion | None
    steps: Sequence[Step]
    holds: Sequence[Hold]

    @property
    def has_begun(self) -> bool:
        """Whether there is a plan that has started."""
        return self.version is not None and self.version.starts_on <= self.today

    @property
    def first_cut_on(self) -> date | None:
        """The day of the first reduction of all."""
        return first_cut(self.steps)

    @property
    def last_cut_on(self) -> date | None:
        """The day of the newest reduction that has come."""
        return last_cut(self.steps, self.today, self.holds)

    @property
    def next_cut_on(self) -> date | None:
        """The day of the reduction that comes next, if one will."""
        step = next_cut(self.steps, self.today, self.holds)
        return None if step is None else step.starts_on

    @property
    def in_step_week(self) -> bool:
        """Whether a reduction came within a week."""
        return in_step_week(self.today, self.last_cut_on)

    @property
    def held_on(self) -> date | None:
        """The day from which the plan stands still, if it does."""
        return min((hold.held_on for hold in self.holds), default=None)

    @property
    def units_today(self) -> Decimal | None:
        """How many tablets or capsules are taken today; None where nobody counts them."""
        product = None if self.version is None else self.version.product
        doses = dose_on(self.steps, self.today, self.holds)
        if product is None or doses is None or not product.form.is_counted:
            return None
        dispenser = product.dispenser([self.steps[0].doses, doses])
        made = [dispenser.units_of(amount) for amount in doses.amounts.values()]
        if None in made:
            return None  # it was agreed although nothing makes it
        return Decimal(sum(sum(units.values()) for units in made if units is not None))


def plan_today(session: Session, patient: Patient, now: datetime) -> PlanToday:
    """Return what the plan of *patient* means on the local day of *now*."""
    return plan_on(session, patient, organisations.today_of(session, patient.organisation_id, now))


def plan_on(session: Session, patient: Patient, today: date) -> PlanToday:
    """Return what the plan of *patient* means on that local day."""
    version = plans.agreed_version(session, patient)
    if version is None:
        return PlanToday(today, None, (), ())
    steps, holds = plans.steps_of(session, version), plans.binding_holds(session, version)
    return PlanToday(today, version, steps, holds)
