"""Twelve years of check-ins: every clock change, and a host that sleeps for days.

A network of the rig's own keeps what it took and when: that is held against the hours that
each patient chose, by the clock on their wall.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from companion.core.people import PatientStatus
from companion.core.sending import MessageKind
from companion.services import checking_in, receiving, sending, settling
from companion.services.sending import SendingLimits
from companion.sms.gateway import (
    Accepted,
    ListedIn,
    ListedOut,
    Outgoing,
    SendResult,
    TryLater,
    Uncertain,
)
from companion.store import plans
from companion.store.check_ins import CheckIn
from companion.store.database import Transactions
from companion.store.messages import Attempt, Message
from companion.store.patients import Patient
from companion.wording import Wording
from tests.rigs.enrolled import Ward

ZONES = ("Europe/London", "America/St_Johns", "Australia/Lord_Howe")
"""Clocks that change by an hour, at half past, and by half an hour."""
HOURS = (
    (time(8), time(20), time(9)),
    (time(7), time(7, 45), time(7)),
    (time(19), time(21), time(20, 30)),
)
"""Safe from, safe until, and the hour of check-ins, one patient each."""
LIMITS = SendingLimits(threads=4)
UNASKED = {MessageKind.CHECK_IN, MessageKind.REMINDER, MessageKind.HANDSHAKE}
ANSWERS = ("7", "3", "1", "about 4 today", "0", "10", "9", "it is hard today", "what?")
NEW_PLAN_EVERY = timedelta(days=60)


@dataclass
class Lived:
    """What came of a run."""

    seed: int
    years: float = 0
    wakings: int = 0
    check_ins: int = 0
    texts: int = 0
    at_night: list[str] = field(default_factory=list)
    """Texts that answer nothing, outside of the patient's hours."""
    twice_a_day: list[str] = field(default_factory=list)
    wrong_day: list[str] = field(default_factory=list)
    """Check-ins that name another day than the one on which they left."""


class Network:
    """Takes most texts; now and then asks to wait, or loses its answer or the text."""

    def __init__(self, chance: random.Random) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        self.taken: list[tuple[datetime, str, str]] = []
        """When, by whose claim, to whom."""
        self._listed: dict[str, list[ListedOut]] = {}
        self._chance = chance

    def send(self, text: Outgoing) -> SendResult:
        """Take *text*, or not, and say so, or not."""
        roll = self._chance.random()
        if roll < 0.05:
            return TryLater(60, "slow down")
        if roll < 0.1:
            return Uncertain("lost on the way")
        provider_id = f"SM{uuid4().hex}"
        self.taken.append((self.now, text.callback_token, text.to))
        self._listed.setdefault(text.to, []).append(ListedOut(provider_id, self.now))
        return Uncertain("its answer was lost") if roll < 0.15 else Accepted(provider_id)

    def texts_out(self, to: str, since: datetime) -> tuple[ListedOut, ...]:
        """Return what was taken for one phone since then."""
        return tuple(one for one in self._listed.get(to, ()) if one.created_at >= since)

    def texts_in(self, since: datetime) -> tuple[ListedIn, ...]:
        """Return nothing: phones call us here."""
        return ()


def live(
    transactions: Transactions,
    wording: Wording,
    spans: list[tuple[date, date]],
    *,
    zone: str,
    seed: int,
) -> Lived:
    """Live through *spans* of days, asleep between them, and compare."""
    chance = random.Random(seed)
    network, outcome = Network(chance), Lived(seed)
    start = datetime.combine(spans[0][0], time(12), tzinfo=UTC)
    ward = Ward(transactions, wording, now=start, zone=zone)
    people = [
        ward.register(safe_from=opens, safe_until=closes, check_in_at=at)
        for opens, closes, at in HOURS
    ]
    planned_at: datetime | None = None
    for moment in _wakings(spans, ZoneInfo(zone), chance):
        ward.now = network.now = moment
        outcome.wakings += 1
        if planned_at is None or moment - planned_at > NEW_PLAN_EVERY:
            planned_at = moment
            for patient in people:
                _plan_anew(ward, patient)
        _tick(ward, network)
        if chance.random() < 0.2:
            _answer(ward, chance.choice(people), chance)
            _tick(ward, network)
    outcome.years = (spans[-1][1] - spans[0][0]).days / 365.25
    _compare(ward, network, ZoneInfo(zone), outcome)
    return outcome


