"""What is printed and shared of a plan: one view of it for patient, GP practice and pharmacy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from companion.core.agreement import VersionState
from companion.core.calendar import local_day
from companion.core.dispensing import TooFineError, Units
from companion.core.doses import DayDoses, TimeOfDay
from companion.core.equivalence import TABLE, VERSION, factor_of, morphine_equivalent
from companion.core.medicines import Kind
from companion.core.people import Identity
from companion.core.plan_changes import Difference, difference
from companion.core.plan_checks import Concern
from companion.core.product import Product
from companion.core.situation import Risk
from companion.core.supply import (
    Prescription,
    Quantities,
    changes_from,
    prescriptions,
    quantities,
)
from companion.core.taper import Hold, Step, dose_on, until_held
from companion.services.assessing import Assessed, assessed
from companion.services.plan_today import plan_on
from companion.store import accounts, organisations, patients, plans
from companion.store.database import Session
from companion.store.organisations import Team
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.web.chart import StepChart, step_chart
from companion.web.patient_page import VersionView, begins_on, until_next, version_view
from companion.web.version_concerns import concerns_about, first_of_each_rule

CALENDAR_WEEKS = 12
"""What a calendar on paper shows: longer plans change before that is over."""
MOST_DRAWN = 12
"""More tablets than these are written as a number."""


PHARMACYS_RISKS = frozenset({Risk.SEDATIVES, Risk.BREATHING, Risk.PREGNANT})
ABOUT_EXCLUSIONS = "PLAN-19"


@dataclass(frozen=True, slots=True)
class Row:
    """One step as it is printed. *last_day* is None for the last one."""

    step: Step
    last_day: date | None
    units: dict[TimeOfDay, Units | None]
    """What each dose is made of; empty for a medicine that is not in the catalogue."""
    needed: Quantities | None
    """How many of each strength the whole step needs; None where it has no end."""
    equivalent: Decimal | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: what is taken, and whether something changes."""

    on: date
    doses: DayDoses | None
    changes: bool
    new_patch: bool
    """Whether a new patch is put on; False for what is no patch."""


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """All that the copies show."""

    patient: Patient
    identity: Identity
    view: VersionView
    product: Product | None
    is_agreed: bool
    on_hold: bool
    replaces: PlanVersion | None
    change: Difference | None
    """How it differs from the version that it replaces, where the two can be compared."""
    rows: Sequence[Row]
    weeks: Sequence[Sequence[Day]]
    goes_on: bool
    """Whether changes come after the weeks that are shown."""
    prescriptions: Sequence[Prescription]
    risks: Assessed | None
    """What was answered to the questions about risk; None where nobody has asked."""
    concerns: Sequence[Concern]
    team: Team
    today: date
    table: str
    factor: Decimal | None

    @property
    def shape(self) -> str:
        """How one unit is drawn."""
        if self.product is None or self.product.form.kind is Kind.LIQUID:
            return "none"
        if self.product.form.kind is Kind.PATCH:
            return "patch"
        return "capsule" if "capsule" in self.product.form.name else "tablet"

    @property
    def is_swallowed_whole(self) -> bool:
        """Whether crushing it would free a whole day's medicine at once."""
        return self.product is not None and self.product.form.kind is Kind.MODIFIED_RELEASE

    def for_reader(self, reader: str) -> tuple[Sequence[Risk], Sequence[Concern]]:
        """Return the risks and concerns that the GP practice or the pharmacy is told of.

        A pharmacy hears of what bears on what it hands out, not of a patient's mind or history.
        """
        risks = sorted(self.risks.situation.risks) if self.risks else []
        if reader == "gp":
            return risks, self.concerns
        return (
            [risk for risk in risks if risk in PHARMACYS_RISKS],
            [concern for concern in self.concerns if concern.rule != ABOUT_EXCLUSIONS],
        )

    def chart(self, day_text: Callable[[date], str]) -> StepChart:
        """Return the picture of the steps; *day_text* writes a day in the reader's language."""
        return step_chart([row.step for row in self.rows], today=None, day_text=day_text)


