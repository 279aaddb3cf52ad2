"""Put a text into the one queue that all leave through, or take it back while it waits.

The hours in which it may leave are decided here, on people's time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from companion.core.calendar import next_window
from companion.core.sending import MessageKind, MessageState
from companion.core.sms_text import segments
from companion.store import messages, organisations
from companion.store.database import Session
from companion.store.messages import Message, NewMessage
from companion.store.patients import Patient

CRISIS_WORTH = timedelta(hours=10)
REPLY_WORTH = timedelta(hours=1)
"""How long the provider may keep trying an answer: later it would answer nothing."""


def queue_text(
    session: Session,
    *,
    patient: Patient,
    kind: MessageKind,
    text_key: str,
    body: str,
    dedupe_key: str,
    now: datetime,
    not_before: datetime | None = None,
    window_ends_at: datetime | None = None,
    check_in_id: UUID | None = None,
    reply_id: UUID | None = None,
    plan_version_id: UUID | None = None,
) -> Message | None:
    """Queue one text and return it, or None when its *dedupe_key* was queued before.

    A text that answers nothing waits for the patient's safe hours and may leave until they
    end, unless the caller says otherwise. An answer may leave at once.
    """
    opens_at, closes_at = _hours(session, patient, kind, not_before or now)
    return messages.add(
        session,
        NewMessage(
            patient=patient,
            kind=kind,
            text_key=text_key,
            body=body,
            segments=segments(body),
            dedupe_key=dedupe_key,
            not_before=not_before or opens_at,
            window_ends_at=window_ends_at or closes_at,
            check_in_id=check_in_id,
            reply_id=reply_id,
            plan_version_id=plan_version_id,
        ),
        now=now,
    )


def cancel_waiting(
    session: Session,
    patient: Patient,
    *,
    reason: str,
    now: datetime,
    kinds: Sequence[MessageKind] = messages.UNASKED,
    text_key: str | None = None,
) -> int:
    """Take back the texts of *kinds* that still wait; return how many.

    Answers are not among them unless they are named: what the patient was told to expect
    does not depend on the plan. With *text_key* only that text is taken back.
    """
    waiting = [
        message
        for message in messages.waiting_of(session, patient, kinds)
        if text_key in {None, message.text_key}
    ]
    for message in waiting:
        messages.move(message, MessageState.CANCELLED, reason=reason, now=now)
    return len(waiting)


def queue_to_number(
    session: Session,
    *,
    phone: str,
    kind: MessageKind,
    text_key: str,
    body: str,
    dedupe_key: str,
    now: datetime,
    organisation_id: UUID | None = None,
    reply_id: UUID | None = None,
    alert_id: UUID | None = None,
) -> Message | None:
    """Queue a text for a phone that no patient has; None when it was queued before.

    It may leave at once, at any hour.
    """
    return messages.add(
        session,
        NewMessage(
            patient=None,
            phone=phone,
            organisation_id=organisation_id,
            kind=kind,
            text_key=text_key,
            body=body,
            segments=segments(body),
            dedupe_key=dedupe_key,
            not_before=now,
            window_ends_at=now + _worth(kind),
            reply_id=reply_id,
            alert_id=alert_id,
        ),
        now=now,
    )


def _worth(kind: MessageKind) -> timedelta:
    return CRISIS_WORTH if kind is MessageKind.CRISIS else REPLY_WORTH


def _hours(
    session: Session, patient: Patient, kind: MessageKind, moment: datetime
) -> tuple[datetime, datetime]:
    if kind.leaves_at_any_hour:
        return moment, moment + _worth(kind)
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    window = next_window(patient.safe_from, patient.safe_until, zone, moment)
    return max(moment, window.opens_at), window.closes_at
