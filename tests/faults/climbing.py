"""Kill the process that tells people of alerts every five minutes of a day, in the middle of it.

Time is the rig's: each pass is told what time it is. The letters that a mail server took
are the truth.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import Pipe
from pathlib import Path
from uuid import UUID

from companion.core.triage import Finding
from companion.core.urgency import Urgency
from companion.services import alerting
from companion.store.alerts import Alert
from companion.store.database import Transactions
from companion.store.notices import Notice, NoticeState
from companion.store.patients import Patient
from companion.wording import Wording
from tests.faults import teller
from tests.faults.processes import running
from tests.rigs import databases
from tests.rigs.enrolled import Ward

RESTART_EVERY = timedelta(minutes=5)
STEP = timedelta(seconds=5)
"""How often a living process looks; as long as one takes to start again."""
LATEST = timedelta(seconds=60)
ALERTS_AN_HOUR = 2
LONGEST_PASS_SECONDS = 60


@dataclass
class Climbed:
    """What came of a run."""

    seed: int
    kills: int = 0
    alerts: int = 0
    rungs: int = 0
    missed: list[UUID] = field(default_factory=list)
    """Rungs that were due and of which no letter went, or that were left out."""
    late: list[UUID] = field(default_factory=list)
    latest_seconds: float = 0


def torment_ladder(url: str, wording: Wording, folder: Path, *, hours: int, seed: int) -> Climbed:
    """Let *hours* pass with a kill every five minutes, and compare."""
    chance = random.Random(seed)
    outcome = Climbed(seed)
    letters = folder / "letters.jsonl"
    with databases.opened(url) as transactions:
        ward = Ward(transactions, wording)
        patient = ward.register()
        now = ward.now
        ends_at = now + timedelta(hours=hours)
        while now < ends_at:
            now = _live_and_die(url, ward, patient, now, ends_at, letters, chance, outcome)
        _compare(transactions, letters, now, outcome)
    return outcome


def _live_and_die(
    url: str,
    ward: Ward,
    patient: Patient,
    now: datetime,
    ends_at: datetime,
    letters: Path,
    chance: random.Random,
    outcome: Climbed,
) -> datetime:
    """Let one process live for five minutes, and die in the middle of its next work."""
    ours, theirs = Pipe()
    dies_from = now + RESTART_EVERY
    with running(teller.tell, url, theirs, letters, chance.randrange(10**6)) as victim:
        theirs.close()
        while now < ends_at:
            if chance.random() < ALERTS_AN_HOUR * STEP / timedelta(hours=1):
                outcome.alerts += 1
                _raise_one(ward, patient, f"X-{outcome.alerts}", now, chance)
            ours.send((now, now >= dies_from))
            now += STEP
            if not _came_back(ours):
                break
            if now >= dies_from + RESTART_EVERY:
                victim.kill()  # there was nothing to tell in all that time
                break
    outcome.kills += 1
    return now


def _came_back(ours: object) -> bool:
    try:
        if not ours.poll(LONGEST_PASS_SECONDS):  # type: ignore[attr-defined]  # Pipe's end
            raise TimeoutError("a pass hangs")
        ours.recv()  # type: ignore[attr-defined]  # Pipe's end
    except (EOFError, ConnectionResetError):
        return False
    return True


def _raise_one(
    ward: Ward, patient: Patient, rule: str, now: datetime, chance: random.Random
) -> None:
    """Open an alert of its own, by a rule that no other has."""
    urgency = chance.choice([Urgency.EMERGENCY, Urgency.URGENT, Urgency.SOON])
    with ward.transactions.begin() as session:
        alerting.raise_alert(
            session,
            organisation_id=patient.organisation_id,
            team_id=patient.team_id,
            patient_id=patient.id,
            finding=Finding(rule, urgency, "Wrote something."),
            now=now,
        )


def _compare(transactions: Transactions, letters: Path, now: datetime, outcome: Climbed) -> None:
    first: dict[str, datetime] = {}
    for line in letters.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        first.setdefault(row["reference"].split(".")[0], datetime.fromisoformat(row["at"]))
    with transactions.reading() as session:
        for alert in session.query(Alert):
            rungs = session.query(Notice).filter(Notice.alert_id == alert.id)
            climbed = rungs.order_by(Notice.rung).all()
            assert [rung.rung for rung in climbed] == list(range(len(climbed)))
            for rung in climbed:
                _judge(rung, first.get(rung.id.hex), now, outcome)


def _judge(rung: Notice, told_at: datetime | None, now: datetime, outcome: Climbed) -> None:
    if told_at is None and rung.state is NoticeState.WAITING and rung.due_at > now - LATEST:
        return  # its time has not come
    outcome.rungs += 1
    if told_at is None:
        outcome.missed.append(rung.id)
        return
    late = told_at - rung.due_at
    outcome.latest_seconds = max(outcome.latest_seconds, late.total_seconds())
    if late > LATEST:
        outcome.late.append(rung.id)
