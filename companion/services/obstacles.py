"""Why a queued text may not leave after all: looked at when it is claimed."""

from datetime import datetime, timedelta

from companion.core.agreement import VersionState
from companion.core.people import PatientStatus
from companion.core.sending import MessageKind, MessageState
from companion.services import confirming
from companion.services.telling_plan import DOSE_TEXTS
from companion.sms.gateway import SHORTEST_VALIDITY_SECONDS
from companion.store import organisations, plans
from companion.store.database import Session
from companion.store.messages import Due, Message
from companion.store.patients import Patient

ANSWERS_FOR = timedelta(hours=4)
"""Rule U-03: later than that an answer answers nothing, and may come in the night."""

Obstacle = tuple[MessageState, str]
"""Where a text goes instead, and why, in words for staff."""

_MAY_BE_TEXTED = {
    MessageKind.HANDSHAKE: PatientStatus.AWAITING_HANDSHAKE,
    MessageKind.CHECK_IN: PatientStatus.ACTIVE,
    MessageKind.REMINDER: PatientStatus.ACTIVE,
    MessageKind.TEAM: PatientStatus.ACTIVE,
}


def obstacle(session: Session, due: Due, now: datetime) -> Obstacle | None:
    """Return why a text may not leave, or None."""
    message, patient = due.message, due.patient
    if patient is None:
        return None  # it answers a stranger in danger, or tells one of the staff
    if message.phone_version != patient.phone_version:
        return MessageState.CANCELLED, "The patient's number changed after this text was written."
    if patient.opted_out_at is not None:
        return MessageState.CANCELLED, "The patient has opted out of texts."
    if message.kind is MessageKind.REPLY:
        return _of_answer(session, message, patient, now)
    return None if message.kind.leaves_at_any_hour else _of_unasked(message, patient, due, now)


def _of_answer(
    session: Session, message: Message, patient: Patient, now: datetime
) -> Obstacle | None:
    if now - message.queued_at >= ANSWERS_FOR:
        return MessageState.MISSED, "It waited for so long that it would have answered nothing."
    if message.text_key in DOSE_TEXTS and not _holds_still(session, message, patient, now):
        return MessageState.MISSED, "It named doses that may not be those of today any more."
    return None


def _holds_still(session: Session, message: Message, patient: Patient, now: datetime) -> bool:
    """Tell whether the doses that *message* names are still those of today, and may be named."""
    version = plans.agreed_version(session, patient)
    today = organisations.today_of(session, patient.organisation_id, now)
    then = organisations.today_of(session, patient.organisation_id, message.queued_at)
    if version is None or version.id != message.plan_version_id or then != today:
        return False
    held = any(
        hold.held_at > message.queued_at for hold in plans.holds_of(session, version.plan_id)
    )
    return patient.detailed and not held and not confirming.stands_still(session, patient)


def _of_unasked(message: Message, patient: Patient, due: Due, now: datetime) -> Obstacle | None:
    if patient.status is not _MAY_BE_TEXTED[message.kind]:
        return MessageState.CANCELLED, "Texts of this kind are off for this patient."
    # A code for agreeing is about what is only proposed; all else about what binds.
    by_hand = message.kind is MessageKind.TEAM
    wanted = VersionState.PROPOSED if by_hand else VersionState.AGREED
    if due.plan_state not in {None, wanted}:
        return MessageState.CANCELLED, "The plan changed after this text was written."
    if message.window_ends_at - now < timedelta(seconds=SHORTEST_VALIDITY_SECONDS):
        return MessageState.MISSED, "It could not be sent within the hours agreed."
    return None
