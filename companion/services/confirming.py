"""Whether the newest reduction was really taken, and what a person found out."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from companion.core.calendar import local_day
from companion.core.confirming import Taken, Worry, unconfirmed_step
from companion.core.taper import PlanError, Step
from companion.services import planning
from companion.services.plan_today import plan_today
from companion.store import alerts, organisations, plans, supplies
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.store.supplies import PlanTaken

LONGEST_WORDS = 1000


def worries_of(session: Session, patient: Patient, zone: ZoneInfo) -> list[Worry]:
    """Return when an alert of the two highest tiers, or one of silence, stood about *patient*."""
    return [
        Worry(
            local_day(alert.opened_at, zone),
            None if alert.resolved_at is None else local_day(alert.resolved_at, zone),
        )
        for alert in alerts.worrying_alerts(session, patient.organisation_id, patient.id)
    ]


def unconfirmed(
    session: Session, patient: Patient, version: PlanVersion, today: date
) -> Step | None:
    """Return the reduction that is due but may not have been taken, or None."""
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    return unconfirmed_step(
        plans.steps_of(session, version),
        today,
        plans.binding_holds(session, version),
        worries_of(session, patient, zone),
        {taken.starts_on for taken in supplies.taken_of(session, version)},
    )


def stands_still(session: Session, patient: Patient) -> bool:
    """Tell whether the next cut is not to be announced: a worry stands open now."""
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    return any(worry.until is None for worry in worries_of(session, patient, zone))


def record_taken(
    session: Session,
    patient: Patient,
    step_on: date,
    taken: Taken,
    words: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down what is really taken since the unconfirmed reduction that began on *step_on*.

    Where it is still the dose before, that dose is held: nothing lower is expected until a new
    version is agreed. Of two people who write at once the first counts: the second would
    speak of another step, and hold another dose.

    Raises:
        PlanError: that reduction is not unconfirmed, or *taken* is something else and no words
            say what.
    """
    if taken is Taken.OTHERWISE and not words.strip():
        raise PlanError("words", "Say what is taken")
    if len(words) > LONGEST_WORDS:
        raise PlanError("words", "This is too long")
    plan = plan_today(session, patient, now)
    version = plan.version
    if version is None:
        raise PlanError("taken", "No agreed plan runs")
    plans.lock(session, version)
    step = unconfirmed(session, patient, version, plan.today)
    if step is None or step.starts_on != step_on:
        raise PlanError("taken", "Somebody has written this down already. Look again")
    assert actor.user_id is not None
    found = PlanTaken(
        id=uuid4(),
        version_id=version.id,
        starts_on=step.starts_on,
        taken=taken,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    supplies.seal_words(session, found, words.strip())
    session.add(found)
    session.flush()
    planning.record(session, patient, version, actor, f"taken: {taken}", now)
    if taken is Taken.DOSE_BEFORE:
        planning.hold_before(session, patient, version, step, actor=actor, now=now)
