"""Kill our own processes for an hour on each database, and write down what came of it.

``make faults`` runs this. The report names seed and commit, so that anybody can run the
same again. Ends with status 1 when a figure misses its goal.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from companion.config import ROOT
from companion.wording import Wording
from tests.faults.climbing import Climbed, torment_ladder
from tests.faults.incoming import Received, torment_incoming
from tests.faults.killing import Outcome, torment
from tests.faults.restoring import Recovered, lose_and_restore
from tests.faults.years import ZONES, Lived, live
from tests.rigs import databases, postgres

REPORT = ROOT / "docs" / "reliability.md"
TWELVE_YEARS = [(date(2027, 1, 1), date(2039, 1, 1))]
HOURS = 24


@dataclass
class Run:
    """What came of everything, on one database."""

    sent: Outcome
    received: Received
    climbed: Climbed
    lived: list[Lived]
    recovered: Recovered

    def failed(self) -> bool:
        """Tell whether any figure misses its goal."""
        return any(row.cell(self) != 0 for row in ROWS if row.goal == "0")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: its name, its goal, and how it is counted."""

    name: str
    goal: str
    cell: Callable[[Run], object]


ROWS = (
    Row("kills of senders", "1,000", lambda r: r.sent.kills),
    Row("pauses longer than a lease", "", lambda r: r.sent.pauses),
    Row("check-ins", "", lambda r: r.sent.texts),
    Row("**check-ins lost**", "0", lambda r: len(r.sent.lost)),
    Row("**check-ins sent twice**", "0", lambda r: len(r.sent.twice)),
    Row("crisis answers", "", lambda r: r.sent.crisis_texts),
    Row("crisis answers lost", "0", lambda r: len(r.sent.crisis_lost)),
    Row("crisis answers sent more often than allowed", "0", lambda r: len(r.sent.crisis_too_often)),
    Row("texts that ended held, with a person told", "", lambda r: r.sent.states["held"]),
    Row("kills of the whole service", "500", lambda r: r.received.kills),
    Row("texts to us in danger", "", lambda r: r.received.texts),
    Row("of these withheld from the webhook", "", lambda r: r.received.withheld),
    Row("**texts to us lost**", "0", lambda r: len(r.received.lost)),
    Row("**patients with a text that has no alert**", "0", lambda r: len(r.received.without_alert)),
    Row("patients with a text handled twice", "0", lambda r: len(r.received.twice)),
    Row("texts in danger without an answer", "0", lambda r: len(r.received.unanswered)),
    Row("hours of alerts, with a kill every 5 minutes", "24", lambda _: HOURS),
    Row("kills in the middle of telling people", "", lambda r: r.climbed.kills),
    Row("rungs that were due", "", lambda r: r.climbed.rungs),
    Row("**rungs missed**", "0", lambda r: len(r.climbed.missed)),
    Row("**rungs more than 60 s late**", "0", lambda r: len(r.climbed.late)),
    Row("latest rung, seconds", "", lambda r: round(r.climbed.latest_seconds)),
    Row("years of check-ins, in each of three zones", "12", lambda r: round(r.lived[0].years)),
    Row("check-ins in those years", "", lambda r: sum(x.check_ins for x in r.lived)),
    Row(
        "**texts at night that answer nothing**",
        "0",
        lambda r: sum(len(x.at_night) for x in r.lived),
    ),
    Row(
        "**two check-ins on one local day**",
        "0",
        lambda r: sum(len(x.twice_a_day) for x in r.lived),
    ),
    Row("backups taken under load and restored", "", lambda r: r.recovered.restores),
    Row("texts that had gone when the machine was lost", "", lambda r: r.recovered.before),
    Row("texts that went from the restored copies", "", lambda r: r.recovered.after),
    Row("**texts sent again after a restore**", "0", lambda r: len(r.recovered.sent_again)),
    Row("texts lost by a restore, with nobody told", "0", lambda r: len(r.recovered.lost)),
    Row("phones in danger without an alert after it", "0", lambda r: r.recovered.unanswered),
    Row("check-ins that name another day", "0", lambda r: sum(len(x.wrong_day) for x in r.lived)),
)

