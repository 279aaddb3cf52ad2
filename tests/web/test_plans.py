"""Writing a plan in the browser: pace, steps, picture, marks, holds, and two at once."""

import re
from html import unescape
from uuid import uuid4

import pytest

from companion.core.agreement import VersionState
from companion.services import staffing
from companion.store import organisations, plan_drafts, plans
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.clinic import Clinic, Person, words_of

ENTERED = {
    "medicine": "morphine modified-release tablets",
    "unit": "mg",
    "strengths": "10",
    "morning": "60",
    "evening": "60",
    "starts_on-day": "4",
    "starts_on-month": "1",
    "starts_on-year": "2027",
    "first_cut_on-day": "18",
    "first_cut_on-month": "1",
    "first_cut_on-year": "2027",
    "pace_cut": "20",
    "pace_every_days": "14",
    "goal": "0",
    "goal_words": "To sleep without dreams",
    "prescriber": "Dr Anna Lindqvist",
    "based_on": "",
}


def path_of(patient: Patient) -> str:
    return f"/patients/{patient.id}/plan"


def rows_in(page: str) -> dict[str, str]:
    """Return every box of the steps page, hidden ones too, as a browser would send them."""
    boxes = re.findall(r"<input[^>]*>", page)
    found = {}
    for box in boxes:
        name, value = re.search(r'name="([^"]+)"', box), re.search(r'value="([^"]*)"', box)
        if name and value and name[1] not in {"csrf_token", "back", "edit_days"}:
            found[name[1]] = value[1]
    return found


def versions_of(clinic: Clinic, patient: Patient) -> list[PlanVersion]:
    with clinic.runtime.transactions.reading() as session:
        return list(plans.versions_of(session, patient))


def steps_page(person: Person, patient: Patient, **changes: str) -> dict[str, str]:
    answer = person.post(path_of(patient), **{**ENTERED, **changes})
    assert answer.status_code == 200, words_of(answer)
    return rows_in(answer.get_data(as_text=True))


def propose(person: Person, patient: Patient, **changes: str) -> None:
    rows = steps_page(person, patient, **changes)
    answer = person.post(path_of(patient), **rows, propose="1")
    assert answer.status_code == 302, words_of(answer)


def agree(clinic: Clinic, version: PlanVersion) -> None:
    prescriber = clinic.signed_in("prescriber")
    for side in ("patient", "prescriber"):
        answer = prescriber.post(f"/plans/{version.id}/mark/{side}", how="in clinic")
        assert answer.status_code == 302


def test_a_pace_fills_the_steps_as_table_and_picture_before_anything_is_saved(
    clinic: Clinic,
) -> None:
    patient = clinic.register()

    answer = clinic.signed_in().post(path_of(patient), **ENTERED)

    page = answer.get_data(as_text=True)
    assert "<svg" in page
    assert "Mon 18 Jan 2027 50 50 100 mg" in words_of(answer)
    assert rows_in(page)["step-1-on"] == "18 1 2027"
    assert versions_of(clinic, patient) == []


