"""What a patient's agreed plan means today: what rules ask of it, gathered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from companion.core.calendar import local_day
from companion.core.doses import DayDoses
from companion.core.taper import Hold, Step
from companion.core.timeline import Bound, Stretch, Timeline
from companion.core.triage import in_step_week
from companion.store import organisations, plans
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion


@dataclass(frozen=True, slots=True)
class PlanToday:
    """The agreed plan on one local day.

    *agreed* is the newest version that both agreed to, whose first day may be to come; without
    it none is agreed. *bound* are all that were, as they stand in *timeline*.
    """

    today: date
    agreed: PlanVersion | None
    bound: Sequence[PlanVersion]
    timeline: Timeline

    @property
    def in_force(self) -> Stretch | None:
        """What is in force today, or None before the plan has begun."""
        return self.timeline.on(self.today)

    @property
    def version(self) -> PlanVersion | None:
        """The version that is in force today, or None before the plan has begun."""
        stretch = self.in_force
        return None if stretch is None else self.version_of(stretch)

    def version_of(self, stretch: Stretch) -> PlanVersion:
        """Return the version that *stretch* is of."""
        return next(version for version in self.bound if version.id == stretch.of.name)

    @property
    def doses(self) -> DayDoses | None:
        """What the plan says for today, or None before it has begun."""
        stretch = self.in_force
        return None if stretch is None else stretch.step.doses

    @property
    def steps(self) -> Sequence[Step]:
        """All steps of the version in force."""
        stretch = self.in_force
        return () if stretch is None else stretch.of.steps

    @property
    def holds(self) -> Sequence[Hold]:
        """The holds that bind the version in force."""
        stretch = self.in_force
        return () if stretch is None else stretch.of.holds

    @property
    def first_cut_on(self) -> date | None:
        """The day of the first reduction of all."""
        return self.timeline.first_cut_on

    @property
    def last_cut_on(self) -> date | None:
        """The day of the newest reduction that has come."""
        return self.timeline.last_cut_on(self.today)

    @property
    def next_step(self) -> Step | None:
        """The step that comes next, if one will."""
        stretch = self.timeline.next_after(self.today)
        return None if stretch is None else stretch.step

    @property
    def next_cut_on(self) -> date | None:
        """The day of the change that comes next, if one will."""
        step = self.next_step
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
        version, doses = self.version, self.doses
        product = None if version is None else version.product
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
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    bound = plans.bound_of(session, patient)
    timeline = Timeline([_bound(session, version, zone) for version in bound])
    return PlanToday(today, bound[-1] if bound else None, bound, timeline)


def _bound(session: Session, version: PlanVersion, zone: ZoneInfo) -> Bound:
    holds = plans.holds_since_agreed(session, version)
    agreed_at = plans.agreed_at_of(session, version) or version.set_at
    return Bound(
        name=version.id,
        agreed_on=local_day(agreed_at, zone),
        steps=plans.steps_of(session, version),
        holds=tuple(Hold(hold.held_on) for hold in holds),
        first_held_on=local_day(holds[0].held_at, zone) if holds else None,
        counted_as=version.counted_as,
    )
