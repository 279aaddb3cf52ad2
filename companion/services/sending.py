"""Hand over the texts whose hour has come: claim, call, record.

A claim is committed before the provider is called, no transaction is open during the
call, and each result is written only by the attempt that holds the claim. What may or may
not have gone is never sent again blindly: :mod:`companion.services.settling` looks for it.
One exception: a crisis answer is sent at least once, three calls in all.

Windows are on people's time (``now``); leases, back-off and settling are on real time.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from companion.core.breaker import Breaker
from companion.core.grip import Leave
from companion.core.send_rate import SendRate
from companion.core.sending import AttemptOutcome, MessageKind, MessageState
from companion.core.triage import held_finding, missed_finding, wrong_number_finding
from companion.services.following import (
    adopt,
    fail,
    hold,
    requeue,
    tell,
    tell_operator,
    tell_undelivered,
)
from companion.services.obstacles import obstacle
from companion.sms.gateway import (
    SHORTEST_VALIDITY_SECONDS,
    Accepted,
    Outgoing,
    Refused,
    SendResult,
    SmsGateway,
    TryLater,
    Uncertain,
    Unlisted,
)
from companion.store import messages, patients, service_copy
from companion.store.database import Session, Transactions
from companion.store.messages import Attempt, Due, Message
from companion.store.sealing import SealError

log = logging.getLogger(__name__)

CRISIS_CALLS = 3
"""How often a crisis answer is handed over while nobody knows whether it went."""
LONGEST_PASS = timedelta(seconds=5)
"""Real time after which a pass claims no more, so that other duties get their turn."""
LONGEST_BACK_OFF = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """How long a claim lasts, how long a doubt, and how many calls run at once.

    *deadline_seconds* is the longest that one call to the gateway takes.

    Raises:
        ValueError: a lease would end while its call may still be running.
    """

    lease_seconds: float = 20
    settle_seconds: float = 600
    threads: int = 8
    deadline_seconds: float = 10

    def __post_init__(self) -> None:
        if self.lease_seconds <= self.deadline_seconds:
            raise ValueError(f"a lease must be longer than a call, {self.deadline_seconds} s")
        if self.threads < 1:
            raise ValueError("at least one text must be able to leave at a time")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A text that is ours until *fence*: after it, no call may begin."""

    message_id: UUID
    attempt_id: UUID
    fence: datetime
    text: Outgoing


@dataclass(frozen=True, slots=True)
class _Abandoned:
    """The claim was too old before a byte left."""


_Result = SendResult | _Abandoned


def dispatch_once(
    transactions: Transactions,
    gateway: SmsGateway,
    *,
    now: datetime,
    real_now: Callable[[], datetime],
    limits: SendingLimits,
    breaker: Breaker | None = None,
    leave: Leave = Leave.EVERYTHING,
    rate: SendRate | None = None,
) -> int:
    """Give up claims that ended, then send what is due; return how many calls were made.

    Any number of processes may do this at once. While *breaker* is open nothing is claimed,
    nor where this copy of the service was restored and nobody has released it yet.
    *leave* is what this copy may send, *rate* how fast what can wait.
    """
    breaker = breaker or Breaker()
    started = real_now()
    calls = 0
    while real_now() - started < LONGEST_PASS:
        # Looked for without the write lock: nearly always there is nothing.
        with transactions.reading() as session:
            if not messages.has_work(session, now=now, real_now=real_now()):
                break
        open_to_us = leave is not Leave.NOTHING and _lets_through(breaker, gateway, real_now)
        with transactions.begin() as session:
            _reap(session, now=now, real_now=started, limits=limits)
            if not open_to_us or service_copy.waiting(session):
                break
            due, claims = _claim(session, leave, rate, now=now, real_now=real_now(), limits=limits)
        if not due:
            break
        results = _hand_over_all(gateway, claims, real_now=real_now, limits=limits)
        _learn(results, breaker, rate, real_now())
        with transactions.begin() as session:
            for claim, result in zip(claims, results, strict=True):
                _record(session, claim, result, now=now, real_now=real_now(), limits=limits)
        calls += len(claims)
    return calls


# --- Before the call ---------------------------------------------------------------------


def _reap(session: Session, *, now: datetime, real_now: datetime, limits: SendingLimits) -> None:
    for message in messages.with_ended_lease(session, real_now=real_now):
        assert message.attempt_id is not None  # what is being sent has a claim
        attempt = messages.attempt_of(session, message.attempt_id)
        attempt.outcome = AttemptOutcome.UNCERTAIN
        attempt.detail = "the lease ended without a word from the sender"
        attempt.recorded_at = real_now
        _doubt(session, message, attempt.detail, now=now, real_now=real_now, limits=limits)


