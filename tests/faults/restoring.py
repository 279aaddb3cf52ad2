"""Back up under load, lose the machine, restore, release: nothing that went goes again.

What was in the provider's ledger when the machine was lost is the truth.
"""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from companion.clock import real_now
from companion.core.sending import MessageKind
from companion.releasing import ReleaseError, release
from companion.runtime import Runtime
from companion.services.backing_up import restore, write_backup
from companion.services.queueing import queue_text
from companion.store import alerts, inbound_list, patients
from companion.store.alerts import Alert
from companion.store.database import Scope
from companion.store.messages import Message
from tests.faults import hostile, server
from tests.faults.dying import Fate
from tests.faults.incoming import DANGER, call_webhook, wait_until_handled
from tests.faults.killing import WENT
from tests.faults.processes import running, wait_for
from tests.rigs import databases, texting
from tests.rigs.served import free_port
from tests.rigs.texted import add_patient

PATIENTS = 60
"""Each texts once, or is texted once."""
LOADED_SECONDS = 2.0
LATE_SECONDS = 0.5
"""After which whatever the provider takes late has been taken."""
MOST_TRIES = 20
KEY = b"b" * 32
REVISION = "of the rig"


@dataclass
class Recovered:
    """What came of one restore, or of several together."""

    restores: int = 0
    before: int = 0
    """Texts that had gone when the machine was lost."""
    after: int = 0
    """Texts that went from the restored copy."""
    sent_again: list[str] = field(default_factory=list)
    lost: list[UUID] = field(default_factory=list)
    """Texts of the restored book that went nowhere, with nobody told."""
    unanswered: int = 0
    """Phones in danger whose alert the restored copy does not have."""

    def add(self, other: "Recovered") -> None:
        """Take in what came of another restore."""
        self.restores += other.restores
        self.before += other.before
        self.after += other.after
        self.sent_again += other.sent_again
        self.lost += other.lost
        self.unanswered += other.unanswered


def lose_and_restore(url: str, fresh: str, folder: Path, *, seed: int) -> Recovered:
    """Lose the service over *url*, restore it into *fresh*, and compare."""
    chance = random.Random(seed)
    port, ours = free_port(), free_port()
    provider = f"http://127.0.0.1:{port}"
    callbacks = hostile.Callbacks(
        local=f"http://127.0.0.1:{ours}",
        public=texting.PUBLIC_URL,
        token=texting.TOKEN,
        account_sid=texting.ACCOUNT_SID,
    )
    file = folder / "backup"
    with running(hostile.provide, port, folder, seed, callbacks):
        wait_for(port)
        people = _enrol(url)
        with running(server.serve, url, provider, ours, "", seed):
            wait_for(ours)
            in_danger = _load(url, folder, ours, people, file, chance)
        time.sleep(LATE_SECONDS)
        before = [(row["to"], row["body"]) for row in hostile.read(folder / hostile.LEDGER)]
        with server.shorter_waits():
            _restore_and_release(file, fresh, provider, seed)
        with running(server.serve, fresh, provider, ours, "", seed):
            wait_until_handled(fresh, len(in_danger))
    rows = [(row["to"], row["body"]) for row in hostile.read(folder / hostile.LEDGER)]
    return _compare(fresh, before, rows, in_danger)


def _enrol(url: str) -> list[UUID]:
    with databases.opened(url) as transactions, transactions.begin() as session:
        inbound_list.set_read_until(session, real_now() - timedelta(seconds=1))
        return [add_patient(session).id for _ in range(PATIENTS)]


def _load(
    url: str, folder: Path, port: int, people: list[UUID], file: Path, chance: random.Random
) -> list[str]:
    """Text and be texted, back up at some moment of it, and return who texted in danger."""
    backup_at = chance.randrange(PATIENTS // 4, 3 * PATIENTS // 4)
    in_danger = []
    with databases.opened(url) as transactions, ThreadPoolExecutor(8) as at_once:
        for number, patient_id in enumerate(people):
            if number == backup_at:
                # In a thread of its own, so that the load goes on while it is written.
                backup = at_once.submit(
                    write_backup,
                    transactions,
                    file,
                    key=KEY,
                    revision=REVISION,
                    real_now=real_now(),
                )
            with transactions.begin() as session:
                patient = patients.patient_by_id_everywhere(session, patient_id)
                phone = patients.phone_of(session, patient)
                if number % 2:
                    queue_text(
                        session,
                        patient=patient,
                        kind=MessageKind.CHECK_IN,
                        text_key="pain_question",
                        body=f"for {patient_id}",
                        dedupe_key=str(patient_id),
                        now=real_now(),
                        not_before=real_now(),
                        window_ends_at=real_now() + timedelta(hours=1),
                    )
            if number % 2 == 0:
                sid = hostile.text_in(folder, from_=phone, to=texting.OUR_NUMBER, body=DANGER)
                at_once.submit(call_webhook, port, sid, phone)
                in_danger.append(phone)
            time.sleep(LOADED_SECONDS / PATIENTS)
        backup.result()
    return in_danger


def _restore_and_release(file: Path, fresh: str, provider: str, seed: int) -> None:
    with databases.opened(fresh) as transactions:
        restore(transactions, file, key=KEY, revision=REVISION, real_now=real_now())
    runtime = server.runtime_at(fresh, provider, Fate("", seed, chance=0))
    try:
        for _ in range(MOST_TRIES):  # the list fails now and then, and one tries again
            if _has_released(runtime):
                return
            time.sleep(LATE_SECONDS)
        raise TimeoutError("the provider could not be asked")
    finally:
        runtime.dispose()


def _has_released(runtime: Runtime) -> bool:
    try:
        for _said in release(runtime):
            pass
    except ReleaseError:
        return False
    return True


def _compare(
    url: str, before: list[tuple[str, str]], rows: list[tuple[str, str]], in_danger: list[str]
) -> Recovered:
    after = rows[len(before) :]
    outcome = Recovered(restores=1, before=len(before), after=len(after))
    outcome.sent_again = [to for to, body in after if (to, body) in before]
    bodies = {body for _, body in rows}
    with databases.opened(url) as transactions, transactions.reading() as session:
        for message in session.query(Message).filter(Message.kind == MessageKind.CHECK_IN):
            assert message.patient_id is not None  # check-ins go to patients
            patient = patients.patient_by_id_everywhere(session, message.patient_id)
            scope = Scope(patient.organisation_id, frozenset({patient.team_id}))
            told = bool(alerts.alerts_about(session, scope, patient.id))
            went = f"for {patient.id}" in bodies
            if not (went if message.state in WENT else told or went):
                outcome.lost.append(message.id)
        alerted = {
            patients.phone_of(session, patients.patient_by_id_everywhere(session, one.patient_id))
            for one in session.query(Alert)
            if one.patient_id is not None
        }
    outcome.unanswered = len(set(in_danger) - alerted)
    return outcome
