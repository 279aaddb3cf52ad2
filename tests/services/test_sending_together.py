"""Several senders at once, kills and pauses in any order: no text twice, none lost unseen."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.core.sending import MessageKind, MessageState
from companion.services import sending
from companion.services.following import record_delivery
from companion.services.queueing import queue_text
from companion.services.sending import SendingLimits, dispatch_once
from companion.services.settling import settle_doubts
from companion.sms.gateway import Outgoing, Refused, SendResult, TryLater, Uncertain, Unlisted
from companion.sms.simulator import SimulatedGateway
from companion.store import alerts, patients
from companion.store.database import Scope, Transactions
from companion.store.messages import Attempt, Message
from tests.rigs import databases
from tests.rigs.texted import MovableClock, add_patient
from tests.rigs.times import MONDAY_NINE

LIMITS = SendingLimits(threads=3)
TEXTS = 24
SENDERS = 3


class SlowStart(SimulatedGateway):
    """A gateway whose first calls wait for one another, so that senders really overlap."""

    def __init__(self, parties: int) -> None:
        super().__init__()
        self._meet = threading.Barrier(parties)
        self._met = threading.Event()

    def send(self, text: Outgoing) -> SendResult:
        if not self._met.is_set():
            try:
                self._meet.wait(timeout=2)
            except threading.BrokenBarrierError:
                self._met.set()  # One sender was quicker than all: no harm, only less overlap.
            self._met.set()
        return super().send(text)


@contextmanager
def another_process(transactions: Transactions) -> Iterator[Transactions]:
    """Open the same database again, with locks and connections of its own."""
    url = transactions.engine.url.render_as_string(hide_password=False)
    other = Transactions(url, transactions.keyring)
    yield other
    other.dispose()


def test_senders_in_several_processes_send_each_text_once(transactions: Transactions) -> None:
    clock = MovableClock(MONDAY_NINE)
    gateway = SlowStart(SENDERS)
    with transactions.begin() as session:
        patient = add_patient(session)
        for number in range(TEXTS):
            queue_text(
                session,
                patient=patient,
                kind=MessageKind.CRISIS if number % 4 == 0 else MessageKind.CHECK_IN,
                text_key="pain_question",
                body=f"text {number}",
                dedupe_key=f"{patient.id}:{number}",
                now=MONDAY_NINE,
            )

    def send_all(_: int) -> int:
        with another_process(transactions) as own:
            return dispatch_once(own, gateway, now=MONDAY_NINE, real_now=clock, limits=LIMITS)

    with ThreadPoolExecutor(SENDERS) as pool:
        calls = list(pool.map(send_all, range(SENDERS)))

    bodies = Counter(text.body for text in gateway.sent)
    assert sum(calls) == TEXTS
    assert bodies == {f"text {number}": 1 for number in range(TEXTS)}
    with transactions.reading() as session:
        states = {message.state for message in session.query(Message)}
    assert states == {MessageState.ACCEPTED}


ANSWERS: dict[str, SendResult | None] = {
    "accepted": None,
    "refused": Refused("21610"),
    "later": TryLater(1),
    "no answer": Uncertain("no answer within the deadline"),
    "taken, no answer": Uncertain("no answer within the deadline"),
    "another number": Uncertain("another number", wrong_number=True),
}
NTH = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("dispatch"), st.sampled_from(sorted(ANSWERS)), NTH),
    st.tuples(st.just("die"), st.sampled_from(["before the call", "after the call"]), NTH),
    st.tuples(st.just("pass"), st.sampled_from([1, 21, 601]), NTH),
    st.tuples(st.just("report"), st.sampled_from(["sent", "delivered", "undelivered", "odd"]), NTH),
)
KINDS = st.sampled_from([MessageKind.CHECK_IN, MessageKind.CRISIS])
ENDED_WELL = {MessageState.ACCEPTED, MessageState.DELIVERED}
TELLS = {"U-01", "U-02", "U-03"}
MOST_TEXTS = {MessageKind.CHECK_IN: 1, MessageKind.CRISIS: sending.CRISIS_CALLS}


class Story:
    """One text, and everything that can befall it, in the order that the test draws."""

    def __init__(self, transactions: Transactions, kind: MessageKind) -> None:
        self.transactions = transactions
        self.real = MovableClock(MONDAY_NINE)
        self.gateway = SimulatedGateway(self.real)
        with transactions.begin() as session:
            self.patient = add_patient(session)
            message = queue_text(
                session,
                patient=self.patient,
                kind=kind,
                text_key="pain_question",
                body="How is it today?",
                dedupe_key=str(self.patient.id),
                now=MONDAY_NINE,
            )
            assert message is not None
        self.message_id = message.id

    def dispatch(self, answer: str) -> None:
        result = ANSWERS[answer]
        if result is not None:
            self.gateway.answer_next(result, taken=answer.startswith("taken"))
        for duty in (dispatch_once, settle_doubts):
            duty(
                self.transactions, self.gateway, now=MONDAY_NINE, real_now=self.real, limits=LIMITS
            )

    def die(self, *, after_the_call: bool) -> None:
        with self.transactions.begin() as session:
            _, claims = sending._claim(
                session, now=MONDAY_NINE, real_now=self.real(), limits=LIMITS
            )
        if after_the_call:
            for claim in claims:
                self.gateway.send(claim.text)

    def report(self, word: str, nth: int) -> None:
        with self.transactions.begin() as session:
            attempts = session.query(Attempt).order_by(Attempt.number).all()
            if attempts:
                attempt = attempts[nth % len(attempts)]
                record_delivery(
                    session,
                    token=attempt.callback_token,
                    provider_id=attempt.provider_id or f"SM{attempt.id.hex}",
                    word=word,
                    code=None,
                    now=MONDAY_NINE,
                )

    def step(self, step: tuple[str, object, int]) -> None:
        match step:
            case "dispatch", answer, _:
                self.dispatch(str(answer))
            case "die", when, _:
                self.die(after_the_call=when == "after the call")
            case "pass", int(seconds), _:
                self.real.pass_seconds(seconds)
            case _, word, nth:
                self.report(str(word), nth)

    def let_settle(self) -> None:
        """Give it all the time and all the passes that it could want."""
        for _ in range(6):
            self.real.pass_seconds(1_000)
            self.dispatch("accepted")

    def state(self) -> MessageState:
        with self.transactions.reading() as session:
            return session.get_one(Message, self.message_id).state

    def told(self) -> set[str]:
        scope = Scope(self.patient.organisation_id, frozenset({self.patient.team_id}))
        with self.transactions.reading() as session:
            return {one.rule for one in alerts.standing_alerts(session, scope)}

    def texts_taken(self) -> int:
        """Count what the network took: its own book, not ours."""
        with self.transactions.reading() as session:
            phone = patients.phone_of(session, self.patient)
        taken = self.gateway.texts_out(phone, MONDAY_NINE)
        assert not isinstance(taken, Unlisted)
        return len(taken)


@settings(max_examples=60, deadline=None)
@given(kind=KINDS, steps=st.lists(STEPS, max_size=8))
def test_whatever_happens_no_text_leaves_twice_and_none_is_lost_unseen(
    sqlite_template: Path, kind: MessageKind, steps: list[tuple[str, object, int]]
) -> None:
    with TemporaryDirectory() as folder:
        url = databases.copy_of(sqlite_template, Path(folder))
        with databases.opened(url) as transactions:
            story = Story(transactions, kind)

            for step in steps:
                story.step(step)
            story.let_settle()

            assert story.state() in ENDED_WELL or story.told() & TELLS
            assert story.texts_taken() <= MOST_TEXTS[kind]
