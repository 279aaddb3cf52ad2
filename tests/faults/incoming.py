"""Kill our whole service while phones text it; then every text must have its alert, once.

Half of the texts are withheld from the webhook, so that only the provider's list has them.
"""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID

import requests

from companion.clock import real_now
from companion.core.sending import MessageKind
from companion.core.triage import RULE_OF
from companion.core.urgency import Urgency
from companion.services.sending import CRISIS_CALLS
from companion.store import inbound_list, patients
from companion.store.alerts import Alert
from companion.store.database import Session, Transactions
from companion.store.messages import Message
from companion.store.patients import Patient
from companion.store.replies import Reply, ReplyState
from tests.faults import hostile, server
from tests.faults.killing import UNDER_WAY
from tests.faults.processes import running, wait_for
from tests.rigs import databases, texting
from tests.rigs.served import free_port
from tests.rigs.texted import add_patient

PATIENTS = 40
TEXTS_A_KILL = 4
DANGER = "I want to die"
LONGEST_LIFE_SECONDS = 0.8
SETTLED_WITHIN_SECONDS = 120


@dataclass
class Received:
    """What came of a run."""

    seed: int
    kills: int = 0
    texts: int = 0
    withheld: int = 0
    """Texts of which the webhook was never told."""
    lost: list[str] = field(default_factory=list)
    """Provider's ids of texts that were never kept and handled."""
    without_alert: list[UUID] = field(default_factory=list)
    """Patients with fewer alerts than texts."""
    twice: list[UUID] = field(default_factory=list)
    """Patients with more alerts than texts: one was handled twice."""
    unanswered: list[UUID] = field(default_factory=list)
    """Texts in danger whose answer was never written."""
    answered_too_often: int = 0


@dataclass(frozen=True, slots=True)
class _Text:
    sid: str
    patient_id: UUID
    phone: str


def torment_incoming(url: str, folder: Path, *, kills: int, seed: int) -> Received:
    """Text in and kill the service *kills* times; then let it work, and compare."""
    chance = random.Random(seed)
    outcome = Received(seed)
    port, ours = free_port(), free_port()
    callbacks = hostile.Callbacks(
        local=f"http://127.0.0.1:{ours}",
        public=texting.PUBLIC_URL,
        token=texting.TOKEN,
        account_sid=texting.ACCOUNT_SID,
    )
    texts: list[_Text] = []
    people = _enrol(url)
    provider = f"http://127.0.0.1:{port}"
    with (
        running(hostile.provide, port, folder, seed, callbacks),
        ThreadPoolExecutor(2 * TEXTS_A_KILL) as webhooks,
    ):
        wait_for(port)
        for number in range(kills):
            point = chance.choice(["", *server.POINTS])
            with running(server.serve, url, provider, ours, point, seed + number) as victim:
                if wait_for(ours, victim):
                    texts += _text_in(webhooks, chance, people, folder, ours, outcome)
                    _let_live(victim, chance.uniform(0, LONGEST_LIFE_SECONDS))
            outcome.kills += 1
        with running(server.serve, url, provider, ours, "", seed):
            wait_until_handled(url, len(texts))
    outcome.texts = len(texts)
    with databases.opened(url) as transactions, transactions.reading() as session:
        _compare(session, texts, Counter(_bodies(folder)), outcome)
    return outcome


def _enrol(url: str) -> list[tuple[UUID, str]]:
    with databases.opened(url) as transactions, transactions.begin() as session:
        # The list is read from now on: nobody texted before.
        inbound_list.set_read_until(session, real_now() - timedelta(seconds=1))
        return [(p.id, patients.phone_of(session, p)) for p in _add_all(session)]


def _add_all(session: Session) -> list[Patient]:
    return [add_patient(session) for _ in range(PATIENTS)]


def _text_in(
    webhooks: ThreadPoolExecutor,
    chance: random.Random,
    people: list[tuple[UUID, str]],
    folder: Path,
    port: int,
    outcome: Received,
) -> list[_Text]:
    """Text in from some phones; tell the webhook of some, and of some of those twice."""
    texts = []
    for patient_id, phone in chance.sample(people, TEXTS_A_KILL):
        sid = hostile.text_in(folder, from_=phone, to=texting.OUR_NUMBER, body=DANGER)
        texts.append(_Text(sid, patient_id, phone))
        calls = chance.choice([0, 0, 1, 2])
        outcome.withheld += calls == 0
        for _ in range(calls):
            webhooks.submit(call_webhook, port, sid, phone)
    return texts


def call_webhook(port: int, sid: str, phone: str) -> None:
    fields = {
        "MessageSid": sid,
        "AccountSid": texting.ACCOUNT_SID,
        "From": phone,
        "To": texting.OUR_NUMBER,
        "Body": DANGER,
    }
    path = "/sms/incoming"
    with suppress(requests.RequestException):
        requests.post(
            f"http://127.0.0.1:{port}{path}",
            data=fields,
            headers={"X-Twilio-Signature": texting.signature_of(path, fields)},
            timeout=2,
        )


def _let_live(victim: BaseProcess, seconds: float) -> None:
    victim.join(seconds)


def wait_until_handled(url: str, texts: int) -> None:
    ends = time.monotonic() + SETTLED_WITHIN_SECONDS
    with databases.opened(url) as transactions:
        while time.monotonic() < ends:
            if not _is_busy(transactions, texts):
                return
            time.sleep(0.2)


def _is_busy(transactions: Transactions, texts: int) -> bool:
    with transactions.reading() as session:
        handled = session.query(Reply).filter(Reply.state != ReplyState.KEPT).count()
        return handled < texts or bool(
            session.query(Message).filter(Message.state.in_(UNDER_WAY)).count()
        )


def _bodies(folder: Path) -> list[str]:
    return [row["to"] for row in hostile.read(folder / hostile.LEDGER)]


def _compare(
    session: Session, texts: list[_Text], answers: Counter[str], outcome: Received
) -> None:
    handled = {r.provider_id: r for r in session.query(Reply) if r.state is ReplyState.HANDLED}
    outcome.lost = [text.sid for text in texts if text.sid not in handled]
    told = Counter[UUID | None]()
    for alert in session.query(Alert).filter(Alert.rule == RULE_OF[Urgency.EMERGENCY]):
        told[alert.patient_id] += alert.times
    came = Counter(text.patient_id for text in texts)
    outcome.without_alert = [who for who, number in came.items() if told[who] < number]
    outcome.twice = [who for who, number in came.items() if told[who] > number]
    answered = {
        m.reply_id for m in session.query(Message) if m.kind is MessageKind.CRISIS and m.reply_id
    }
    for text in texts:
        reply = handled.get(text.sid)
        opted_out = session.get_one(Patient, text.patient_id).opted_out_at is not None
        if reply is not None and reply.id not in answered and not opted_out:
            outcome.unanswered.append(reply.id)
    phones = {text.patient_id: text.phone for text in texts}
    outcome.answered_too_often = sum(
        answers[phones[who]] > CRISIS_CALLS * number for who, number in came.items()
    )
