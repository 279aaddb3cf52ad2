"""Propose a version of a plan, mark it, hold it, and end it.

Nothing here raises a dose or chooses one: a version says what people agreed. A hold acts
at once, because staying on the same dose is the safe direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from companion.core.agreement import MarkSide, VersionState, is_binding
from companion.core.doses import DayDoses, DoseUnit
from companion.core.plan_changes import is_above
from companion.core.product import Product, is_as_strong
from companion.core.supply import held_until
from companion.core.taper import PlanError, Step, check_days, check_steps, dose_on
from companion.core.triage import hold_finding
from companion.services import queueing
from companion.services.alerting import tell_about
from companion.services.enrolment import StaleError
from companion.services.plan_today import plan_on, plan_today
from companion.store import audit, organisations, plans, supplies
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import Plan, PlanHold, PlanMark, PlanVersion

LONGEST_MEDICINE = 100
LONGEST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What patient and pharmacist want to agree.

    *goal* is the daily total aimed for, in *unit*. *based_on* is the newest version that
    the writer saw, None for the first. *reasons* say why it is right although concerns stand.
    *product* is what it is made of, None for a medicine that is not in the catalogue;
    *written_as* what the form held, to write the next version from.
    """

    medicine: str
    unit: DoseUnit
    steps: Sequence[Step]
    goal: Decimal
    goal_words: str
    prescriber: str
    based_on: UUID | None = None
    reasons: str = ""
    product: Product | None = None
    written_as: str | None = None
    review_on: date | None = None


def propose(
    session: Session,
    patient: Patient,
    draft: PlanDraft,
    *,
    actor: Actor,
    now: datetime,
    may_raise: bool = False,
) -> PlanVersion:
    """Add a version that binds nobody yet.

    *may_raise* is whether the actor prescribes: only then may it begin with more than is taken
    now, and only with a reason.

    Raises:
        PlanError: something in the draft cannot stand; the field is named.
        StaleError: another version came since the one it was based on.
    """
    steps = _checked(draft)
    today = organisations.today_of(session, patient.organisation_id, now)
    check_days(steps[0].starts_on, draft.review_on, today)
    plan = plans.plan_of(session, patient) or _new_plan(session, patient, now)
    plans.lock_plan(session, plan)  # one of the older versions may be about to bind
    _check_rise(session, patient, draft, steps, may_raise=may_raise, today=today)
    versions = plans.versions_of(session, patient)
    newest = versions[0].id if versions else None
    if newest != draft.based_on:
        raise StaleError("Somebody else has changed this plan. Compare the two, then save")
    assert actor.user_id is not None
    version = PlanVersion(
        id=uuid4(),
        plan_id=plan.id,
        number=versions[0].number + 1 if versions else 1,
        state=VersionState.PROPOSED,
        medicine=draft.medicine.strip(),
        unit=draft.unit,
        goal=draft.goal,
        prescriber=draft.prescriber.strip(),
        drug=None if draft.product is None else draft.product.drug.name,
        form=None if draft.product is None else draft.product.form.name,
        strengths=None if draft.product is None else draft.product.strengths_text,
        written_as=draft.written_as,
        review_on=draft.review_on,
        starts_on=steps[0].starts_on,
        set_by=actor.user_id,
        set_at=now,
    )
    plans.seal_goal_words(session, version, draft.goal_words.strip())
    if draft.reasons.strip():
        plans.seal_reasons(session, version, draft.reasons.strip())
    for older in versions:
        if older.state is VersionState.PROPOSED:
            older.state = VersionState.WITHDRAWN
    session.add(version)
    session.flush()
    plans.add_steps(session, version, steps)
    record(session, patient, version, actor, "plan proposed", now)
    return version


