"""Changing what was drafted: steps, days, even cuts, and a finer form of the same drug."""

import re

import pytest

from companion.services import staffing
from companion.store import organisations
from tests.rigs.clinic import Clinic, words_of
from tests.rigs.plan_pages import CHOSEN, ENTERED, path_of, rows_in, steps_page, versions_of


def edited(clinic: Clinic, edit: str, at: int, days: str = "7", **changes: str) -> dict[str, str]:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **{**CHOSEN, **changes})
    rows |= {"edit": edit, "edit_step": str(at), "edit_days": days}

    answer = person.post(path_of(patient), **rows)

    assert answer.status_code == 200, words_of(answer)
    assert "<svg" in answer.get_data(as_text=True)
    return rows_in(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("edit", "at", "days"),
    [
        ("hold", 2, ["4 1 2027", "18 1 2027", "8 2 2027", "22 2 2027"]),
        ("repeat", 1, ["4 1 2027", "18 1 2027", "15 2 2027", "1 3 2027"]),
        ("lengthen", 1, ["4 1 2027", "18 1 2027", "8 2 2027", "1 3 2027"]),
        ("end", 1, ["4 1 2027", "18 1 2027"]),
    ],
)
def test_steps_are_held_repeated_lengthened_and_ended_in_the_browser(
    clinic: Clinic, edit: str, at: int, days: list[str]
) -> None:
    rows = edited(clinic, edit, at)

    found = [rows[f"step-{n}-on"] for n in range(len(days))]
    assert found == days
    assert (f"step-{len(days)}-on" in rows) is (edit != "end")


def test_what_was_changed_by_hand_stays_when_the_rest_is_drawn_anew(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **CHOSEN)
    rows |= {"step-1-on": "20 1 2027", "step-1-morning": "50", "step-1-evening": "50"}

    answer = person.post(path_of(patient), **rows, edit="redraw", edit_step="1", edit_days="")
    after = rows_in(answer.get_data(as_text=True))

    assert (after["step-1-on"], after["step-1-morning"]) == ("20 1 2027", "50")
    assert after["step-2-on"] == "3 2 2027", "one interval after the step that was kept"
    assert int(after["step-2-morning"]) + int(after["step-2-evening"]) == 90, "12 mg, as 120 asks"


@pytest.mark.parametrize(
    ("edit", "at", "days", "says"),
    [
        ("hold", "0", "7", "Choose another step for this"),
        ("hold", "x", "7", "Enter a whole number"),
        ("hold", "1", "", "Enter a whole number"),
        ("hold", "1", "0", "Enter a number of days"),
        ("hold", "1", "3650", "A plan lasts at most ten years"),
        ("repeat", "99", "7", "Choose another step for this"),
        ("redraw", "99", "7", "Choose another step for this"),
    ],
)
def test_an_edit_that_cannot_be_says_why_and_changes_nothing(
    clinic: Clinic, edit: str, at: str, days: str, says: str
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **CHOSEN)

    answer = person.post(path_of(patient), **rows, edit=edit, edit_step=at, edit_days=days)
    after = rows_in(answer.get_data(as_text=True))

    assert answer.status_code == 422
    assert says in words_of(answer)
    assert {k: after[k] for k in rows if k.startswith("step-")} == {
        k: v for k, v in rows.items() if k.startswith("step-")
    }


def test_reductions_keep_off_weekends_bank_holidays_and_days_that_are_named(
    clinic: Clinic,
) -> None:
    rows = steps_page(
        clinic.signed_in(),
        clinic.register(),
        **{
            **CHOSEN,
            "first_cut_on-day": "27",
            "first_cut_on-month": "3",
            "first_cut_on-year": "2027",
            "avoid_weekends": "y",
            "avoid_holidays": "y",
            "avoid_days": "30 3 2027, 12/4/2027",
        },
    )

    # Easter: Saturday the 27th waits for Wednesday, as Monday is a holiday and Tuesday named.
    assert rows["step-1-on"] == "31 3 2027"
    assert rows["step-2-on"] == "13 4 2027", "Saturday the 10th waits for Tuesday"
    assert rows["avoid_weekends"] == "y"
    assert "PLAN-10" not in rows


def test_days_that_are_none_are_named(clinic: Clinic) -> None:
    answer = clinic.signed_in().post(
        path_of(clinic.register()), **{**ENTERED, **CHOSEN, "avoid_days": "Christmas"}
    )

    assert answer.status_code == 422
    assert "Enter days like 24 12 2026" in words_of(answer)


