"""Ask what makes a taper risky, keep the answers, and know when to ask again."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from companion.core.equivalence import morphine_equivalent
from companion.core.situation import Situation
from companion.core.taper import PlanError
from companion.services.plan_today import plan_today
from companion.store import audit, plans, situations
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.situations import SituationRow

MOST_DAILY = Decimal(10_000)
"""More of anything in a day is a typing error."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """The newest answers, and whether they were given since the newest version was written."""

    situation: Situation
    at: datetime
    is_fresh: bool


def record(
    session: Session, patient: Patient, situation: Situation, *, actor: Actor, now: datetime
) -> None:
    """Keep what was answered.

    Raises:
        PlanError: for how long opioids are taken was not answered, or an amount cannot be.
    """
    if situation.use is None:
        raise PlanError("use", "Choose for how long")
    if any(not 0 < other.daily <= MOST_DAILY for other in situation.others):
        raise PlanError("others", "Enter how much is really taken in a day")
    assert actor.user_id is not None
    row = SituationRow(
        id=uuid4(), patient_id=patient.id, answered_by=actor.user_id, answered_at=now
    )
    situations.seal_answers(session, row, situation)
    session.add(row)
    session.flush()
    audit.record(
        session,
        patient.organisation_id,
        actor=actor,
        action="risk questions answered",
        subject=f"patient:{patient.id}",
        patient_id=patient.id,
        now=now,
    )


def assessed(session: Session, patient: Patient) -> Assessed | None:
    """Return the newest answers about *patient*, or None when nobody has asked."""
    row = situations.newest_of(session, patient)
    if row is None:
        return None
    versions = plans.versions_of(session, patient)
    return Assessed(
        situations.situation_in(session, row),
        row.answered_at,
        is_fresh=not versions or row.answered_at >= versions[0].set_at,
    )


def tapered_load(session: Session, patient: Patient, now: datetime) -> Decimal | None:
    """Return mg of oral morphine a day that today's dose by the plan is like.

    Of a plan that has not begun, or is only proposed, it is the dose that it begins with. 0 where
    none is written; None where the medicine has no factor or is not in the catalogue.
    """
    plan = plan_today(session, patient, now)
    version, doses = plan.version, plan.doses
    if version is None or doses is None:
        version = plan.agreed or plans.proposed_version(session, patient)
        if version is None:
            return Decimal(0)
        doses = plans.steps_of(session, version)[0].doses
    product = version.product
    if product is None:
        return None
    return morphine_equivalent(product.drug, product.form, doses.total)


def must_ask(
    session: Session, patient: Patient, tapered: Decimal | None, asked_above: Decimal
) -> bool:
    """Tell whether the questions must be answered before another version is written.

    *tapered* is what the version begins with, in mg of oral morphine a day. A load that is not
    known asks nothing: methadone cannot be agreed at all. Rule PLAN-20.
    """
    found = assessed(session, patient)
    if found is not None and found.is_fresh:
        return False
    load = tapered if found is None else found.situation.load_with(tapered)
    return load is not None and load > asked_above
