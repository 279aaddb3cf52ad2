"""``make bench``: 50,000 made-up replies through ``companion read`` and ``screen``.

Each is timed whole, as somebody would run it, and beside a pass over the same rows that
only makes letters small and splits words. Read the ratios: machines differ.
"""

import csv
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.made_up import ROOT, MadeUp
from companion.core.questions import Question
from companion.core.reading.answers import read
from companion.core.screening import screen
from companion.wording import ENGLISH, Wording

ROWS = 50_000
SEED = "bench"
GOAL_SECONDS, GOAL_MS = 60, 1


def main() -> None:
    """Measure and print a table."""
    made_up = MadeUp(SEED)
    replies = [made_up.reply() for _ in range(ROWS)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "replies.csv"
        _write(file, replies)
        trivial = _seconds(partial(_trivial, file))
        print(f"{ROWS} rows{'':12}{'seconds':>9}{'rows/s':>9}{'ratio':>8}   goal")
        print(f"{'small letters':22}{trivial:9.2f}{ROWS / trivial:9.0f}{1:8.1f}")
        for name in ("read", "screen"):
            took = _seconds(partial(_command, name, file))
            print(
                f"{f'companion {name}':22}{took:9.2f}{ROWS / took:9.0f}{took / trivial:8.1f}"
                f"   {GOAL_SECONDS} s"
            )
    print(f"a reply, read and screened: {_both(replies) * 1000:.3f} ms (goal {GOAL_MS} ms)")


def _write(file: Path, replies: list[str]) -> None:
    questions = list(Question)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["language", "question", "reply"])
        for number, reply in enumerate(replies):
            writer.writerow([ENGLISH, questions[number % len(questions)], reply])


def _seconds(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _command(name: str, file: Path) -> None:
    command = [sys.executable, "-m", "companion.cli", name, str(file)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


def _trivial(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        writer = csv.writer(io.StringIO())
        for row in csv.reader(opened):
            writer.writerow([*row, len(row[-1].lower().split())])


def _both(replies: list[str]) -> float:
    wording = Wording.load(ROOT / "messages", ROOT / "translations")
    vocabulary, lexicons = wording.vocabulary(ENGLISH), wording.lexicons(ENGLISH)
    began = time.perf_counter()
    for reply in replies:
        read(reply, Question.PAIN, vocabulary)
        screen(reply, lexicons)
    return (time.perf_counter() - began) / len(replies)


if __name__ == "__main__":
    main()