HEAD = """\
# Reliability, measured

Made by `make faults` on {day}, commit `{commit}`, seed {seed}.

**Senders.** Our own senders, real processes over a real database and real HTTP, were killed (SIGKILL) at random moments and at named points (before and after each commit, each call to the provider, and each look at its list), and now and then paused (SIGSTOP) for longer than their lease while another worked.
**Texts to us.** The whole service, pages and clock, was killed in the same way while phones texted it. Half of their texts were withheld from the webhook, so that only the provider's list had them; of the rest some came twice at once.
**Ladder.** The process that tells people of alerts was killed every five minutes of a day, before or after a commit or a letter.
**Restores.** A backup was taken while texts came and went; then the machine was lost, the backup restored into an empty database, and released.
**Years.** Twelve years in {zones}, with every clock change and a host that now and then sleeps for days.

The provider was a process of its own that takes texts late, takes them and hangs up, lets its answer drip or never come, answers 500 with and without taking, redirects, asks to slow down, says that a phone opted out, calls back early, twice and out of order, and whose list lags and fails.
What it wrote into its ledger before it answered is the truth that our own book is held against; see `tests/faults`.
Waits are the product's own but shorter: a lease of 1 second, 2 seconds to settle. In the ladder and the years, time is the rig's.

| figure | goal | {names} |
|---|---|{dashes}|
"""
TAIL = """
A text counts as lost when our book says that it went and the provider never took it, or when it did not go and nobody was told.
Held texts are those of which nobody can know whether they went: they are not sent again, and each stands on Today.
Crisis answers go at least once by design, three calls at most, and are counted apart.

None in n kills bounds the true rate at 3/n, 95 % sure: {bounds}.

Not in this run: whole-machine failure, and a clock of the machine that goes back.
"""


def report(runs: dict[str, Run], *, seed: int, commit: str) -> str:
    """Return the page for *runs* by database."""
    lines = [
        f"| {row.name} | {row.goal} | {' | '.join(str(row.cell(run)) for run in runs.values())} |"
        for row in ROWS
    ]
    bounds = ", ".join(
        f"below {3 / run.sent.kills:.1%} a kill of a sender and {3 / run.received.kills:.1%} "
        f"a kill of the service on {name}"
        for name, run in runs.items()
    )
    head = HEAD.format(
        day=date.today().isoformat(),  # noqa: DTZ011 - the day where it was run
        commit=commit,
        seed=seed,
        zones=", ".join(ZONES),
        names=" | ".join(runs),
        dashes="|".join("---" for _ in runs),
    )
    return head + "\n".join(lines) + "\n" + TAIL.format(bounds=bounds)


def commit_of(root: Path) -> str:
    """Return the commit that is run, and say when files differ from it."""
    named = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude", "*"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return named.stdout.strip()


class Databases:
    """Empty databases of one kind, as many as are asked for."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self._folder = folder
        self._server = server

    def fresh(self, name: str) -> str:
        """Return the address of a new one with all its tables."""
        url = (
            f"sqlite:///{self._folder / name}.db"
            if self._server is None
            else postgres.create_database(self._server, name)
        )
        databases.make_tables(url)
        return url


@contextmanager
def kinds_of_database(folder: Path) -> Iterator[dict[str, Databases]]:
    """Yield both kinds by name."""
    with postgres.running_postgres() as server:
        yield {"SQLite": Databases(folder, None), "PostgreSQL": Databases(folder, server)}


def run_all(fresh: Databases, folder: Path, *, kills: int, seed: int) -> Run:
    """Do everything on one kind of database."""
    wording = Wording.load(ROOT / "messages", ROOT / "translations")
    folders = {name: folder / name for name in ("sent", "received", "climbed")}
    for one in folders.values():
        one.mkdir(parents=True)
    lived = []
    for number, zone in enumerate(ZONES):
        with databases.opened(fresh.fresh(f"lived_{number}")) as transactions:
            lived.append(live(transactions, wording, TWELVE_YEARS, zone=zone, seed=seed))
    return Run(
        sent=torment(fresh.fresh("sent"), folders["sent"], kills=kills, seed=seed),
        received=torment_incoming(
            fresh.fresh("received"), folders["received"], kills=kills // 2, seed=seed
        ),
        climbed=torment_ladder(
            fresh.fresh("climbed"), wording, folders["climbed"], hours=HOURS, seed=seed
        ),
        lived=lived,
        recovered=_lose_and_restore_often(fresh, folder, times=max(1, kills // 50), seed=seed),
    )


def _lose_and_restore_often(fresh: Databases, folder: Path, *, times: int, seed: int) -> Recovered:
    total = Recovered()
    for number in range(times):
        own = folder / f"recovered-{number}"
        own.mkdir()
        lost, restored = (fresh.fresh(f"{name}_{number}") for name in ("lost", "restored"))
        total.add(lose_and_restore(lost, restored, own, seed=seed + number))
    return total


def main() -> None:
    """Run, write the page, and fail when a figure misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, default=REPORT)
    options = parser.parse_args()
    commit = commit_of(ROOT)
    with tempfile.TemporaryDirectory() as folder, kinds_of_database(Path(folder)) as kinds:
        sys.stdout.write(f"{options.kills} kills on each of {', '.join(kinds)} ...\n")
        sys.stdout.flush()

        with ProcessPoolExecutor(len(kinds)) as side_by_side:
            begun = {
                name: side_by_side.submit(
                    run_all, kind, Path(folder) / name, kills=options.kills, seed=options.seed
                )
                for name, kind in kinds.items()
            }
            runs = {name: run.result() for name, run in begun.items()}
        sys.stdout.write("\n".join(map(str, runs.values())) + "\n")
    options.report.write_text(report(runs, seed=options.seed, commit=commit), encoding="utf-8")
    if any(run.failed() for run in runs.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
