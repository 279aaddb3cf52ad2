"""Our own processes, killed and paused at random and between any two steps, lose nothing.

Short runs. ``make faults`` does long ones and writes ``docs/reliability.md``.
"""

from collections import Counter
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from companion.store.database import Transactions
from companion.wording import Wording
from tests.faults import years
from tests.faults.climbing import Climbed, torment_ladder
from tests.faults.incoming import Received, torment_incoming
from tests.faults.killing import Outcome, torment
from tests.faults.long_run import Run, report
from tests.faults.restoring import Recovered, lose_and_restore
from tests.rigs.databases import copy_of

KILLS = 20
KILLS_OF_THE_SERVICE = 12
SEED = 20_261_126
CLOCK_CHANGES = [(date(2027, 3, 24), date(2027, 4, 5)), (date(2027, 10, 27), date(2027, 11, 9))]
"""London, Newfoundland and Lord Howe Island change in or beside these; asleep between them."""


def address_of(transactions: Transactions) -> str:
    return transactions.engine.url.render_as_string(hide_password=False)


def test_killed_senders_lose_no_text_and_send_none_twice(
    transactions: Transactions, tmp_path: Path
) -> None:
    outcome = torment(address_of(transactions), tmp_path, kills=KILLS, seed=SEED)

    assert outcome.kills == KILLS
    assert outcome.texts + outcome.crisis_texts == 3 * KILLS
    assert (outcome.lost, outcome.twice) == ([], [])
    assert (outcome.crisis_lost, outcome.crisis_too_often) == ([], [])
    assert outcome.states["accepted"] > outcome.states.total() / 2


def test_a_killed_service_gives_every_text_its_alert_once_with_and_without_webhooks(
    transactions: Transactions, tmp_path: Path
) -> None:
    outcome = torment_incoming(
        address_of(transactions), tmp_path, kills=KILLS_OF_THE_SERVICE, seed=SEED
    )

    assert outcome.kills == KILLS_OF_THE_SERVICE
    assert 0 < outcome.withheld < outcome.texts
    assert (outcome.lost, outcome.without_alert, outcome.twice) == ([], [], [])
    assert (outcome.unanswered, outcome.answered_too_often) == ([], 0)


def test_a_process_killed_every_five_minutes_misses_no_rung_and_is_never_a_minute_late(
    transactions: Transactions, wording: Wording, tmp_path: Path
) -> None:
    outcome = torment_ladder(address_of(transactions), wording, tmp_path, hours=2, seed=SEED)

    assert outcome.kills > 10
    assert outcome.rungs > outcome.alerts > 1
    assert (outcome.missed, outcome.late) == ([], [])


def test_a_backup_taken_under_load_and_restored_sends_nothing_again(
    transactions: Transactions, sqlite_template: Path, tmp_path: Path
) -> None:
    outcome = lose_and_restore(
        address_of(transactions), copy_of(sqlite_template, tmp_path), tmp_path, seed=SEED
    )

    assert outcome.before > 10
    assert outcome.after > 0
    assert (outcome.sent_again, outcome.lost, outcome.unanswered) == ([], [], 0)


@pytest.mark.parametrize("zone", years.ZONES)
def test_no_clock_change_brings_a_text_at_night_or_two_check_ins_a_day(
    sqlite: Transactions, wording: Wording, zone: str
) -> None:
    outcome = years.live(sqlite, wording, CLOCK_CHANGES, zone=zone, seed=SEED)

    assert outcome.check_ins > 3  # so that the run is not empty
    assert (outcome.at_night, outcome.twice_a_day, outcome.wrong_day) == ([], [], [])


def test_the_report_names_what_was_lost_and_what_the_sample_supports() -> None:
    lossy = Outcome(seed=3, kills=100, texts=300, lost=[uuid4()], states=Counter(held=7))
    run = Run(
        lossy, Received(seed=3, kills=50), Climbed(seed=3), [years.Lived(seed=3)], Recovered()
    )

    page = report({"SQLite": run}, seed=3, commit="abc1234")

    assert run.failed()
    assert "| **check-ins lost** | 0 | 1 |" in page
    assert "| texts that ended held, with a person told |  | 7 |" in page
    assert "below 3.0% a kill of a sender and 6.0% a kill of the service on SQLite" in page
    assert "commit `abc1234`, seed 3" in page
