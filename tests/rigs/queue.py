"""A patient in a queue: one gateway, and real time that only the test moves."""

from companion.core.breaker import Breaker
from companion.core.send_rate import SendRate
from companion.core.sending import MessageKind
from companion.core.urgency import Urgency
from companion.services import sending
from companion.services.following import record_delivery
from companion.services.queueing import queue_text
from companion.services.sending import SendingLimits, dispatch_once
from companion.services.settling import settle_doubts
from companion.sms.gateway import SendResult
from companion.sms.simulator import SimulatedGateway
from companion.store import alerts
from companion.store.database import Scope, Transactions
from companion.store.messages import Attempt, Message
from companion.store.patients import Patient
from tests.rigs.texted import MovableClock, add_patient
from tests.rigs.times import MONDAY_NINE

LIMITS = SendingLimits(lease_seconds=20, settle_seconds=600, threads=4)


class Queue:
    """One patient, one gateway, and real time that only the test moves."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions
        self.real = MovableClock(MONDAY_NINE)
        self.gateway = SimulatedGateway(self.real)
        self.now = MONDAY_NINE
        self.breaker = Breaker()
        with transactions.begin() as session:
            self.patient = add_patient(session)

    def queue(
        self, kind: MessageKind = MessageKind.CHECK_IN, key: str = "one", **more: object
    ) -> Message:
        with self.transactions.begin() as session:
            message = queue_text(
                session,
                patient=self.patient,
                kind=kind,
                text_key="pain_question",
                body="How is it today, 0 to 10?",
                dedupe_key=f"{self.patient.id}:{key}",
                now=self.now,
                **more,  # type: ignore[arg-type]  # each test names what it means
            )
        assert message is not None
        return message

    def change(self, **changes: object) -> None:
        with self.transactions.begin() as session:
            patient = session.get_one(Patient, self.patient.id)
            for name, value in changes.items():
                setattr(patient, name, value)

    def dispatch(self, rate: SendRate | None = None) -> int:
        return dispatch_once(
            self.transactions,
            self.gateway,
            now=self.now,
            real_now=self.real,
            limits=LIMITS,
            breaker=self.breaker,
            rate=rate,
        )

    def settle(self) -> int:
        return settle_doubts(
            self.transactions, self.gateway, now=self.now, real_now=self.real, limits=LIMITS
        )

    def claim_and_die(self) -> list[sending._Claim]:
        """Commit a claim as a process does that is killed before it calls the provider."""
        with self.transactions.begin() as session:
            _, claims = sending._claim(session, now=self.now, real_now=self.real(), limits=LIMITS)
        return claims

    def record(self, claim: sending._Claim, result: SendResult) -> None:
        """Write a late result, as a process does that was only paused."""
        with self.transactions.begin() as session:
            sending._record(
                session, claim, result, now=self.now, real_now=self.real(), limits=LIMITS
            )

    def report(self, word: str, *, nth: int = -1, code: str | None = None) -> bool:
        attempt = self.attempts()[nth]
        with self.transactions.begin() as session:
            return record_delivery(
                session,
                token=attempt.callback_token,
                provider_id=attempt.provider_id or f"SM{attempt.number:032d}",
                word=word,
                code=code,
                now=self.now,
            )

    def text(self, message: Message) -> Message:
        with self.transactions.reading() as session:
            return session.get_one(Message, message.id)

    def attempts(self) -> list[Attempt]:
        with self.transactions.reading() as session:
            return session.query(Attempt).order_by(Attempt.claimed_at, Attempt.number).all()

    def alerts(self) -> list[tuple[str, Urgency, str]]:
        scope = Scope(self.patient.organisation_id, frozenset({self.patient.team_id}))
        with self.transactions.reading() as session:
            return [
                (one.rule, one.level, alerts.why_of(session, one))
                for one in alerts.standing_alerts(session, scope)
            ]
