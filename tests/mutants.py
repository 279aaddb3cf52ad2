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
    '"XX (|<XX"': "X stands in no phrase: all are in small letters",
    '"XX|_(XX"': "X stands in no phrase: all are in small letters",
    '"XX()|*XX"': "X stands in no phrase: all are in small letters",
    "SHORTEST_GUARDED - 2 <=": "no word of five letters is one letter away from one of seven",
    "<= len(word) <= 21": "a bound on the work: longer words are not looked at",
    "for end in range(len(written) + 1)": "no part is shorter than two letters, so none ends before",
    "+ 1 <= len(ways[end])": "of two ways with as many words either will do",
    "key=lambda hit: -hit.urgency)[:2]": "a second finding of the same pair says the same",
    "end > at or spelt in": "reads a word twice, or one that no phrase holds",
    "end >= at and spelt in": "reads a word twice, or one that no phrase holds",
    "inside = start <= at": "the same phrase is found without that word too",
    "if (node.following) or True else": "saves work only: nothing follows there",
    "is None and not match.meaning.category": "a way of speaking never comes here: it has no category",
    "usual * PAIN_RISE_PERCENT / 101": "no score lies between the two",
    "runs_short = None": "neither is a short supply",
    'in "XX+&XX"': "X stands in no sign: all are in small letters",
    "sum(parts, )": "of no parts both come to nothing, and nothing adds up",
    "whole = total >= scale.high": "the highest count is on the scale: it does not come here",
    "within = scale.low < value": "the lowest is on the scale: it does not come here",
    "<= value < scale.high": "the highest is on the scale: it does not come here",
    "XX(?!)XX": "never fits, as before",
    'LONGEST_ANSWER else "XXXX"': "holds no number either",
    'around.number or "XXXX"': "is no number either",
    "numbers else 1": "without a number nobody looks at what stands around it",
    'part in {"XXXX", "0"}': "a point with nothing behind it makes the same number",
    'question: str = "XXXX"': "no question is called so",
    "id(None) not in self.drawn": "saves work only: what is drawn twice is found to be alike",
    "scale.high + scale.low": "the scale of every score begins at nought",
    "value + scale.low": "the scale of every score begins at nought",
    '"XX; XX".join': WORDS,
    '"XX, XX".join': WORDS,
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
    of_words = re.search(r'"[^"]*\w \w[^"]*"', removed)  # a pattern or a sign is no sentence
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
