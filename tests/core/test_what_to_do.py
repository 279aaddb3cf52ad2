"""Whoever picks up an alert is told what to do, whatever rule raised it."""

import re
from pathlib import Path

from companion.core.what_to_do import WHAT_TO_DO

RULES = (Path(__file__).parents[2] / "docs" / "clinical-rules.md").read_text(encoding="utf-8")


def test_every_rule_that_raises_an_alert_says_what_to_do() -> None:
    raising = set(re.findall(r"^\| ([TURS]-\d\d) \|", RULES, flags=re.MULTILINE))

    assert WHAT_TO_DO.keys() == raising


def test_nothing_to_do_names_a_dose() -> None:
    for words in WHAT_TO_DO.values():
        assert not re.search(r"\d+ ?(mg|ml|microgram)|more of|increase|higher dose", words)