def test_even_cuts_stand_beside_an_uneven_percentage_to_choose(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    codeine = {
        **CHOSEN, "product": "codeine|tablet", "morning": "60", "midday": "60", "evening": "60",
        "night": "60",
    }  # fmt: skip

    answer = person.post(path_of(patient), **{**ENTERED, **codeine})
    page = words_of(answer)
    rows = rows_in(answer.get_data(as_text=True))
    chosen = person.post(path_of(patient), **rows, use_cut="15")
    after = rows_in(chosen.get_data(as_text=True))

    assert "This percentage cannot be cut evenly" in page
    assert "15 mg each time (6.3 %)" in page
    assert "30 mg each time (12.5 %)" in page
    assert (after["pace_cut"], after["pace_basis"]) == ("15", "amount")
    assert "cannot be cut evenly" not in words_of(chosen)
    totals = [
        sum(int(after[f"step-{n}-{t}"]) for t in ("morning", "midday", "evening", "night"))
        for n in range(4)
    ]
    assert totals == [240, 225, 210, 195]


# --- A finer form of the same drug -----------------------------------------------------------

COARSE = {
    **CHOSEN,
    "product": "oxycodone|tablet",
    "strengths": "20",
    "morning": "20",
    "evening": "40",
    "goal": "10",
    "counted_from": "60",
}


def named_in(page: str, name: str) -> str:
    """Return the value of the button of that name, as a browser would send it."""
    button = re.search(rf'<button[^>]*name="{name}"[^>]*>', page)
    assert button is not None
    value = re.search(r'value="([^"]*)"', button[0])
    assert value is not None
    return value[1]


def test_a_finer_form_is_filled_in_at_the_same_daily_amount_to_look_at_first(
    clinic: Clinic,
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    answer = person.post(path_of(patient), **{**ENTERED, **COARSE})
    page, said = answer.get_data(as_text=True), words_of(answer)

    form = page.split('id="finer"')[1].split("</form>")[0]
    pressed = {**rows_in(form), "use_finer": named_in(form, "use_finer")}
    filled = person.post(path_of(patient), **pressed)
    after = filled.get_data(as_text=True)
    boxes = rows_in(after) | {"goal_words": "x", "product": "oxycodone|oral solution 5 mg/5 ml"}
    steps = person.post(path_of(patient), **boxes, pace_basis="start", pace_period="weeks")

    assert "There is a finer form of the same drug" in said
    assert "Use oxycodone oral solution 5 mg/5 ml instead, same daily amount" in said
    assert filled.status_code == 200
    assert (
        "Filled in: 60 ml of oxycodone oral solution 5 mg/5 ml in the place of 60 mg of "
        "oxycodone tablet, the same daily amount." in words_of(filled)
    )
    assert 'value="oxycodone|oral solution 5 mg/5 ml" selected' in after
    assert 'value="ml" selected' in after
    assert [boxes[n] for n in ("morning", "midday", "evening", "strengths")] == ["20", "", "40", ""]
    assert versions_of(clinic, patient) == [], "nothing is proposed by that click"
    assert "Mon 18 Jan 2027 20 34 54 ml" in words_of(steps), "6 ml, a tenth of 60"
    assert "There is a finer form" not in words_of(steps)


def test_all_amounts_of_the_form_move_and_percentages_do_not(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    typed = {
        **COARSE, "product": "morphine|oral solution 20 mg/ml", "strengths": "", "morning": "2",
        "evening": "2", "pace_cut": "0.4", "pace_basis": "amount", "goal": "0.5",
        "counted_from": "5", "slow_below": "50", "slow_cut": "3", "slow_basis": "current",
        "slow_every": "1", "use_finer": "1",
    }  # fmt: skip

    after = rows_in(person.post(path_of(patient), **{**ENTERED, **typed}).get_data(as_text=True))

    assert [after[n] for n in ("morning", "evening", "goal", "counted_from")] == [
        "20", "20", "5", "50",
    ]  # fmt: skip
    assert (after["pace_cut"], after["slow_cut"], after["slow_below"]) == ("4", "3", "50")
    assert after["counted_in"] == "50 morphine|oral solution 10 mg/5 ml ml"


def test_a_patch_moves_to_the_range_below(clinic: Clinic) -> None:
    patch = {
        **CHOSEN, "product": "buprenorphine|96-hour patch", "morning": "", "evening": "",
        "patch": "35", "unit": "microgram/hour",
    }  # fmt: skip
    patient, person = clinic.register(), clinic.signed_in()
    offered = words_of(person.post(path_of(patient), **{**ENTERED, **patch}))
    after = person.post(path_of(patient), **{**ENTERED, **patch, "use_finer": "1"})

    assert "Use buprenorphine 7-day patch instead, same daily amount" in offered
    assert 'value="buprenorphine|7-day patch" selected' in after.get_data(as_text=True)
    assert rows_in(after.get_data(as_text=True))["patch"] == "35"


def hide(clinic: Clinic, drug: str, form: str) -> None:
    with clinic.runtime.transactions.begin() as session:
        found = organisations.organisation_of(session, clinic.organisation_id)
        now = clinic.runtime.clock.now()
        staffing.set_stock(session, found, drug, form, stocked=False, now=now)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"product": "oxycodone|modified-release tablet"}, "taken at other times of day"),
        ({"product": "tapentadol|tablet", "strengths": "75", "morning": "75", "evening": "75"},
         "The same amounts cannot be made of it exactly"),
        ({"pace_cut": "4", "pace_basis": "amount", "counted_from": "60.0001"}, "at most 3 digits"),
        ({"product": "codeine|tablet", "strengths": "60", "morning": "60", "evening": "60",
          "goal": "0.001"}, "The same amounts cannot be made of it exactly"),
        ({"product": "buprenorphine|96-hour patch", "morning": "", "evening": "", "patch": "70",
          "strengths": "35", "unit": "microgram/hour"}, "more than two patches at once"),
        ({"product": "dihydrocodeine|tablet", "strengths": "30", "morning": "60",
          "evening": "60"}, "It is not stocked here"),
        ({"product": "fentanyl|72-hour patch", "morning": "", "evening": "", "patch": "25",
          "unit": "microgram/hour", "strengths": ""}, ""),
        ({"product": "", "medicine": "a cake", "strengths": "20"}, ""),
    ],
)  # fmt: skip
def test_a_finer_form_that_would_not_be_the_same_is_not_filled_in(
    clinic: Clinic, changes: dict[str, str], why: str
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    hide(clinic, "dihydrocodeine", "oral solution 10 mg/5 ml")
    typed = {**ENTERED, **COARSE, "counted_from": "", **changes}

    shown = words_of(person.post(path_of(patient), **typed))
    pressed = person.post(path_of(patient), **typed, use_finer="1")

    assert "instead, same daily amount" not in shown
    assert pressed.status_code == 422
    assert (why or "There is no finer form of it") in words_of(pressed)
    assert why in shown