def plan_copy(session: Session, version: PlanVersion, now: datetime, *, days: int) -> PlanCopy:
    """Gather everything; *days* is how long each prescription is for."""
    patient = patients.patient_by_id_everywhere(session, plans.patient_id_of(session, version))
    organisation = organisations.organisation_of(session, patient.organisation_id)
    today = local_day(now, organisation.time_zone)
    names = accounts.names_of(session, patient.organisation_id)
    view = version_view(session, version, names)
    product, replaced = version.product, _replaced(session, patient, version)
    plan = plan_on(session, patient, today)
    is_agreed = version in {plan.agreed, plan.version}
    if version is plan.version:
        view = until_next(view, plan)
    holds = plans.binding_holds(session, version) if is_agreed else ()
    since, coming = max(today, version.starts_on), until_held(view.steps, holds)
    weeks = _weeks(product, view.steps, since, holds)

    risks = assessed(session, patient)
    concerns = concerns_about(version, view.steps, risks.situation if risks else None)
    return PlanCopy(
        patient=patient,
        identity=patients.identity_of(session, patient),
        view=view,
        product=product,
        is_agreed=is_agreed,
        on_hold=bool(holds),
        replaces=replaced,
        change=_change(session, replaced, version, view.steps),
        rows=_rows(product, coming),
        weeks=weeks,
        goes_on=coming[-1].starts_on > weeks[-1][-1].on,
        prescriptions=[]
        if product is None
        else prescriptions(
            product,
            view.steps,
            since,
            days=days,
            holds=holds,
            until=begins_on(plan) if version is plan.version is not plan.agreed else None,
        ),
        risks=risks,
        concerns=first_of_each_rule(concerns),
        team=organisations.team_of(session, patient.organisation_id, patient.team_id),
        today=today,
        table=f"{TABLE}, {VERSION}",
        factor=None if product is None else factor_of(product.drug),
    )


def _change(
    session: Session,
    replaced: PlanVersion | None,
    version: PlanVersion,
    steps: Sequence[Step],
) -> Difference | None:
    if replaced is None or not replaced.counts_like(version):
        return None
    # What was taken when the new version began: a hold may have kept the old one from lower.
    holds = [
        hold for hold in plans.binding_holds(session, replaced) if hold.held_on <= version.starts_on
    ]
    return difference(plans.steps_of(session, replaced), steps, version.starts_on, holds)


def _replaced(session: Session, patient: Patient, version: PlanVersion) -> PlanVersion | None:
    """Return the version that was agreed before *version*, or None."""
    older = [
        other
        for other in plans.versions_of(session, patient)
        if other.number < version.number
        and other.state in {VersionState.SUPERSEDED, VersionState.AGREED, VersionState.FINISHED}
    ]
    return older[0] if older else None


def _rows(product: Product | None, steps: Sequence[Step]) -> list[Row]:
    try:
        dispenser = None if product is None else product.dispenser([step.doses for step in steps])
    except TooFineError:
        product = dispenser = None
    rows = []
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        last_day = None if after is None else after.starts_on - timedelta(days=1)
        amounts = step.doses.amounts
        rows.append(
            Row(
                step,
                last_day,
                {}
                if dispenser is None
                else {time: dispenser.units_of(amount) for time, amount in amounts.items()},
                None
                if product is None or last_day is None
                else quantities(product, steps, step.starts_on, last_day),
                None
                if product is None
                else morphine_equivalent(product.drug, product.form, step.doses.total),
            )
        )
    return rows


def _weeks(
    product: Product | None, steps: Sequence[Step], since: date, holds: Sequence[Hold]
) -> list[list[Day]]:
    """Return whole weeks from the Monday before *since*, until the last change or twelve weeks."""
    coming = until_held(steps, holds)
    monday = since - timedelta(days=since.weekday())
    last = max(coming[-1].starts_on, since)
    count = min((last - monday).days // 7 + 1, CALENDAR_WEEKS)
    starts = {step.starts_on for step in coming[1:]}
    change = None if product is None else product.form.change_days

    def has_new_patch(day: date) -> bool:
        return change is not None and (day - changes_from(steps)).days % change == 0

    return [
        [
            Day(day, dose_on(steps, day, holds), day in starts, has_new_patch(day))
            for day in (monday + timedelta(days=7 * week + n) for n in range(7))
        ]
        for week in range(count)
    ]
