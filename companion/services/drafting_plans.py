"""Keep a plan that is not proposed yet, so that nobody has to write it again."""

from datetime import datetime

from companion.store import audit, plan_drafts
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient


def save(
    session: Session, patient: Patient, content: dict[str, str], *, actor: Actor, now: datetime
) -> None:
    """Keep what stands in the form, in the place of any draft before it."""
    assert actor.user_id is not None
    plan_drafts.replace_draft(session, patient, content, by=actor.user_id, now=now)
    _record(session, patient, "plan draft saved", actor, now)


def discard(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Forget the draft: it was proposed, or nobody wants it."""
    if plan_drafts.remove_draft(session, patient):
        _record(session, patient, "plan draft removed", actor, now)


def _record(session: Session, patient: Patient, action: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        patient.organisation_id,
        actor=actor,
        action=action,
        subject=f"patient:{patient.id}",
        patient_id=patient.id,
        now=now,
    )
