"""Kill and pause our own senders again and again; then hold our book against the provider's."""

import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID

from companion.core.sending import MessageKind, MessageState
from companion.services.queueing import queue_text
from companion.services.sending import CRISIS_CALLS
from companion.store import alerts, patients
from companion.store.database import Scope
from companion.store.messages import Message
from tests.faults import hostile, sender
from tests.faults.processes import running, send_signal, wait_for
from tests.rigs import databases
from tests.rigs.served import free_port
from tests.rigs.texted import add_patient
from tests.rigs.times import MONDAY_NINE

SETTLED_WITHIN_SECONDS = 90
TEXTS_A_KILL = 3
PAUSE_SECONDS = 1.3
"""Longer than a lease, shorter than the time to settle."""
UNDER_WAY = {MessageState.QUEUED, MessageState.SENDING, MessageState.UNCERTAIN}
WENT = {MessageState.ACCEPTED}


@dataclass
class Outcome:
    """What came of a run. Crisis answers are counted apart: they go at least once."""

    seed: int
    kills: int = 0
    pauses: int = 0
    texts: int = 0
    crisis_texts: int = 0
    lost: list[UUID] = field(default_factory=list)
    """Nobody has it and nobody was told, or we say that it went and it did not."""
    twice: list[UUID] = field(default_factory=list)
    crisis_lost: list[UUID] = field(default_factory=list)
    crisis_too_often: list[UUID] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)


def torment(url: str, folder: Path, *, kills: int, seed: int) -> Outcome:
    """Queue texts and kill senders *kills* times; then let one work, and compare."""
    chance = random.Random(seed)
    outcome = Outcome(seed)
    port = free_port()
    with running(hostile.provide, port, folder, seed):
        provider = f"http://127.0.0.1:{port}"
        wait_for(port)
        for number in range(kills):
            _queue(url, number)
            point = chance.choice(["", "", *sender.POINTS])
            with running(sender.send, url, provider, point, seed + number) as victim:
                time.sleep(chance.uniform(0.0, 0.5))
                if number % 10 == 9:
                    _pause(victim, url, provider, seed)
                    outcome.pauses += 1
            outcome.kills += 1
        with running(sender.send, url, provider, "", seed):
            _wait_until_settled(url)
    _compare(url, hostile.read(folder / hostile.LEDGER), outcome)
    return outcome


def _pause(victim: BaseProcess, url: str, provider: str, seed: int) -> None:
    """Stop the victim for longer than its lease while another works, and let it wake."""
    send_signal(victim, signal.SIGSTOP)
    with running(sender.send, url, provider, "", seed):
        time.sleep(PAUSE_SECONDS)
        send_signal(victim, signal.SIGCONT)
        time.sleep(0.3)


def _queue(url: str, number: int) -> None:
    with databases.opened(url) as transactions, transactions.begin() as session:
        for nth in range(TEXTS_A_KILL):
            patient = add_patient(session)
            queue_text(
                session,
                patient=patient,
                kind=MessageKind.CRISIS if (number + nth) % 4 == 0 else MessageKind.CHECK_IN,
                text_key="pain_question",
                body=f"for {patient.id}",
                dedupe_key=str(patient.id),
                now=MONDAY_NINE,
            )


def _wait_until_settled(url: str) -> None:
    ends = time.monotonic() + SETTLED_WITHIN_SECONDS
    with databases.opened(url) as transactions:
        while time.monotonic() < ends:
            with transactions.reading() as session:
                left = session.query(Message).filter(Message.state.in_(UNDER_WAY)).count()
            if left == 0:
                return
            time.sleep(0.1)
    raise TimeoutError(f"{left} texts are still under way")


def _compare(url: str, ledger: list[dict[str, str]], outcome: Outcome) -> None:
    taken = Counter(row["body"] for row in ledger)
    with databases.opened(url) as transactions, transactions.reading() as session:
        for message in session.query(Message):
            assert message.patient_id is not None  # the rig texts patients only
            copies = taken[f"for {message.patient_id}"]
            patient = patients.patient_by_id_everywhere(session, message.patient_id)
            scope = Scope(patient.organisation_id, frozenset({patient.team_id}))
            told = bool(alerts.alerts_about(session, scope, patient.id))
            lost = copies == 0 if message.state in WENT else not told
            outcome.states[message.state.value] += 1
            if message.kind is MessageKind.CRISIS:
                outcome.crisis_texts += 1
                outcome.crisis_lost += [message.id] if lost else []
                outcome.crisis_too_often += [message.id] if copies > CRISIS_CALLS else []
            else:
                outcome.texts += 1
                outcome.lost += [message.id] if lost else []
                outcome.twice += [message.id] if copies > 1 else []