def _check_rise(
    session: Session,
    patient: Patient,
    draft: PlanDraft,
    steps: Sequence[Step],
    *,
    may_raise: bool,
    today: date,
) -> None:
    if not rises(session, patient, Beginning(draft.medicine, draft.product, steps), today):
        return
    if not may_raise:
        raise PlanError(
            "steps", "It begins with more than is taken now: a prescriber must write it"
        )
    if not draft.reasons.strip():
        raise PlanError("reasons", "Say why more is to be taken. Tolerance may be lost")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a version begins with: enough to hold it against what is taken now."""

    medicine: str
    product: Product | None
    steps: Sequence[Step]


def beginning_of(session: Session, version: PlanVersion) -> Beginning:
    """Return what a version that was written begins with."""
    return Beginning(version.medicine, version.product, plans.steps_of(session, version))


def rises(session: Session, patient: Patient, new: Beginning, today: date) -> bool:
    """Tell whether *new* begins with more than what was agreed says, today or on its first day.

    Another form of the same drug is held against it by the milligrams of a day. Another drug,
    or one that nobody can compare, counts as more: no table turns one into another, so a
    prescriber must look. So does any plan after a taper that is over: nobody knows what is taken.
    """
    plan = plan_on(session, patient, today)
    if plan.agreed is None:
        return plans.has_finished(session, patient)
    begins = max(today, new.steps[0].starts_on)
    first = dose_on(new.steps, begins)
    assert first is not None  # it has begun
    said = [stretch for day in (today, begins) if (stretch := plan.timeline.on(day))]
    # What is agreed may itself begin later: then it is what that begins with.
    return any(
        _is_more(first, new, stretch.step.doses, plan.version_of(stretch))
        for stretch in said or plan.timeline.stretches[:1]
    )


def _is_more(first: DayDoses, new: Beginning, taken: DayDoses, version: PlanVersion) -> bool:
    """Tell whether *new*, whose dose is *first*, is more than what is *taken* by *version*."""
    old = version.product
    if not _is_same_medicine(version, new):
        return True
    if taken.unit is first.unit and is_as_strong(old, new.product):
        return is_above(first, taken)
    if old is None or new.product is None:
        return True
    return first.total * new.product.form.mg_per_unit > taken.total * old.form.mg_per_unit


def _is_same_medicine(old: PlanVersion, new: Beginning) -> bool:
    before, after = old.product, new.product
    if before is None or after is None:
        return old.medicine.casefold() == new.medicine.strip().casefold()
    # A patch gives a rate, all else an amount: the same drug, and yet not to be compared.
    is_patch = {product.form.change_days is None for product in (before, after)}
    return before.drug is after.drug and len(is_patch) == 1


def _new_plan(session: Session, patient: Patient, now: datetime) -> Plan:
    plan = Plan(
        id=uuid4(), organisation_id=patient.organisation_id, patient_id=patient.id, created_at=now
    )
    session.add(plan)
    session.flush()
    return plan


def _checked(draft: PlanDraft) -> tuple[Step, ...]:
    for field, text, longest in (
        ("medicine", draft.medicine, LONGEST_MEDICINE),
        ("prescriber", draft.prescriber, LONGEST_MEDICINE),
    ):
        if not text.strip():
            raise PlanError(field, f"Enter the {field}")
        if len(text) > longest:
            raise PlanError(field, f"The {field} is too long")
    for field, words in (("goal_words", draft.goal_words), ("reasons", draft.reasons)):
        if len(words) > LONGEST_WORDS:
            raise PlanError(field, "This is too long")
    steps = check_steps(draft.steps)
    if steps[0].doses.unit is not draft.unit:
        raise PlanError("unit", "The steps must be in the unit of the plan")
    if draft.goal != steps[-1].doses.total:
        raise PlanError("goal", "The last step must reach the goal, and go no further")
    return steps


def mark(
    session: Session,
    patient: Patient,
    version: PlanVersion,
    side: MarkSide,
    *,
    how: str,
    actor: Actor,
    now: datetime,
    recorded_by: UUID | None = None,
    may_raise: bool = False,
) -> PlanVersion:
    """Write down one side's yes. With both it binds, and from its first day the one before is over.

    *recorded_by* is who asked, where the patient answered by text. *may_raise* is whether the
    actor prescribes: nobody else may mark what has come to begin with more than is taken.

    Raises:
        PlanError: the version is no longer proposed, the side has marked, *how* is empty, or a
            reduction came since it was written, so that it begins with more than is taken now.
    """
    if not how.strip() or len(how) > LONGEST_WORDS:
        raise PlanError("how", "Say how they agreed, in a few words")
    plans.lock(session, version)
    if version.state is not VersionState.PROPOSED:
        raise PlanError("side", "This version can no longer be agreed")
    sides = {standing.side for standing in plans.marks_of(session, version)}
    if side in sides:
        raise PlanError("side", "This mark stands already")
    if not may_raise and _has_become_a_rise(session, patient, version, now):
        raise PlanError(
            "side",
            "A reduction came since this was written: it begins with more than is taken now. "
            "Write it anew, or let a prescriber record this",
        )
    who = recorded_by or actor.user_id
    assert who is not None
    made = PlanMark(
        id=uuid4(),
        version_id=version.id,
        side=side,
        recorded_by=who,
        recorded_at=now,
    )
    plans.seal_how(session, made, how.strip())
    session.add(made)
    session.flush()
    record(session, patient, version, actor, f"plan marked by {side}", now)
    if is_binding(sides | {side}):
        _bind(session, patient, version, actor, now)
    return version


def _has_become_a_rise(
    session: Session, patient: Patient, version: PlanVersion, now: datetime
) -> bool:
    """Tell whether it begins with more than is taken now, and the writer cannot have known."""
    today, written_on = (
        organisations.today_of(session, patient.organisation_id, moment)
        for moment in (now, version.set_at)
    )
    begins = beginning_of(session, version)
    if not rises(session, patient, begins, today):
        return False
    is_taken = [plan_on(session, patient, day).in_force for day in (written_on, today)]
    return is_taken[0] != is_taken[1] or not rises(session, patient, begins, written_on)


def _bind(
    session: Session, patient: Patient, version: PlanVersion, actor: Actor, now: datetime
) -> None:
    before = plans.agreed_version(session, patient)
    if before is not None:
        before.state = VersionState.SUPERSEDED
        session.flush()
    _end_open_hold(session, patient, actor, now)
    version.state = VersionState.AGREED
    queueing.cancel_waiting(session, patient, reason="The plan changed.", now=now)
    record(session, patient, version, actor, "plan agreed", now)


def withdraw(
    session: Session, patient: Patient, version: PlanVersion, *, actor: Actor, now: datetime
) -> None:
    """Take back a version that does not bind yet.

    Raises:
        PlanError: it binds, or is over.
    """
    plans.lock(session, version)
    if version.state is not VersionState.PROPOSED:
        raise PlanError("version", "Only a version that is not agreed yet can be taken back")
    version.state = VersionState.WITHDRAWN
    record(session, patient, version, actor, "plan withdrawn", now)


def hold(
    session: Session, patient: Patient, *, by_text: bool, actor: Actor, now: datetime
) -> PlanHold | None:
    """Stop the next cut from now on, and tell the team; None when no agreed plan runs.

    A second hold changes nothing: the first stands.
    """
    plan = plan_today(session, patient, now)
    version, today = plan.version or plan.agreed, plan.today
    ends = None if version is None else lasts_at_todays_dose(session, version, today)
    tell_about(
        session,
        patient,
        hold_finding(
            plan.next_cut_on,
            supply_ends_on=ends,
            review_on=None if version is None else version.review_on,
        ),
        now=now,
    )
    if version is None:
        return None
    return _hold_on(session, patient, version, today, by_text=by_text, actor=actor, now=now)


def hold_before(
    session: Session,
    patient: Patient,
    version: PlanVersion,
    step: Step,
    *,
    actor: Actor,
    now: datetime,
) -> PlanHold:
    """Hold the dose before *step*: a person found that it is still taken.

    A hold that was made since *step* holds the wrong dose, and ends.
    """
    day = step.starts_on - timedelta(days=1)
    standing = plans.open_hold(session, version.plan_id)
    if standing is not None and standing.held_on > day:
        _end_open_hold(session, patient, actor, now)
    return _hold_on(session, patient, version, day, by_text=False, actor=actor, now=now)


def _hold_on(
    session: Session,
    patient: Patient,
    version: PlanVersion,
    day: date,
    *,
    by_text: bool,
    actor: Actor,
    now: datetime,
) -> PlanHold:
    plans.lock(session, version)
    standing = plans.open_hold(session, version.plan_id)
    if standing is not None:
        return standing
    held = PlanHold(
        id=uuid4(), plan_id=version.plan_id, held_on=day, held_at=now, asked_by_text=by_text
    )
    session.add(held)
    session.flush()
    record(session, patient, version, actor, "plan held", now)
    return held


def lasts_at_todays_dose(session: Session, version: PlanVersion, today: date) -> date | None:
    """Return the last day for which the supply holds today's dose, if it stays from now on.

    None where no supply was written down or nothing is taken.
    """
    supply = supplies.supply_for(session, version)
    steps, holds = plans.steps_of(session, version), plans.binding_holds(session, version)
    held = dose_on(steps, today, holds)
    if supply is None or held is None:
        return None
    return held_until(steps, held, supply.supplied, holds, today, version.product)


def end_hold(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the hold is over.

    It releases nothing: the dose stays until a new version is agreed.

    Raises:
        PlanError: nothing is held.
    """
    if not _end_open_hold(session, patient, actor, now):
        raise PlanError("hold", "Nothing is on hold")


