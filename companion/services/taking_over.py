"""See to it that one copy of the service sends, and that a restored one repeats nothing.

Two copies from one backup know of the same texts. Whoever may send has its mark on our
number at the provider (:mod:`companion.core.grip`). A restored copy takes the number only
when somebody releases it, and first compares what waits with what the provider has taken
since the backup.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from uuid import uuid4

from companion.core.grip import Grip
from companion.core.sending import AttemptOutcome, MessageState
from companion.core.triage import restored_finding, service_finding, taken_finding
from companion.services.alerting import tell_every_organisation
from companion.services.following import tell
from companion.sms.gateway import OurNumber, SentOut, Unlisted
from companion.store import audit, messages, organisations, patients, service_copy
from companion.store.audit import SYSTEM
from companion.store.database import Session, Transactions
from companion.store.messages import Attempt, Message
from companion.store.patients import Patient
from companion.store.sealing import SealError

log = logging.getLogger(__name__)


def look(
    transactions: Transactions,
    gateway: OurNumber,
    grip: Grip,
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    """Look whose mark our number bears; take it where it bears none. A waiting copy does not."""
    if not grip.is_to_look(real_now):
        return
    with transactions.begin() as session:
        if service_copy.waiting(session):
            return
        mark = service_copy.mark_of(session)
    holder = gateway.holder()
    if holder == "":
        gateway.take_hold(mark)
        holder = gateway.holder()
    if isinstance(holder, Unlisted):
        log.warning("whose our number is could not be read: %s", holder.why)
        _tell_of_silence(transactions, grip, now=now, real_now=real_now)
        return
    grip.note(ours=holder == mark, now=real_now)
    if grip.lost:
        with transactions.begin() as session:
            tell_every_organisation(session, taken_finding(), now=now)


def _tell_of_silence(
    transactions: Transactions, grip: Grip, *, now: datetime, real_now: datetime
) -> None:
    if not grip.note_failed_look(real_now):
        return
    with transactions.begin() as session:
        finding = service_finding("whose our number is cannot be read, so check-ins wait")
        tell_every_organisation(session, finding, now=now)


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing what waited with what the provider took."""

    gone: int
    """Texts that had gone already, word for word: they are not sent again."""
    held_back: int
    """Texts of which that is not known: not sent, and a person was told of each."""


def release(
    session: Session, listed: Sequence[SentOut], *, now: datetime, real_now: datetime
) -> Compared:
    """Compare what waits with *listed*, what went since the backup, and let the rest be sent.

    All in the caller's one transaction: nothing can leave between the two.
    """
    unowned = _unowned(session, listed)
    gone = held_back = 0
    for message, patient in messages.undecided_everywhere(session):
        try:
            sent = unowned[_phone(session, message, patient)]
            body = messages.body_of(session, message)
        except SealError:
            # One damaged row must not keep all the others from being released.
            _hold_back(session, message, now=now)
            held_back += 1
            continue
        same = next((one for one in sent if one.body == body), None)
        if same is not None:
            sent.remove(same)
            _take_as_sent(session, message, same, now=now, real_now=real_now)
            gone += 1
        elif sent and not message.kind.goes_at_least_once:
            _hold_back(session, message, now=now)
            held_back += 1
    copy = service_copy.waiting(session)
    assert copy is not None  # only a copy that waits is released
    copy.restored_at = None
    for organisation in organisations.organisations_everywhere(session):
        audit.record(
            session,
            organisation.id,
            actor=SYSTEM,
            action="released after a restore",
            subject="service",
            detail={"gone": gone, "held_back": held_back},
            now=now,
        )
    return Compared(gone, held_back)


def _unowned(session: Session, listed: Sequence[SentOut]) -> dict[str, list[SentOut]]:
    owned = messages.owned_among(session, [one.provider_id for one in listed])
    found = defaultdict[str, list[SentOut]](list)
    for one in sorted(listed, key=lambda one: one.created_at):
        if one.provider_id not in owned:
            found[one.to].append(one)
    return found


def _phone(session: Session, message: Message, patient: Patient | None) -> str:
    if patient is None:
        return messages.phone_of(session, message)
    return patients.phone_of(session, patient)


def _take_as_sent(
    session: Session, message: Message, sent: SentOut, *, now: datetime, real_now: datetime
) -> None:
    """Write down the attempt that the lost part of the book had, and what became of it."""
    message.attempts += 1
    attempt = Attempt(
        id=uuid4(),
        message_id=message.id,
        number=message.attempts,
        callback_token=token_urlsafe(16),
        claimed_at=sent.created_at,
        outcome=AttemptOutcome.ACCEPTED,
        detail="found in the provider's list after a restore",
        provider_id=sent.provider_id,
        recorded_at=real_now,
    )
    session.add(attempt)
    if message.state is MessageState.QUEUED:
        messages.move(message, MessageState.SENDING, now=now)
    message.attempt_id, message.lease_until, message.retry_at = attempt.id, None, None
    messages.move(message, MessageState.ACCEPTED, now=now)


def _hold_back(session: Session, message: Message, *, now: datetime) -> None:
    finding = restored_finding()
    if message.state is MessageState.UNCERTAIN:
        messages.move(message, MessageState.HELD, reason=finding.why, now=now)
        message.retry_at = None
    else:
        messages.move(message, MessageState.CANCELLED, reason=finding.why, now=now)
    tell(session, message, finding, now)
