"""What became of a text that was handed over, and who is told when it did not arrive.

The provider's reports come late, twice and in any order; one of a higher rank counts.
"""

import logging
from datetime import datetime
from uuid import UUID

from companion.core.sending import (
    MessageKind,
    MessageState,
    delivery_rank,
    may_become,
    state_for,
    words_for,
)
from companion.core.triage import (
    Finding,
    service_finding,
    stop_finding,
    twice_finding,
    undelivered_finding,
)
from companion.services import enrolment
from companion.services.alerting import raise_alert, take_next_rung, tell_every_organisation
from companion.services.plan_today import plan_today
from companion.services.standing import is_at_risk
from companion.store import messages, patients
from companion.store.audit import PATIENT
from companion.store.database import Session
from companion.store.messages import Attempt, Message

log = logging.getLogger(__name__)

OPTED_OUT = "21610"
"""The carrier's code for a phone that texted STOP."""


def record_delivery(
    session: Session, *, token: str, provider_id: str, word: str, code: str | None, now: datetime
) -> bool:
    """Take in the provider's report on one attempt; tell whether it was one of ours.

    Reports come late, twice and in any order: only one of a higher rank changes anything.
    """
    attempt = messages.attempt_by_token(session, token)
    if attempt is None:
        return False
    message = messages.locked(session, attempt.message_id)
    session.refresh(attempt)
    if not adopt(session, message, attempt, provider_id, now=now):
        return False
    if delivery_rank(word) <= delivery_rank(attempt.delivery):
        return True
    attempt.delivery = word
    _follow(session, message, attempt, word, code, now=now)
    return True


def adopt(
    session: Session, message: Message, attempt: Attempt, provider_id: str, *, now: datetime
) -> bool:
    """Give *attempt* the provider's name for its text; tell whether it is now its own."""
    if attempt.provider_id == provider_id:
        return True
    if attempt.provider_id or messages.owner_of_provider_id(session, provider_id):
        log.warning("attempt %s: the provider names two texts alike, or one twice", attempt.id)
        return False
    attempt.provider_id = provider_id
    session.flush()
    if not message.kind.goes_at_least_once and messages.copies_of(session, message) > 1:
        tell(session, message, twice_finding(), now)
    return True


def _follow(
    session: Session,
    message: Message,
    attempt: Attempt,
    word: str,
    code: str | None,
    *,
    now: datetime,
) -> None:
    state = state_for(word)
    arrived = state in {MessageState.ACCEPTED, MessageState.DELIVERED}
    if message.attempt_id != attempt.id:
        if not arrived:
            return  # Another attempt is on its way.
        if message.state is MessageState.QUEUED:
            # An earlier attempt had got through: it takes the claim back, no call is made.
            messages.move(message, MessageState.SENDING, now=now)
        message.attempt_id = attempt.id
    if state is message.state or not may_become(message.state, state):
        return
    if arrived:
        messages.move(message, state, now=now)
    else:
        fail(session, message, state, code, now=now)


def requeue(message: Message, *, now: datetime) -> None:
    """Let *message* be claimed again: whoever has its claim has lost it."""
    messages.move(message, MessageState.QUEUED, now=now)
    message.attempt_id = None
    message.lease_until = None
    message.retry_at = None


def hold(session: Session, message: Message, finding: Finding, *, now: datetime) -> None:
    """Keep a doubtful *message* from leaving again, and tell a person."""
    messages.move(message, MessageState.HELD, reason=message.reason, now=now)
    message.retry_at = None
    tell(session, message, finding, now)


def fail(
    session: Session, message: Message, state: MessageState, code: str | None, *, now: datetime
) -> None:
    """Write down that *message* went nowhere, with the provider's *code*, and tell a person."""
    reason = words_for(code)
    messages.move(message, state, reason=reason, now=now)
    if code == OPTED_OUT and message.patient_id is not None:
        _note_opt_out(session, message, now)
    tell_undelivered(session, message, reason, now)


def _note_opt_out(session: Session, message: Message, now: datetime) -> None:
    """Take the carrier's word that the phone is cut off: the safety net has gone."""
    assert message.patient_id is not None  # looked at by the caller
    patient = patients.patient_by_id_everywhere(session, message.patient_id)
    if patient.opted_out_at is None and patient.phone_version == message.phone_version:
        at_risk = is_at_risk(session, patient, now=now)
        enrolment.opt_out(session, patient, actor=PATIENT, now=now)
        tell(session, message, stop_finding(at_risk=at_risk), now)


def tell_undelivered(session: Session, message: Message, reason: str, now: datetime) -> None:
    """Tell a person that *message* did not arrive; *reason* is in words for staff."""
    finding = undelivered_finding(
        reason,
        crisis=message.kind is MessageKind.CRISIS,
        in_step_week=_in_step_week(session, message, now),
    )
    tell(session, message, finding, now)


def _in_step_week(session: Session, message: Message, now: datetime) -> bool:
    if message.patient_id is None or message.organisation_id is None:
        return False
    patient = patients.patient_by_id_everywhere(session, message.patient_id)
    return plan_today(session, patient, now).in_step_week


def tell_operator(session: Session, now: datetime) -> None:
    """Tell staff that the provider refuses the account: nothing leaves until it is mended."""
    finding = service_finding("the provider of texts refuses our account")
    tell_every_organisation(session, finding, now=now)


def tell(session: Session, message: Message, finding: Finding, now: datetime) -> None:
    """Raise *finding* about *message* with whoever it concerns."""
    if message.kind is MessageKind.STAFF:
        take_next_rung(session, message, now=now)
    elif message.patient_id is None or message.organisation_id is None:
        tell_every_organisation(session, finding, now=now, message_id=message.id)
    else:
        _tell_about(session, message, message.organisation_id, message.patient_id, finding, now)


def _tell_about(
    session: Session,
    message: Message,
    organisation_id: UUID,
    patient_id: UUID,
    finding: Finding,
    now: datetime,
) -> None:
    raise_alert(
        session,
        organisation_id=organisation_id,
        team_id=patients.patient_by_id_everywhere(session, patient_id).team_id,
        patient_id=patient_id,
        finding=finding,
        now=now,
        message_id=message.id,
    )
