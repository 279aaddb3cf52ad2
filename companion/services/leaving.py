"""A patient who died, moved, was admitted or asks us to: one action, and nothing more leaves."""

from datetime import datetime

from companion.core.people import StopReason
from companion.core.sending import MessageKind
from companion.core.triage import stopped_finding
from companion.services import enrolment, planning, queueing
from companion.services.alerting import tell_about
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient


def stop_texts(
    session: Session, patient: Patient, reason: StopReason, *, actor: Actor, now: datetime
) -> None:
    """Stop all texts, withdraw every one that waits, answers too, and tell the team why.

    Where the patient has died the plan ends as well, and nobody can start texts again by a
    click. What is on its way to the provider at this moment can no longer be stopped.
    """
    finding = stopped_finding(reason)
    queueing.cancel_waiting(session, patient, reason=finding.why, now=now, kinds=tuple(MessageKind))
    if reason is StopReason.DIED:
        planning.finish(session, patient, actor=actor, now=now)
        enrolment.finish(session, patient, actor=actor, now=now)
    else:
        enrolment.pause(session, patient, reason=finding.why, actor=actor, now=now)
    tell_about(session, patient, finding, now=now)
