"""Concerns about a plan: raised with a person, with a rule, beside the step they belong to."""

import json
from datetime import date
from typing import Any

import pytest

from companion.plan_file import answer

MORPHINE = {"drug": "morphine", "form": "modified-release tablet", "unit": "mg"}
PACE = {"cut": {"percent": "10", "of": "start"}, "every": {"days": 14}}


def concerns(**asked: Any) -> dict[str, list[tuple[int | None, str]]]:
    """Return the concerns about a plan, by rule."""
    request = {
        "medicine": MORPHINE,
        "starts_on": "2027-01-04",
        "current": {"morning": "30", "evening": "30"},
        **asked,
    }
    if "steps" not in request and "pace" not in request:
        request["pace"] = PACE
    found: dict[str, list[tuple[int | None, str]]] = {}
    for one in answer(json.dumps(request))["concerns"]:
        found.setdefault(one["rule"], []).append((one["step"], one["severity"]))
    return found


def step(day: str, **amounts: str) -> dict[str, Any]:
    return {"starts_on": day, "doses": amounts}


def test_a_plan_by_the_guidance_has_no_concern_that_stops() -> None:
    found = concerns()

    assert "stop" not in {severity for all_ in found.values() for _, severity in all_}


@pytest.mark.parametrize(
    ("rule", "severity", "at", "asked"),
    [
        ("PLAN-01", "stop", 1, {"steps": [step("2027-01-18", morning="27", evening="30")]}),
        ("PLAN-02", "stop", None, {"medicine": {**MORPHINE, "strengths": ["5", "7"]}}),
        (
            "PLAN-03",
            "stop",
            1,
            {
                "medicine": {"drug": "fentanyl", "form": "72-hour patch", "unit": "microgram/hour"},
                "current": {"patch": "50"},
                "steps": [step("2027-01-18", patch="25"), step("2027-01-19", patch="12")],
            },
        ),
        (
            "PLAN-04",
            "stop",
            None,
            {
                "medicine": {"drug": "co-codamol", "form": "tablet 30/500", "unit": "tablet"},
                "current": {"daily": "9"},
            },
        ),
        (
            "PLAN-05",
            "stop",
            None,
            {
                "medicine": {"drug": "methadone", "form": "tablet", "unit": "mg"},
                "current": {"morning": "20"},
            },
        ),
        ("PLAN-07", "warn", 1, {"steps": [step("2027-01-18", morning="30", evening="20")]}),
        ("PLAN-08", "warn", 1, {"steps": [step("2027-01-18", morning="30", evening="20")]}),
        ("PLAN-09", "warn", None, {"pace": {"cut": {"amount": "20"}, "every": {"weeks": 2}}}),
        ("PLAN-10", "warn", 1, {"medicine": {**MORPHINE, "strengths": ["30"]}}),
        (
            "PLAN-11",
            "warn",
            None,
            {
                "medicine": {**MORPHINE, "strengths": ["5"]},
                "current": {"morning": "60"},
                "pace": {"cut": {"amount": "7"}, "every": {"days": 28}},
            },
        ),
        ("PLAN-12", "warn", None, {"current": {"morning": "30", "midday": "30", "night": "30"}}),
        ("PLAN-13", "warn", None, {}),
        ("PLAN-14", "warn", 1, {"steps": [step("2027-01-18", morning="60", evening="0")]}),
        ("PLAN-15", "warn", None, {"steps": [step("2027-01-18", morning="30", evening="0")]}),
    ],
)
def test_each_concern_is_raised_where_it_belongs(
    rule: str, severity: str, at: int | None, asked: dict[str, Any]
) -> None:
    assert (at, severity) in concerns(**asked)[rule]


def test_a_plan_that_starts_in_the_past_is_said() -> None:
    request = {
        "medicine": MORPHINE,
        "starts_on": "2027-01-04",
        "current": {"morning": "30"},
        "pace": PACE,
    }
    found = answer(json.dumps(request), today=date(2027, 1, 5))["concerns"]

    assert "PLAN-16" in {one["rule"] for one in found}