def _wakings(
    spans: list[tuple[date, date]], zone: ZoneInfo, chance: random.Random
) -> Iterator[datetime]:
    """Yield when the host is awake: every few hours, when a check-in is due, or days later."""
    for first, last in spans:
        moment = datetime.combine(first, time(12), tzinfo=UTC)
        ends = datetime.combine(last, time(12), tzinfo=UTC)
        while moment < ends:
            yield moment
            roll = chance.random()
            if roll < 0.01:
                moment += timedelta(minutes=chance.randrange(24 * 60, 6 * 24 * 60))
            elif roll < 0.4:
                moment = _next_due(moment, zone, chance)
            else:
                moment += timedelta(minutes=chance.choice([5, 30, 120, 300]))


def _next_due(moment: datetime, zone: ZoneInfo, chance: random.Random) -> datetime:
    """Return the next moment at which somebody's clock shows the hour of their check-in."""
    at = chance.choice(HOURS)[2]
    today = moment.astimezone(zone).date()
    days = (today, today + timedelta(days=1))
    moments = [datetime.combine(day, at, tzinfo=zone).astimezone(UTC) for day in days]
    return next(one for one in moments if one > moment)


def _plan_anew(ward: Ward, patient: Patient) -> None:
    cuts = [(14 * (number + 1), 50 - 10 * number) for number in range(4)]
    with ward.transactions.reading() as session:
        before = [version.id for version in plans.versions_of(session, patient)]
    ward.agree(patient, *cuts, based_on=before[0] if before else None)


def _tick(ward: Ward, network: Network) -> None:
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    receiving.sweep(ward.transactions, ward.wording, now=ward.now, real_now=lambda: ward.now)
    for duty in (sending.dispatch_once, settling.settle_doubts):
        duty(ward.transactions, network, now=ward.now, real_now=lambda: ward.now, limits=LIMITS)


def _answer(ward: Ward, patient: Patient, chance: random.Random) -> None:
    receiving.receive(
        ward.transactions,
        ward.wording,
        provider_id=f"SM{uuid4().hex}",
        phone=ward.phone_of(patient),
        body=chance.choice(ANSWERS),
        opt_out_type=None,
        now=ward.now,
        real_now=ward.now,
    )


def _compare(ward: Ward, network: Network, zone: ZoneInfo, outcome: Lived) -> None:
    asked = Counter[tuple[UUID, date]]()
    with ward.transactions.reading() as session:
        whose = {p.id: p for p in session.query(Patient)}
        days = {c.id: c.local_day for c in session.query(CheckIn)}
        texts = {
            token: message
            for token, message in session.query(Attempt.callback_token, Message).join(
                Message, Message.id == Attempt.message_id
            )
        }
    assert all(p.status is PatientStatus.ACTIVE for p in whose.values())
    for moment, token, _ in network.taken:
        message, wall = texts[token], moment.astimezone(zone)
        outcome.texts += 1
        if message.kind not in UNASKED:
            continue
        assert message.patient_id is not None  # only staff and strangers have none
        patient = whose[message.patient_id]
        if not patient.safe_from <= wall.time() < patient.safe_until:
            outcome.at_night.append(f"{message.kind} at {wall}")
        if message.kind is MessageKind.CHECK_IN:
            assert message.check_in_id is not None  # it asks the first question of one
            outcome.check_ins += 1
            asked[patient.id, wall.date()] += 1
            if days[message.check_in_id] != wall.date():
                outcome.wrong_day.append(f"{days[message.check_in_id]} left at {wall}")
    outcome.twice_a_day = [f"{who} on {day}" for (who, day), n in asked.items() if n > 1]