def _kinds(leave: Leave, rate: SendRate | None, real_now: datetime) -> list[MessageKind]:
    """Return what may leave now: answers at once, the rest as fast as the number may text."""
    in_time = rate is None or rate.has_room(real_now)
    return [
        kind
        for kind in MessageKind
        if (leave is Leave.EVERYTHING or kind.goes_at_least_once)
        and (in_time or kind.leaves_at_any_hour)
    ]


def _claim(
    session: Session,
    leave: Leave = Leave.EVERYTHING,
    rate: SendRate | None = None,
    *,
    now: datetime,
    real_now: datetime,
    limits: SendingLimits,
) -> tuple[Sequence[Due], list[_Claim]]:
    # No more than there are threads: a claimed text that waits for a thread wastes its lease.
    kinds = _kinds(leave, rate, real_now)
    due = messages.due(session, kinds, now=now, real_now=real_now, limit=limits.threads)
    claims = []
    for one in due:
        found = obstacle(session, one, now)
        if found is not None:
            _let_go(session, one.message, *found, now=now)
            continue
        try:
            claims.append(_claim_one(session, one, now=now, real_now=real_now, limits=limits))
            if rate is not None:
                rate.take(one.message.segments, real_now)
        except SealError:
            # One damaged row must not stand in the way of all the others.
            _give_up_damaged(session, one.message, now=now)
    return due, claims


def _claim_one(
    session: Session, due: Due, *, now: datetime, real_now: datetime, limits: SendingLimits
) -> _Claim:
    message = due.message
    body = messages.body_of(session, message)
    to = (
        messages.phone_of(session, message)
        if due.patient is None
        else patients.phone_of(session, due.patient)
    )
    attempt = Attempt(
        id=uuid4(),
        message_id=message.id,
        number=message.attempts + 1,
        callback_token=secrets.token_urlsafe(16),
        claimed_at=real_now,
        detail="",
    )
    session.add(attempt)
    messages.move(message, MessageState.SENDING, now=now)
    message.attempts = attempt.number
    message.attempt_id = attempt.id
    message.lease_until = real_now + timedelta(seconds=limits.lease_seconds)
    message.retry_at = None
    left = int((message.window_ends_at - now).total_seconds())
    return _Claim(
        message_id=message.id,
        attempt_id=attempt.id,
        fence=message.lease_until - timedelta(seconds=limits.deadline_seconds),
        text=Outgoing(
            to=to,
            body=body,
            callback_token=attempt.callback_token,
            valid_for_seconds=max(SHORTEST_VALIDITY_SECONDS, left),
        ),
    )


def _let_go(
    session: Session, message: Message, state: MessageState, reason: str, *, now: datetime
) -> None:
    messages.move(message, state, reason=reason, now=now)
    if message.kind is MessageKind.CRISIS:
        tell_undelivered(session, message, reason, now)
    elif state is MessageState.MISSED and message.kind is not MessageKind.REMINDER:
        tell(session, message, missed_finding(), now)


def _give_up_damaged(session: Session, message: Message, *, now: datetime) -> None:
    reason = "its words or the number cannot be opened."
    messages.move(message, MessageState.CANCELLED, reason=reason, now=now)
    tell_undelivered(session, message, reason, now)


# --- The call ----------------------------------------------------------------------------


def _lets_through(breaker: Breaker, gateway: SmsGateway, real_now: Callable[[], datetime]) -> bool:
    """Tell whether texts may be tried; from time to time ask the provider something harmless."""
    if not breaker.is_open:
        return True
    moment = real_now()
    if not breaker.may_probe(moment) or isinstance(gateway.texts_in(moment), Unlisted):
        return False
    breaker.close()
    return True


def _hand_over_all(
    gateway: SmsGateway,
    claims: Sequence[_Claim],
    *,
    real_now: Callable[[], datetime],
    limits: SendingLimits,
) -> list[_Result]:
    with ThreadPoolExecutor(limits.threads) as pool:
        running = [pool.submit(_hand_over, gateway, claim, real_now) for claim in claims]
    return [_result_of(one) for one in running]


def _hand_over(gateway: SmsGateway, claim: _Claim, real_now: Callable[[], datetime]) -> _Result:
    if real_now() >= claim.fence:
        return _Abandoned()
    return gateway.send(claim.text)


