"""`companion plan` and `companion medicines`: promises to other programs, kept exactly."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from companion.cli import main
from companion.core.taper import PlanError
from companion.plan_file import answer, medicines

PUBLISHED = json.loads(
    (Path(__file__).parent / "data" / "published_tapers.json").read_text(encoding="utf-8")
)["examples"]
ASKED: dict[str, Any] = {
    "medicine": {
        "drug": "morphine",
        "form": "modified-release tablet",
        "unit": "mg",
        "strengths": ["5", "10", "15", "30", "60", "100", "200"],
    },
    "starts_on": "2027-01-04",
    "current": {"morning": "90", "midday": "90", "evening": "90", "night": "0"},
    "pace": {"cut": {"percent": "10", "of": "start"}, "every": {"days": 14}},
    "slow_down": {
        "below_percent_of_start": "33",
        "cut": {"percent": "5", "of": "start"},
        "every": {"days": 28},
    },
    "goal": {"total": "0"},
    "cut_order": ["midday", "morning", "evening", "night"],
}
FENTANYL = {"drug": "fentanyl", "form": "72-hour patch", "unit": "microgram/hour"}


def asked(**changes: Any) -> dict[str, Any]:
    """Return the request with *changes*; None leaves a key out."""
    return {name: value for name, value in {**ASKED, **changes}.items() if value is not None}


def plan(**changes: Any) -> dict[str, Any]:
    return answer(json.dumps(asked(**changes)))


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: str(example["id"]))
def test_every_published_taper_is_expressed_exactly(example: dict[str, Any]) -> None:
    found = answer(json.dumps(example["request"]))["steps"]

    assert [
        {name: step[name] for name in ("starts_on", "doses", "total")} for step in found
    ] == example["expected_steps"]


def test_the_first_step_is_the_one_that_was_promised() -> None:
    first = plan()["steps"][0]

    assert first == {
        "starts_on": "2027-01-18",
        "doses": {"morning": "80", "midday": "80", "evening": "85", "night": "0"},
        "total": "245",
        "cut_percent_of_start": "9.3",
        "cut_percent_of_current": "9.3",
        "units": {
            "morning": {"60": 1, "10": 2},
            "midday": {"60": 1, "10": 2},
            "evening": {"60": 1, "15": 1, "10": 1},
        },
        "morphine_equivalent_mg_per_day": "245",
    }


def test_the_table_of_equivalence_is_always_named() -> None:
    found = plan()["equivalence"]

    assert found["table"]
    assert found["version"]
    assert found["factor"] == "1"


def test_a_given_list_of_steps_is_checked_and_never_altered() -> None:
    given = [
        {"starts_on": "2027-01-18", "doses": {"morning": "7", "midday": "90"}},
        {"starts_on": "2027-02-18", "doses": {"evening": "5"}},
    ]
    found = plan(pace=None, slow_down=None, cut_order=None, steps=given)

    assert [step["doses"] for step in found["steps"]] == [
        {"morning": "7", "midday": "90", "evening": "0", "night": "0"},
        {"morning": "0", "midday": "0", "evening": "5", "night": "0"},
    ]
    assert "morning" not in found["steps"][0]["units"]
    assert ("PLAN-01", 1) in {(one["rule"], one["step"]) for one in found["concerns"]}


def test_a_fentanyl_patch_of_twelve_counts_as_twelve_and_a_half() -> None:
    found = plan(
        medicine=FENTANYL,
        current={"patch": "50"},
        pace={"cut": {"amount": "12.5"}, "every": {"days": 14}},
        slow_down=None,
        cut_order=None,
    )["steps"]

    assert [(step["starts_on"], step["doses"]["patch"]) for step in found] == [
        ("2027-01-19", "37.5"),
        ("2027-02-03", "25"),
        ("2027-02-18", "12"),
        ("2027-03-05", "0"),
    ]
    assert found[2]["units"] == {"patch": {"12": 1}}
    assert found[2]["morphine_equivalent_mg_per_day"] == "30"


def test_two_patches_at_once_only_where_they_are_worn_or_asked_for() -> None:
    one = {**FENTANYL, "strengths": ["12", "25", "50"]}
    steps = [
        [step["doses"]["patch"] for step in plan(
            medicine=medicine, current={"patch": "50"}, slow_down=None, cut_order=None,
            pace={"cut": {"percent": "25", "of": "start"}, "every": {"days": 15}},
        )["steps"]]
        for medicine in (one, {**one, "patches_at_once": 2})
    ]  # fmt: skip

    assert steps == [["25", "12", "0"], ["37.5", "25", "12", "0"]]


def test_combined_tablets_count_by_the_tablet_and_liquids_by_the_millilitre() -> None:
    tablets = plan(
        medicine={"drug": "co-codamol", "form": "tablet 30/500", "unit": "tablet"},
        current={"daily": "8"},
        pace={"cut": {"amount": "1"}, "every": {"weeks": 1}},
        slow_down=None,
        cut_order=None,
    )
    liquid = plan(
        medicine={"drug": "oxycodone", "form": "oral solution 5 mg/5 ml", "unit": "ml"},
        current={"morning": "10"},
        slow_down=None,
        cut_order=None,
    )

    assert tablets["steps"][0]["morphine_equivalent_mg_per_day"] == "21"
    assert liquid["steps"][0]["doses"] == {"morning": "9"}
    assert liquid["steps"][0]["morphine_equivalent_mg_per_day"] == "13.5"


def test_a_liquid_may_be_measured_to_a_tenth_and_no_finer() -> None:
    solution = {"drug": "morphine", "form": "oral solution 10 mg/5 ml", "unit": "ml"}
    found = {
        measure: plan(
            medicine={**solution, "strengths": [measure]},
            current={"morning": "5"},
            slow_down=None,
            cut_order=None,
        )
        for measure in ("0.1", "0.2")
    }

    assert found["0.1"]["steps"][0]["doses"] == {"morning": "4.5"}
    rules = {
        name: {one["rule"] for one in one_plan["concerns"]} for name, one_plan in found.items()
    }
    assert "PLAN-02" not in rules["0.1"]
    assert "PLAN-02" in rules["0.2"]


def test_a_patch_that_no_patch_makes_goes_on_with_one() -> None:
    found = plan(
        medicine=FENTANYL,
        current={"patch": "40"},
        pace={"cut": {"percent": "50", "of": "start"}, "every": {"days": 15}},
        slow_down=None,
        cut_order=None,
    )["steps"]

    assert [step["doses"]["patch"] for step in found] == ["25", "12", "0"]


def test_a_rise_from_nothing_is_no_percentage_of_nothing() -> None:
    steps = [
        {"starts_on": "2027-01-18", "doses": {}},
        {"starts_on": "2027-02-18", "doses": {"morning": "5"}},
    ]
    found = plan(pace=None, slow_down=None, cut_order=None, steps=steps)

    assert found["steps"][1]["cut_percent_of_current"] == "0.0"
    assert found["steps"][1]["cut_percent_of_start"] == "-1.9"
    assert ("PLAN-14", 2) in {(one["rule"], one["step"]) for one in found["concerns"]}


def test_methadone_has_no_equivalent_and_cannot_be_agreed() -> None:
    found = plan(
        medicine={"drug": "methadone", "form": "tablet", "unit": "mg"},
        current={"morning": "20"},
        slow_down=None,
        cut_order=None,
    )

    assert found["equivalence"]["factor"] is None
    assert found["steps"][0]["morphine_equivalent_mg_per_day"] is None
    assert "stop" in {one["severity"] for one in found["concerns"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"extra": 1}, "extra"),
        ({"medicine": {**ASKED["medicine"], "brand": "x"}}, "medicine.brand"),
        ({"medicine": None}, "medicine"),
        ({"medicine": {**ASKED["medicine"], "drug": "aspirin"}}, "medicine.drug"),
        ({"medicine": {**ASKED["medicine"], "form": "cake"}}, "medicine.form"),
        ({"medicine": {**ASKED["medicine"], "unit": "ml"}}, "medicine.unit"),
        ({"medicine": {**ASKED["medicine"], "strengths": []}}, "medicine.strengths"),
        ({"medicine": {**ASKED["medicine"], "strengths": ["0"]}}, "medicine.strengths"),
        ({"medicine": {**ASKED["medicine"], "strengths": ["5"] * 21}}, "medicine.strengths"),
        ({"medicine": {**ASKED["medicine"], "strengths": ["0.001"]}}, "medicine.strengths"),
        ({"medicine": {**ASKED["medicine"], "strengths": [5]}}, "medicine.strengths[0]"),
        ({"medicine": {**ASKED["medicine"], "patches_at_once": 2}}, "medicine.patches_at_once"),
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"starts_on": "20270104"}, "starts_on"),
        ({"starts_on": 20270104}, "starts_on"),
        ({"current": {"morning": 90}}, "current.morning"),
        ({"current": {"morning": "9e1"}}, "current.morning"),
        ({"current": {"morning": "-9"}}, "current.morning"),
        ({"current": {"noon": "9"}}, "current.noon"),
        ({"current": {"morning": "0"}}, "current"),
        ({"current": {"patch": "9"}}, "current"),
        ({"current": {"daily": "9", "morning": "9"}}, "current"),
        ({"goal": {"total": "270"}}, "goal.total"),
        ({"cut_order": ["midday", "morning"]}, "cut_order"),
        ({"cut_order": ["midday", "midday", "morning", "evening"]}, "cut_order"),
        ({"cut_order": ["noon"]}, "cut_order[0]"),
        ({"first_cut_on": "2027-01-03"}, "first_cut_on"),
        ({"pace": None}, "pace"),
        ({"steps": [{"starts_on": "2027-01-18", "doses": {}}]}, "pace"),
        ({"pace": {"cut": {"percent": "0", "of": "start"}, "every": {"days": 1}}}, "pace.cut.percent"),
        ({"pace": {"cut": {"percent": "101", "of": "start"}, "every": {"days": 1}}}, "pace.cut.percent"),
        ({"pace": {"cut": {"percent": "10"}, "every": {"days": 1}}}, "pace.cut.of"),
        ({"pace": {"cut": {"percent": "10", "of": "cake"}, "every": {"days": 1}}}, "pace.cut.of"),
        ({"pace": {"cut": {"amount": "0"}, "every": {"days": 1}}}, "pace.cut.amount"),
        ({"pace": {"cut": {"amount": "1", "of": "start"}, "every": {"days": 1}}}, "pace.cut.of"),
        ({"pace": {"cut": {}, "every": {"days": 1}}}, "pace.cut"),
        ({"pace": {"cut": {"amount": "1"}, "every": {}}}, "pace.every"),
        ({"pace": {"cut": {"amount": "1"}, "every": {"days": 1, "weeks": 1}}}, "pace.every"),
        ({"pace": {"cut": {"amount": "1"}, "every": {"days": 0}}}, "pace.every.days"),
        ({"pace": {"cut": {"amount": "1"}, "every": {"days": "1"}}}, "pace.every.days"),
        ({"pace": {"cut": {"amount": "0.01"}, "every": {"months": 3}}}, "pace"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(**changes)

    assert caught.value.field == field
    assert "\n" not in str(caught.value)


STEP = {"starts_on": "2027-01-18", "doses": {"morning": "5"}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [STEP, STEP]}, "steps[1].starts_on"),
        ({"steps": [{**STEP, "starts_on": "2027-01-03"}]}, "steps[0].starts_on"),
        ({"steps": [{**STEP, "starts_on": "2038-01-03"}]}, "steps[0].starts_on"),
        ({"steps": [{**STEP, "doses": {"patch": "5"}}]}, "steps[0].doses"),
        ({"steps": [{**STEP, "doses": {"morning": "x"}}]}, "steps[0].doses.morning"),
        ({"steps": [STEP], "first_cut_on": "2027-01-18"}, "first_cut_on"),
        ({"steps": [STEP], "cut_order": ["morning"]}, "cut_order"),
        ({"steps": [STEP], "goal": {"total": "270"}}, "goal.total"),
    ],
)
def test_steps_that_cannot_be_understood_name_their_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(PlanError) as caught:
        plan(**{"pace": None, "slow_down": None, "cut_order": None, **changes})

    assert caught.value.field == field


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": 1, "a": 2}', "[" * 100_000])
def test_what_is_no_json_object_says_so(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        answer(text)

    assert caught.value.field == "file"


# --- As commands --------------------------------------------------------------------------


def test_a_plan_comes_from_a_file_or_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("\ufeff" + json.dumps(ASKED), encoding="utf-8")

    from_file = run("plan", str(file))
    piped = run("plan", "-", "--today", "2027-06-01", typed=json.dumps(ASKED))

    assert (from_file.exit_code, piped.exit_code) == (0, 0)
    assert json.loads(from_file.output) == plan()
    assert "PLAN-16" in piped.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{}", "medicine: "),
        (b"\xff\xfe", "is no UTF-8"),
        (None, "No such file"),
    ],
)
def test_a_fault_is_one_line_and_status_two(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "plan.json"
    if content is not None:
        file.write_bytes(content)

    found = run("plan", str(file))

    assert found.exit_code == 2
    assert found.stdout == ""
    assert says in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_the_catalogue_can_be_read_by_people_and_programs() -> None:
    table, data = run("medicines"), run("medicines", "--json")

    assert "fentanyl, 72-hour patch: 12, 25, 37.5, 50, 75, 100 microgram/hour" in table.output
    assert "changed every 3 days" in table.output
    assert "methadone, tablet: 5 mg (morphine factor none: specialist only)" in table.output
    assert json.loads(data.output) == medicines()
    assert {one["unit"] for one in medicines()} == {"mg", "ml", "tablet", "microgram/hour"}