def test_a_proposed_plan_binds_once_both_have_agreed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    propose(person, patient)
    version = versions_of(clinic, patient)[0]

    person.post(f"/plans/{version.id}/mark/patient", how="in clinic")
    after_one = versions_of(clinic, patient)[0].state
    clinic.signed_in("prescriber").post(f"/plans/{version.id}/mark/prescriber", how="the notes")

    assert after_one is VersionState.PROPOSED
    assert versions_of(clinic, patient)[0].state is VersionState.AGREED
    page = words_of(person.get(f"/patients/{patient.id}"))
    assert "Agreed plan" in page
    assert "To sleep without dreams" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("medicine", "", "Choose the medicine, or enter its name"),
        ("prescriber", "", "Enter the prescriber"),
        ("unit", "grams", "Not a valid choice"),
        ("unit", "microgram/hour", "only patches, are in microgram/hour"),
        ("morning", "sixty", "Enter the amount as a number"),
        ("morning", "1e3", "Enter the amount as a number"),
        ("daily", "120", "either the daily total or the times of day"),
        ("starts_on-month", "13", "Enter a real date"),
        ("starts_on-year", "", "Enter a real date"),
        ("pace_cut", "0", "Enter how much to reduce by"),
        ("pace_cut", "some", "Enter the amount as a number"),
        ("pace_every_days", "", "Enter a whole number, like 14"),
        ("pace_every_days", "0", "Enter a whole number, like 14"),
        ("strengths", "", "Enter the strengths that the steps can be made of"),
        ("goal", "200", "the goal must be below what is taken now"),
        ("first_cut_on-year", "2026", "The first reduction must be after the plan starts"),
    ],
)
def test_what_cannot_be_a_plan_is_named_and_kept(
    clinic: Clinic, field: str, value: str, words: str
) -> None:
    patient = clinic.register()

    answer = clinic.signed_in().post(path_of(patient), **{**ENTERED, field: value})

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert "To sleep without dreams" in answer.get_data(as_text=True)


def test_nothing_taken_is_no_plan(clinic: Clinic) -> None:
    patient = clinic.register()

    answer = clinic.signed_in().post(path_of(patient), **{**ENTERED, "morning": "", "evening": ""})

    assert answer.status_code == 422
    assert "Enter what is taken now" in words_of(answer)


def test_steps_can_be_typed_instead(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, pace_cut="", pace_every_days="")

    rows |= {"step-1-on": "1/2/2027", "step-1-morning": "50", "step-1-evening": "60"}
    shown = person.post(path_of(patient), **rows, show="1")
    answer = person.post(path_of(patient), **rows, propose="1")

    assert "Mon 1 Feb 2027 50 60 110 mg" in words_of(shown)
    assert answer.status_code == 302
    assert versions_of(clinic, patient)[0].goal == 110


def test_rows_can_be_added_and_the_pace_gone_back_to(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)

    more = person.post(path_of(patient), **rows, add_rows="1")
    back = person.post(path_of(patient), **rows, back="1")

    assert len(rows_in(more.get_data(as_text=True))) > len(rows)
    assert 'value="20"' in back.get_data(as_text=True)
    assert "What is taken now" in words_of(back)


@pytest.mark.parametrize(
    ("box", "value", "words"),
    [
        ("step-1-on", "tomorrow", "Enter a date, like 18 1 2027"),
        ("step-1-on", "3 1 2027", "Each step must start after the one before"),
        ("step-1-morning", "x", "Enter the amount as a number"),
        ("step-1-morning", "70", "A dose cannot rise"),
        ("step-6-on", "1 1 2047", "A plan lasts at most ten years"),
    ],
)
def test_a_step_that_cannot_stand_is_named_at_its_box(
    clinic: Clinic, box: str, value: str, words: str
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)

    answer = person.post(path_of(patient), **{**rows, box: value}, propose="1")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert f'href="#{box}"' in page
    assert f'id="{box}-error"' in page
    assert versions_of(clinic, patient) == []


