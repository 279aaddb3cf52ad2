"""Kill senders a thousand times on each database, and write down what came of it.

``make faults`` runs this. The report names seed and commit, so that anybody can run the
same again. Ends with status 1 when a text was lost or sent twice.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from tests.faults.killing import Outcome, torment
from tests.rigs import databases, postgres

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "reliability.md"

HEAD = """\
# Reliability, measured

Made by `make faults` on {day}, commit `{commit}`, seed {seed}.

Our own senders, real processes over a real database and real HTTP, were killed (SIGKILL) at random moments and at named points (before and after each call to the provider, before and after each look at its list), and now and then paused (SIGSTOP) for longer than their lease while another worked.
The provider was a process of its own that takes texts late, takes them and hangs up, answers 500 with and without taking, asks to slow down, and whose list lags and fails.
What it wrote into its ledger before it answered is the truth that our own book is held against; see `tests/faults`.
Waits are the product's own but shorter: a lease of 1 second, 2 seconds to settle.

| figure | goal | {names} |
|---|---|{dashes}|
"""
TAIL = """
A text counts as lost when our book says that it went and the provider never took it, or when it did not go and nobody was told.
Held texts are those of which nobody can know whether they went: they are not sent again, and each stands on Today.
Crisis answers go at least once by design, {calls} calls at most, and are counted apart.

None in n kills bounds the true rate at 3/n, 95 % sure: {bounds}.

Not in this run: webhooks and status callbacks (without them the list alone must settle every doubt), the ladder, whole-machine failure, and clock changes.
"""


def report(outcomes: dict[str, Outcome], *, seed: int, commit: str) -> str:
    """Return the page for *outcomes* by database."""
    rows: list[tuple[str, str, list[object]]] = [
        ("kills", "1,000", [o.kills for o in outcomes.values()]),
        ("pauses longer than a lease", "", [o.pauses for o in outcomes.values()]),
        ("check-ins", "", [o.texts for o in outcomes.values()]),
        ("**lost**", "0", [len(o.lost) for o in outcomes.values()]),
        ("**sent twice**", "0", [len(o.twice) for o in outcomes.values()]),
        ("crisis answers", "", [o.crisis_texts for o in outcomes.values()]),
        ("crisis answers lost", "0", [len(o.crisis_lost) for o in outcomes.values()]),
        (
            "crisis answers sent more often than allowed",
            "0",
            [len(o.crisis_too_often) for o in outcomes.values()],
        ),
        (
            "texts that ended held, with a person told",
            "",
            [o.states["held"] for o in outcomes.values()],
        ),
    ]
    lines = [f"| {name} | {goal} | {' | '.join(map(str, cells))} |" for name, goal, cells in rows]
    bounds = ", ".join(f"below {3 / o.kills:.1%} a kill on {db}" for db, o in outcomes.items())
    head = HEAD.format(
        day=date.today().isoformat(),  # noqa: DTZ011 - the day where it was run
        commit=commit,
        seed=seed,
        names=" | ".join(outcomes),
        dashes="|".join("---" for _ in outcomes),
    )
    return head + "\n".join(lines) + "\n" + TAIL.format(calls="three", bounds=bounds)


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


@contextmanager
def fresh_databases(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the address of an empty database of each kind."""
    sqlite = f"sqlite:///{folder / 'faults.db'}"
    databases.make_tables(sqlite)
    with postgres.running_postgres() as server:
        postgresql = postgres.create_database(server, "faults")
        databases.make_tables(postgresql)
        yield {"SQLite": sqlite, "PostgreSQL": postgresql}


def main() -> None:
    """Run, write the page, and fail when anything was lost or sent twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, default=REPORT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fresh_databases(Path(folder)) as urls:
        sys.stdout.write(f"{options.kills} kills on each of {', '.join(urls)} ...\n")
        sys.stdout.flush()

        def run(name: str) -> Outcome:
            own = Path(folder) / name
            own.mkdir()
            return torment(urls[name], own, kills=options.kills, seed=options.seed)

        with ThreadPoolExecutor(len(urls)) as side_by_side:
            outcomes = dict(zip(urls, side_by_side.map(run, urls), strict=True))
        sys.stdout.write("\n".join(map(str, outcomes.values())) + "\n")
    commit = commit_of(ROOT)
    options.report.write_text(report(outcomes, seed=options.seed, commit=commit), encoding="utf-8")
    if any(o.lost or o.twice or o.crisis_lost or o.crisis_too_often for o in outcomes.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