def _learn(
    results: Sequence[_Result], breaker: Breaker, rate: SendRate | None, real_now: datetime
) -> None:
    """Let what came of the calls decide whether, and how fast, the next ones begin."""
    for result in results:
        refused = isinstance(result, TryLater) and result.for_operator
        breaker.note(refused=refused, now=real_now)
        if rate is None:
            continue
        if isinstance(result, TryLater) and not refused:
            rate.slow_down(result.after_seconds, real_now)
        elif isinstance(result, Accepted):
            rate.note_taken()


def _result_of(call: Future[_Result]) -> _Result:
    error = call.exception()
    if error is None:
        return call.result()
    # A fault of ours in one call must not lose what the others found out.
    log.error("a gateway raised %s", type(error).__name__)
    return Uncertain(f"the gateway failed: {type(error).__name__}")


# --- After the call ----------------------------------------------------------------------


def _record(
    session: Session,
    claim: _Claim,
    result: _Result,
    *,
    now: datetime,
    real_now: datetime,
    limits: SendingLimits,
) -> None:
    message = messages.locked(session, claim.message_id)
    attempt = messages.attempt_of(session, claim.attempt_id)
    if isinstance(result, Accepted) and not adopt(
        session, message, attempt, result.provider_id, now=now
    ):
        result = Uncertain("the provider gave this text the name of another one")
    _note(attempt, result, real_now)
    if message.attempt_id != attempt.id or message.state not in _OPEN:
        return  # Another attempt, or a delivery report, has gone further.
    match result:
        case Accepted():
            messages.move(message, MessageState.ACCEPTED, now=now)
        case Refused(code):
            fail(session, message, MessageState.FAILED, code, now=now)
        case TryLater() | _Abandoned():
            _put_off(session, message, result, now=now, real_now=real_now)
        case Uncertain(why, wrong_number=True):
            messages.move(message, MessageState.UNCERTAIN, reason=why, now=now)
            hold(session, message, wrong_number_finding(), now=now)
        case _:
            _doubt(session, message, result.why, now=now, real_now=real_now, limits=limits)


_OPEN = {MessageState.SENDING, MessageState.UNCERTAIN}
"""States in which the attempt that holds the claim may still say what came of it."""

_OUTCOMES: dict[type, AttemptOutcome] = {
    Accepted: AttemptOutcome.ACCEPTED,
    Refused: AttemptOutcome.REFUSED,
    TryLater: AttemptOutcome.TRY_LATER,
    Uncertain: AttemptOutcome.UNCERTAIN,
    _Abandoned: AttemptOutcome.ABANDONED,
}


def _note(attempt: Attempt, result: _Result, real_now: datetime) -> None:
    if attempt.outcome is not None:
        return  # Already given up by another process: what it wrote stays.
    attempt.outcome = _OUTCOMES[type(result)]
    attempt.recorded_at = real_now
    match result:
        case Refused(code):
            attempt.detail = code
        case TryLater(why=why) | Uncertain(why=why):
            attempt.detail = why
        case _:
            pass


def _put_off(
    session: Session,
    message: Message,
    result: TryLater | _Abandoned,
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    requeue(message, now=now)
    if isinstance(result, _Abandoned):
        return
    message.retry_at = real_now + _back_off(message, result.after_seconds)
    if result.for_operator:
        tell_operator(session, now)
    if message.kind.goes_at_least_once and message.attempts == CRISIS_CALLS:
        reason = "the provider does not take it; it is still being tried."
        tell_undelivered(session, message, reason, now)


def _back_off(message: Message, after_seconds: int) -> timedelta:
    """Wait as long as asked and somewhat longer, so that not all come back at once."""
    spread = (message.id.int % 1000) / 4000
    grown = 1 if message.kind.goes_at_least_once else 2 ** min(message.attempts - 1, 5)
    wait = timedelta(seconds=after_seconds * (1 + spread))
    return max(wait, min(wait * grown, LONGEST_BACK_OFF))


def _doubt(
    session: Session,
    message: Message,
    why: str,
    *,
    now: datetime,
    real_now: datetime,
    limits: SendingLimits,
) -> None:
    if message.kind.goes_at_least_once:
        if messages.attempts_in_doubt(session, message) < CRISIS_CALLS:
            requeue(message, now=now)
            return
        messages.move(message, MessageState.UNCERTAIN, reason=why, now=now)
        hold(session, message, held_finding(why, crisis=True), now=now)
        return
    messages.move(message, MessageState.UNCERTAIN, reason=why, now=now)
    message.retry_at = real_now + timedelta(seconds=limits.settle_seconds)
