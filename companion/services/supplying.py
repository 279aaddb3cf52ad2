"""Write down how far an issued prescription goes."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from companion.core.taper import PlanError
from companion.services import planning
from companion.store import plans
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.supplies import PlanSupply

LONGEST_SUPPLY = timedelta(days=92)
"""A later day is a typing error."""


def record_supply(
    session: Session,
    patient: Patient,
    *,
    issued_on: date,
    lasts_until: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down a prescription that was issued, and the last day that it is for.

    Raises:
        PlanError: no agreed plan runs, or the days cannot be.
    """
    version = plans.agreed_version(session, patient)
    if version is None:
        raise PlanError("lasts_until", "No agreed plan runs")
    if not issued_on <= lasts_until <= issued_on + LONGEST_SUPPLY:
        raise PlanError(
            "lasts_until", "The last day comes after it was issued, within three months"
        )
    assert actor.user_id is not None
    session.add(
        PlanSupply(
            id=uuid4(),
            plan_id=version.plan_id,
            issued_on=issued_on,
            lasts_until=lasts_until,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
    )
    session.flush()
    planning.record(session, patient, version, actor, "supply recorded", now)
