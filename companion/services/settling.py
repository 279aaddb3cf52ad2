"""Find out whether a doubtful text went, from the provider's own list.

Only after the time to settle, and never while another text is on its way to the same
phone. What is not listed is sent once more, if it may still leave; after a second doubt,
or where the list cannot tell, a person decides. Crisis answers do not wait for this:
:mod:`companion.services.sending` sends them at least once.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from companion.core.sending import MessageState
from companion.core.settling import CLOCKS_DIFFER, Doubt, Settlement, Unowned, settle
from companion.core.triage import held_finding
from companion.services.following import adopt, hold, requeue
from companion.services.sending import SendingLimits
from companion.sms.gateway import ListedOut, SmsGateway, Unlisted
from companion.store import messages, patients
from companion.store.database import Session, Transactions
from companion.store.messages import Attempt, Message
from companion.store.patients import Patient
from companion.store.sealing import SealError

log = logging.getLogger(__name__)

RESENDS = 1
"""How often a text that surely did not go is sent again by itself."""
LOOK_AGAIN = timedelta(seconds=60)
"""Real time until the next look, when the list could not be read or a text was on its way."""
LOOKS_FOR = timedelta(hours=1)
"""Real time after the time to settle in which an unreadable list is tried again."""


def settle_doubts(
    transactions: Transactions,
    gateway: SmsGateway,
    *,
    now: datetime,
    real_now: Callable[[], datetime],
    limits: SendingLimits,
) -> int:
    """Settle what has been in doubt for long enough; return how many phones were looked up.

    Any number of processes may do this at once. No transaction is open during a look-up.
    """
    longest = timedelta(seconds=limits.settle_seconds)
    with transactions.reading() as session:
        patient_ids = _whose(session, real_now())
    for patient_id in patient_ids:
        with transactions.reading() as session:
            patient = patients.patient_by_id_everywhere(session, patient_id)
            phone, since = _where_to_look(session, patient)
        listed = (
            Unlisted("the number cannot be opened")
            if phone is None
            else gateway.texts_out(phone, since - CLOCKS_DIFFER)
        )
        with transactions.begin() as session:
            _settle(session, patient_id, listed, longest, now=now, real_now=real_now())
    return len(patient_ids)


def _whose(session: Session, real_now: datetime) -> list[UUID]:
    doubtful = messages.doubtful_for_long(session, real_now=real_now)
    # Patients with one phone are settled together.
    return list({patient.phone_hash: patient.id for _, patient in doubtful}.values())


def _where_to_look(session: Session, patient: Patient) -> tuple[str | None, datetime]:
    doubts = messages.doubts_to(session, patient)
    since = min((attempt.claimed_at for attempt, _ in doubts), default=patient.registered_at)
    try:
        return patients.phone_of(session, patient), since
    except SealError:
        return None, since


def _settle(
    session: Session,
    patient_id: UUID,
    listed: Sequence[ListedOut] | Unlisted,
    longest: timedelta,
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    patient = patients.locked(session, patient_id)
    doubts = messages.doubts_to(session, patient)
    due = _due(session, patient, real_now, now)
    if not due:
        return
    if isinstance(listed, Unlisted):
        log.warning("the provider's list could not be read: %s", listed.why)
        _look_again_or_hold(session, due, longest, now=now, real_now=real_now)
    elif messages.is_sending_to(session, patient):
        _look_again(due, real_now)
    else:
        found = _found(session, doubts, listed, longest)
        _apply(session, doubts, found, now=now)
        for message in due:
            if message.state is MessageState.UNCERTAIN:
                _send_again_or_hold(session, message, now=now)


def _due(session: Session, patient: Patient, real_now: datetime, now: datetime) -> list[Message]:
    """Return the doubtful texts to that phone; hold those for a number since given up."""
    due = []
    for message, whose in messages.doubtful_for_long(session, real_now=real_now, phone_of=patient):
        locked = messages.locked(session, message.id)
        if locked.phone_version != whose.phone_version:
            hold(session, locked, held_finding(locked.reason, crisis=False), now=now)
        else:
            due.append(locked)
    return due


def _look_again(due: Sequence[Message], real_now: datetime) -> None:
    for message in due:
        message.retry_at = real_now + LOOK_AGAIN


def _look_again_or_hold(
    session: Session,
    due: Sequence[Message],
    longest: timedelta,
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    for message in due:
        assert message.attempt_id is not None  # what is in doubt has a claim
        claimed_at = messages.attempt_of(session, message.attempt_id).claimed_at
        if real_now - claimed_at > longest + LOOKS_FOR:
            hold(session, message, held_finding(message.reason, crisis=False), now=now)
        else:
            _look_again([message], real_now)


def _found(
    session: Session,
    doubts: Sequence[tuple[Attempt, Message]],
    listed: Sequence[ListedOut],
    longest: timedelta,
) -> Settlement:
    owned = messages.owned_among(session, [text.provider_id for text in listed])
    return settle(
        [Doubt(attempt.id, attempt.claimed_at) for attempt, _ in doubts],
        [Unowned(t.provider_id, t.created_at) for t in listed if t.provider_id not in owned],
        longest=longest,
    )


def _apply(
    session: Session,
    doubts: Sequence[tuple[Attempt, Message]],
    settlement: Settlement,
    *,
    now: datetime,
) -> None:
    for attempt, message in doubts:
        provider_id = settlement.found.get(attempt.id)
        if provider_id is not None:
            adopt(session, message, attempt, provider_id, now=now)
            if message.state in {MessageState.UNCERTAIN, MessageState.HELD}:
                message.attempt_id = attempt.id
                messages.move(message, MessageState.ACCEPTED, now=now)
        elif attempt.id in settlement.contested and message.state is MessageState.UNCERTAIN:
            hold(session, message, held_finding(message.reason, crisis=False), now=now)


def _send_again_or_hold(session: Session, message: Message, *, now: datetime) -> None:
    if messages.copies_of(session, message):
        # A report named it, in a word that says nothing of how far it came.
        messages.move(message, MessageState.ACCEPTED, now=now)
    elif messages.attempts_in_doubt(session, message) <= RESENDS:
        requeue(message, now=now)
    else:
        hold(session, message, held_finding(message.reason, crisis=False), now=now)


def settle_by_answer(session: Session, check_in_id: UUID, *, now: datetime) -> None:
    """Take the answer to an open question as proof that the text which asked it came."""
    message = messages.newest_of_check_in(session, check_in_id)
    if message is not None and message.state in {MessageState.UNCERTAIN, MessageState.HELD}:
        messages.move(message, MessageState.DELIVERED, now=now)
