"""Read what ``mutmut`` left alive, and hold each survivor against its reason.

``make mutants`` changes the core one place at a time and runs its tests; what no test
notices is a survivor. Each must have a reason here, or this ends with status 1. The page
``docs/mutants.md`` is written anew.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
WORDS = "words for a person: pages and the tests of edges hold what matters in them"
HEAD = """\
# What the tests of the core do not notice

`make mutants` changes `core/doses`, `core/dispensing`, `core/taper`, `core/plan_checks`, `core/reading`, `core/phrases`, `core/screening` and `core/triage` one place at a time, but no sentence for people, and runs their tests against each change.
{survivors} changes are noticed by none; each has its reason in `tests/mutants.py`, and one without a reason fails.

| survivors | why they may live |
|---|---|
"""
REASONS = {
    'cleaned.replace(".", "", )': "a second point is refused by the Decimal that is made next",
    'cleaned.replace(".", "", 2)': "a second point is refused by the Decimal that is made next",
    'format(amount, "F")': "differs only for infinity, which no dose is",
    'rstrip("XX0XX")': "strips the same letters: X stands in no amount",
    'rstrip("XX.XX")': "strips the same letters: X stands in no amount",
    "[(0, 1, nothing)]": "of the empty dose only the number of units is read",
    "found.get(None, way)": "of the fewest units no two ways have the same strengths",
    "strict=None": "both have the same length, always",
    "best[2], )": "both have the same length, always",
    "strict=False": "both have the same length, always",
    "sum(2 for count": "twice as many orders the same",
    "count == 0 for count": "names the same sets, the other way round",
    "is not Kind.MODIFIED_RELEASE and most": "only modified release says how often, and always does",
    "held_on <= day:": "on the day of the hold both give that day",
    "held_on < day:": "on the day of the hold the next reduction comes later than it, so none does",
}
"""What stands in the changed line of a survivor, and why it may live."""


def main() -> int:
    """Write the page and say what has no reason."""
    names = re.findall(r"(\S+): (?:survived|no tests)", _mutmut("results"))
    reasons, unexplained = Counter[str](), []
    for name in names:
        shown = _mutmut("show", name)
        reason = _reason(shown)
        if reason is None:
            unexplained.append(shown)
        else:
            reasons[reason] += 1
    _write(len(names), reasons)
    for shown in unexplained:
        print(shown)
    print(f"{len(names)} survivors, {len(unexplained)} without a reason")
    return 1 if unexplained else 0


def _mutmut(*arguments: str) -> str:
    tool = Path(sys.executable).with_name("mutmut")
    return subprocess.run(
        [tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def _reason(shown: str) -> str | None:
    removed = _lines(shown, "-")
    added = _lines(shown, "+")
    for part, reason in REASONS.items():
        if part in added:
            return reason
    of_words = '"' in removed
    says_nothing = re.search(r"\bNone\b", added) and not re.search(r"\bNone\b", removed)
    if of_words and ("XX" in added or added.casefold() == removed.casefold() or says_nothing):
        return WORDS
    return None


def _lines(shown: str, sign: str) -> str:
    lines = [line for line in shown.splitlines() if line.startswith(sign)]
    return "\n".join(line[1:] for line in lines if not line.startswith(sign * 3))


def _write(survivors: int, reasons: Counter[str]) -> None:
    rows = "\n".join(f"| {count} | {reason} |" for reason, count in reasons.most_common())
    PAGE.write_text(HEAD.format(survivors=survivors) + rows + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