def _end_open_hold(session: Session, patient: Patient, actor: Actor, now: datetime) -> bool:
    plan = plans.plan_of(session, patient)
    standing = None if plan is None else plans.open_hold(session, plan.id)
    if standing is None:
        return False
    standing.ended_at, standing.ended_by = now, actor.user_id
    session.flush()
    audit.record(
        session,
        patient.organisation_id,
        actor=actor,
        action="hold ended",
        subject=f"plan:{standing.plan_id}",
        patient_id=patient.id,
        now=now,
    )
    return True


def finish(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Close the agreed version: its taper is over, and so are a hold and what was proposed."""
    proposed = plans.proposed_version(session, patient)
    if proposed is not None:  # written while doses were taken that nobody takes any more
        withdraw(session, patient, proposed, actor=actor, now=now)
    version = plans.agreed_version(session, patient)
    if version is not None:
        plans.lock(session, version)
        _end_open_hold(session, patient, actor, now)
        version.state = VersionState.FINISHED
        record(session, patient, version, actor, "plan finished", now)


def record(
    session: Session,
    patient: Patient,
    version: PlanVersion,
    actor: Actor,
    action: str,
    now: datetime,
) -> None:
    """Write into the audit trail what was done to *version*."""
    audit.record(
        session,
        patient.organisation_id,
        actor=actor,
        action=action,
        subject=f"plan_version:{version.id}",
        patient_id=patient.id,
        detail={"number": version.number, "state": version.state},
        now=now,
    )