def test_a_plan_without_rows_is_refused(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = {k: "" if k.startswith("step-") else v for k, v in steps_page(person, patient).items()}

    answer = person.post(path_of(patient), **rows, propose="1")

    assert "Enter at least one step" in words_of(answer)


def test_of_two_people_at_once_the_second_sees_both_and_chooses(clinic: Clinic) -> None:
    patient, first, second = clinic.register(), clinic.signed_in(), clinic.signed_in("prescriber")
    mine = steps_page(second, patient, pace_cut="30")
    propose(first, patient)

    answer = second.post(path_of(patient), **mine, propose="1")
    page = words_of(answer)
    instead = second.post(path_of(patient), **rows_in(answer.get_data(as_text=True)), propose="1")

    assert answer.status_code == 409
    assert "Theirs: version 1 by Pharmacist Person" in page
    assert "Mon 18 Jan 2027 50 50 100 mg" in page
    assert "Mon 18 Jan 2027 40 50 90 mg" in page
    assert instead.status_code == 302
    assert [v.state for v in versions_of(clinic, patient)] == [
        VersionState.PROPOSED,
        VersionState.WITHDRAWN,
    ]


def test_a_forged_base_version_is_refused(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)

    answer = person.post(path_of(patient), **{**rows, "based_on": "not an id"}, propose="1")

    assert answer.status_code == 400


def test_marks_that_cannot_be_made_say_why(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    propose(person, patient)
    version = versions_of(clinic, patient)[0]

    empty = person.post(f"/plans/{version.id}/mark/patient", how=" ")
    said = words_of(person.get(empty.location))
    person.post(f"/plans/{version.id}/mark/patient", how="in clinic")
    twice = person.post(f"/plans/{version.id}/mark/patient", how="in clinic")

    assert "Say how they agreed" in said
    assert twice.status_code == 302
    assert person.post(f"/plans/{version.id}/mark/nobody", how="x").status_code == 404
    assert person.post(f"/plans/{uuid4()}/mark/patient", how="x").status_code == 404


def test_a_proposed_version_can_be_taken_back_an_agreed_one_not(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    propose(person, patient)
    first = versions_of(clinic, patient)[0]
    person.post(f"/plans/{first.id}/withdraw")
    propose(person, patient, based_on=str(first.id))
    second = versions_of(clinic, patient)[0]
    agree(clinic, second)

    answer = person.post(f"/plans/{second.id}/withdraw")

    assert "Only a version that is not agreed yet" in words_of(person.get(answer.location))
    assert [v.state for v in versions_of(clinic, patient)] == [
        VersionState.AGREED,
        VersionState.WITHDRAWN,
    ]
    assert person.post(f"/plans/{uuid4()}/withdraw").status_code == 404


def test_a_hold_is_recorded_shown_and_ended(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    propose(person, patient)
    version = versions_of(clinic, patient)[0]
    agree(clinic, version)

    person.post(f"/patients/{patient.id}/hold")
    held = words_of(person.get(f"/patients/{patient.id}"))
    person.post(f"/patients/{patient.id}/end-hold")
    again = person.post(f"/patients/{patient.id}/end-hold")

    assert "On hold since" in held
    assert "Asked to stay on this dose" in held
    assert "Nothing is on hold" in words_of(person.get(again.location))


def test_a_hold_without_a_plan_tells_the_team_all_the_same(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in("follow-up")

    answer = person.post(f"/patients/{patient.id}/hold")

    page = words_of(person.get(answer.location))
    assert "No agreed plan runs" in page
    assert "Asked to stay on this dose" in page


def test_the_page_shows_older_versions_and_a_patients_whole_story(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    propose(person, patient)
    propose(person, patient, based_on=str(versions_of(clinic, patient)[0].id))

    page = words_of(person.get(f"/patients/{patient.id}"))

    assert "Older versions" in page
    assert "Taken back" in page
    assert "Proposed, waiting for agreement" in page


def test_a_patch_has_a_column_of_its_own(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()

    rows = steps_page(
        person,
        patient,
        morning="",
        evening="",
        patch="50",
        unit="microgram/hour",
        pace_cut="25",
        strengths="25 50",
        medicine="fentanyl patch",
    )

    assert rows["step-1-patch"] == "25"


# --- From the catalogue -------------------------------------------------------------------

CHOSEN = {
    "medicine": "",
    "strengths": "",
    "product": "morphine|modified-release tablet",
    "pace_cut": "10",
    "pace_basis": "start",
    "pace_every_days": "2",
    "pace_period": "weeks",
    "first_cut_on-day": "",
    "first_cut_on-month": "",
    "first_cut_on-year": "",
}


def test_steps_of_a_chosen_medicine_are_made_of_whole_tablets(clinic: Clinic) -> None:
    rows = steps_page(clinic.signed_in(), clinic.register(), **CHOSEN)

    assert rows["step-1-on"] == "18 1 2027"
    # 12 mg less than 120 at most: with tablets from 5 mg, 110 is the lowest that can be made.
    assert (rows["step-1-morning"], rows["step-1-evening"]) == ("55", "55")


def test_concerns_stand_beside_their_steps_and_need_a_reason_that_is_kept(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    person.post(f"/patients/{patient.id}/risk", use="under_a_year")
    answer = person.post(path_of(patient), **{**ENTERED, **CHOSEN, "strengths": "30"})
    page, rows = words_of(answer), rows_in(answer.get_data(as_text=True))
    assert "Think about" in page
    assert "One rung deeper than the pace" in page
    assert "PLAN-10" in page

    refused = person.post(path_of(patient), **rows, propose="1")
    proposed = person.post(path_of(patient), **rows, propose="1", reasons="Only 30s are to be had")

    assert refused.status_code == 422
    assert "Say why this plan is right all the same" in words_of(refused)
    assert proposed.status_code == 302
    assert "Only 30s are to be had" in words_of(person.get(f"/patients/{patient.id}"))


def test_what_cannot_be_made_is_not_proposed_whatever_the_reason(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **CHOSEN)

    answer = person.post(
        path_of(patient), **{**rows, "step-1-morning": "57"}, propose="1", reasons="Please"
    )

    assert answer.status_code == 422
    assert "Change what cannot be agreed first" in words_of(answer)
    assert "57 mg (morning) cannot be made of whole units" in words_of(answer)
    assert versions_of(clinic, patient) == []


def test_a_plan_may_slow_down_towards_its_end(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **CHOSEN, slow_below="33", slow_cut="5",
        slow_every="4",
    )  # fmt: skip
    steps = [name for name in rows if name.endswith("-on")]

    assert len(steps) > 11


def test_a_fentanyl_patch_keeps_to_its_change_days(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **CHOSEN | {
            "product": "fentanyl|72-hour patch", "morning": "", "evening": "", "patch": "25",
            "pace_cut": "50", "unit": "mg",
        },
    )  # fmt: skip

    assert (rows["step-1-on"], rows["step-1-patch"]) == ("19 1 2027", "12.5")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"strengths": "5, x"}, "Enter strengths like 5, 10, 15"),
        ({"strengths": "0"}, "A strength is more than 0"),
        ({"strengths": " ".join(map(str, range(1, 30)))}, "No medicine has so many strengths"),
        ({"strengths": "0.001"}, "These strengths are too small"),
        ({"pace_cut": "0"}, "Enter how much to reduce by"),
        ({"pace_cut": "101"}, "Enter a percentage above 0 and at most 100"),
        ({"pace_every_days": "0"}, "Enter a whole number"),
        ({"slow_below": "101"}, "Enter a percentage above 0 and at most 100"),
        ({"slow_below": "33"}, "Enter how much to reduce by"),
        ({"goal": "200"}, "the goal must be below what is taken now"),
        ({"pace_cut": "0.01", "pace_basis": "amount", "pace_period": "months"}, "ten years"),
        ({"product": "cake|slice"}, "Choose the medicine, or enter its name"),
        ({"product": "", "medicine": "x"}, "Enter the strengths that the steps can be made of"),
        (
            {"product": "", "medicine": "x", "strengths": "0.001"},
            "These strengths are too small",
        ),
    ],
)
def test_a_pace_that_cannot_be_followed_says_why(
    clinic: Clinic, changes: dict[str, str], says: str
) -> None:
    answer = clinic.signed_in().post(path_of(clinic.register()), **{**ENTERED, **CHOSEN, **changes})

    assert answer.status_code == 422
    assert says in words_of(answer)


def test_another_medicine_can_be_cut_by_the_week_too(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), pace_period="weeks", pace_every_days="2"
    )

    assert (rows["step-1-on"], rows["step-2-on"]) == ("18 1 2027", "1 2 2027")


def test_a_pace_of_the_guidance_is_filled_in_and_what_was_typed_stays(clinic: Clinic) -> None:
    typed = {**ENTERED, **CHOSEN, "pace_cut": "", "use_pace": "short-use", "prescriber": ""}
    answer = clinic.signed_in().post(path_of(clinic.register()), **typed)
    page, rows = answer.get_data(as_text=True), rows_in(answer.get_data(as_text=True))

    assert answer.status_code == 200
    assert (rows["pace_cut"], rows["pace_every_days"]) == ("10", "1")
    assert (rows["slow_below"], rows["slow_cut"], rows["slow_every"]) == ("30", "10", "1")
    assert rows["morning"] == "60"
    assert 'value="current" selected' in page
    assert "CDC 2022" in words_of(answer)


def test_a_pace_without_a_slower_part_empties_it(clinic: Clinic) -> None:
    typed = {**ENTERED, **CHOSEN, "slow_below": "30", "slow_cut": "5", "use_pace": "faster"}
    rows = rows_in(
        clinic.signed_in().post(path_of(clinic.register()), **typed).get_data(as_text=True)
    )

    assert (rows["slow_below"], rows["slow_cut"]) == ("", "")


def test_a_slower_part_may_be_counted_otherwise(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **CHOSEN, slow_below="30", slow_cut="10",
        slow_basis="current", slow_every="1", slow_period="months",
    )  # fmt: skip
    days = [rows[name].split() for name in rows if name.endswith("-on")]

    assert days[-1][0] == days[-2][0]  # the same day of each month


def test_each_step_says_what_it_is_made_of_and_what_it_is_like(clinic: Clinic) -> None:
    answer = clinic.signed_in().post(path_of(clinic.register()), **{**ENTERED, **CHOSEN})
    page = words_of(answer)

    assert "What each step is made of" in page
    assert "Mon 18 Jan 2027 1 × 30, 1 × 15, 1 × 10 1 × 30, 1 × 15, 1 × 10 110" in page
    assert "August 2020. Factor: 1." in page


def test_a_medicine_without_a_factor_says_so(clinic: Clinic) -> None:
    answer = clinic.signed_in().post(
        path_of(clinic.register()), **{**ENTERED, **CHOSEN, "product": "methadone|tablet"}
    )

    assert "gives this medicine no factor" in words_of(answer)
    assert "A reduction of methadone is for a specialist" in words_of(answer)


def test_a_dose_that_cannot_be_made_is_marked(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **CHOSEN)

    page = words_of(person.post(path_of(patient), **{**rows, "step-1-morning": "57"}, show="1"))

    assert "cannot be made" in page


def test_another_medicine_follows_any_pace_in_its_typed_strengths(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(),
        clinic.register(),
        strengths="15, 30",
        pace_cut="25",
        pace_basis="start",
        slow_below="50",
        slow_cut="12.5",
        slow_basis="start",
        slow_every="1",
        slow_period="months",
    )

    assert (rows["step-1-morning"], rows["step-1-evening"]) == ("45", "45")
    assert rows["step-3-on"] == "1 3 2027", "a month after the first half was left"


def test_a_plan_that_goes_on_counts_percentages_from_where_it_began(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **{**CHOSEN, "counted_from": "240", "morning": "60"}
    )

    assert rows["counted_from"] == "240"
    assert (rows["step-1-morning"], rows["step-1-evening"]) == ("50", "50"), "24 mg, not 12"


# --- Changing drafted steps ------------------------------------------------------------------


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


def test_a_form_offers_only_what_is_stocked_and_keeps_what_was_chosen(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    with clinic.runtime.transactions.begin() as session:
        found = organisations.organisation_of(session, clinic.organisation_id)
        for drug, form in (("codeine", "tablet"), ("morphine", "modified-release tablet")):
            staffing.set_stock(
                session, found, drug, form, stocked=False, now=clinic.runtime.clock.now()
            )

    page = person.get(path_of(patient)).get_data(as_text=True)
    kept = person.post(path_of(patient), **{**ENTERED, **CHOSEN, "pace_cut": "x"})

    assert '"codeine|tablet"' not in page
    assert "morphine|modified-release tablet" not in page
    assert "morphine|modified-release capsule" in page
    assert "morphine|modified-release tablet" in kept.get_data(as_text=True)


def test_what_a_plan_began_with_is_not_taken_for_another_medicines(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in("prescriber")
    first = {**CHOSEN, "morning": "40", "evening": "40"}
    rows = steps_page(person, patient, **first)
    person.post(path_of(patient), **rows, reasons="right", propose="1")
    agree(clinic, versions_of(clinic, patient)[0])
    page = person.get(path_of(patient)).get_data(as_text=True)
    counted = {"counted_from": "80", "counted_in": "80 morphine|modified-release tablet mg"}
    liquid = {
        **first, **counted, "product": "morphine|oral solution 10 mg/5 ml", "morning": "20",
        "evening": "20", "based_on": str(versions_of(clinic, patient)[0].id),
    }  # fmt: skip

    refused = person.post(path_of(patient), **{**ENTERED, **liquid})
    anew = person.post(path_of(patient), **{**ENTERED, **liquid, "counted_from": "40"})
    same = person.post(path_of(patient), **{**ENTERED, **first, **counted})

    assert f'value="{counted["counted_in"]}"' in page
    assert refused.status_code == 422
    assert "This is of another medicine" in words_of(refused)
    assert anew.status_code == same.status_code == 200


# --- Drafts ----------------------------------------------------------------------------------


def hidden_in(page: str) -> dict[str, str]:
    """Return what the patient's page carries of a draft."""
    card = page.split('id="draft"')[1].split("</form>", maxsplit=1)[0]
    boxes = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', card)
    return {name: unescape(value) for name, value in boxes if name != "csrf_token"}


def test_a_draft_is_kept_sealed_gone_on_with_and_gone_when_it_is_proposed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)
    rows |= {"step-1-on": "20 1 2027", "reasons": "half <thought> through"}

    saved = person.post(path_of(patient), **rows, save_draft="1")
    page = person.get(saved.location).get_data(as_text=True)
    again = person.post(path_of(patient), **hidden_in(page))
    after = rows_in(again.get_data(as_text=True))
    other = clinic.signed_in("prescriber").get(f"/patients/{patient.id}")
    person.post(path_of(patient), **after, propose="1", reasons="through")

    assert "Left by Pharmacist Person" in words_of(other)
    assert hidden_in(page)["reasons"] == "half <thought> through"
    assert after["step-1-on"] == "20 1 2027"
    assert versions_of(clinic, patient)[0].number == 1
    assert 'id="draft"' not in person.get(f"/patients/{patient.id}").get_data(as_text=True)


def test_a_newer_draft_takes_the_place_of_the_older_one_and_can_be_thrown_away(
    clinic: Clinic,
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)
    person.post(path_of(patient), **rows, save_draft="1")
    person.post(path_of(patient), **{**rows, "step-1-on": "wrong"}, save_draft="1")
    kept = hidden_in(person.get(f"/patients/{patient.id}").get_data(as_text=True))

    person.post(f"/patients/{patient.id}/plan/discard")
    person.post(f"/patients/{patient.id}/plan/discard")
    page = words_of(person.get(f"/patients/{patient.id}"))
    nurse = words_of(clinic.signed_in("follow-up").get(f"/patients/{patient.id}"))

    assert kept["step-1-on"] == "wrong", "kept as it was typed"
    assert "A draft that is not proposed yet" not in page + nurse
    assert versions_of(clinic, patient) == []


def test_a_draft_is_sealed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)
    person.post(path_of(patient), **rows, save_draft="1")

    with clinic.runtime.transactions.reading() as session:
        draft = plan_drafts.draft_of(session, patient)
        assert draft is not None
        assert plan_drafts.content_of(session, draft)["morning"] == "60"
    assert "dreams" not in draft.content


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
