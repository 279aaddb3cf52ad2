"""Our own processes, killed and paused at random and between any two steps, lose nothing.

A short run. ``make faults`` does a long one and writes ``docs/reliability.md``.
"""

from collections import Counter
from pathlib import Path
from uuid import uuid4

from companion.store.database import Transactions
from tests.faults.killing import Outcome, torment
from tests.faults.long_run import report

KILLS = 20
SEED = 20_261_126


def test_killed_senders_lose_no_text_and_send_none_twice(
    transactions: Transactions, tmp_path: Path
) -> None:
    url = transactions.engine.url.render_as_string(hide_password=False)

    outcome = torment(url, tmp_path, kills=KILLS, seed=SEED)

    assert outcome.kills == KILLS
    assert outcome.texts + outcome.crisis_texts == 3 * KILLS
    assert (outcome.lost, outcome.twice) == ([], [])
    assert (outcome.crisis_lost, outcome.crisis_too_often) == ([], [])
    assert outcome.states["accepted"] > outcome.states.total() / 2


def test_the_report_names_what_was_lost_and_what_the_sample_supports() -> None:
    lossy = Outcome(seed=3, kills=100, texts=300, lost=[uuid4()], states=Counter(held=7))

    page = report({"SQLite": lossy}, seed=3, commit="abc1234")

    assert "| **lost** | 0 | 1 |" in page
    assert "| texts that ended held, with a person told |  | 7 |" in page
    assert "below 3.0% a kill on SQLite" in page
    assert "commit `abc1234`, seed 3" in page
