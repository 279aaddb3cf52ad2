"""Writing a plan in the browser: pace, steps, picture, marks, holds, and two at once."""

from decimal import Decimal
from uuid import uuid4

import pytest

from companion.core.agreement import VersionState
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.product import product_from
from companion.core.taper import Step
from companion.services import planning
from companion.services.planning import PlanDraft
from companion.store.audit import Actor
from tests.rigs.clinic import Clinic, words_of
from tests.rigs.plan_pages import (
    CHOSEN,
    ENTERED,
    agree,
    path_of,
    propose,
    rows_in,
    steps_page,
    versions_of,
)


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
        ("evening", "6000", "6060 mg a day is more than anybody takes (over 3000)"),
        ("starts_on-year", "2020", "This is more than a year ago: look at the year again"),
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


def test_a_review_that_is_past_is_refused(clinic: Clinic) -> None:
    patient = clinic.register()
    review = {"review_on-day": "1", "review_on-month": "2", "review_on-year": "2025"}

    answer = clinic.signed_in().post(path_of(patient), **{**ENTERED, **review})

    assert answer.status_code == 422
    assert "The next review cannot be before today" in words_of(answer)


def test_what_is_taken_now_and_cannot_be_made_is_never_proposed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **{**CHOSEN, "morning": "61"})

    answer = person.post(path_of(patient), **rows, propose="1", reasons="She wants it")

    assert "Change what cannot be agreed first" in words_of(answer)
    assert "What is taken now: 61 mg (morning) cannot be made" in words_of(answer)
    assert versions_of(clinic, patient) == []


def test_whoever_marks_sees_all_that_the_writer_was_shown(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    person.post(f"/patients/{patient.id}/risk", use="over_a_year", risks=["pregnant", "sedatives"])
    rows = steps_page(person, patient, **{**CHOSEN, "pace_cut": "30"})
    written = words_of(person.post(path_of(patient), **rows))
    person.post(path_of(patient), **rows, propose="1", reasons="In hospital")

    page = clinic.signed_in("prescriber").get(f"/patients/{patient.id}")
    card = words_of(page).split("Proposed, waiting for agreement")[1].split("How do you agree?")[0]

    for rule in ("PLAN-07", "PLAN-08", "PLAN-13", "PLAN-17", "PLAN-18", "PLAN-19"):
        assert written.count(rule) == card.count(rule) > 0, rule
    assert "Risks that were ticked: Pregnant" in card
    assert "1 × 60" in card, "what each step is made of"
    assert 'role="img"' in page.get_data(as_text=True).split('id="proposed"')[1]


def test_a_medicine_that_is_in_no_list_was_checked_by_nobody(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    propose(person, patient)

    assert "nothing about these steps was checked" in words_of(
        person.get(f"/patients/{patient.id}")
    )


def test_strengths_far_too_small_for_the_dose_do_not_keep_the_page_from_opening(
    clinic: Clinic,
) -> None:
    patient, now = clinic.register(), clinic.runtime.clock.now()
    product = product_from("morphine", "oral solution 10 mg/5 ml", "0.001")
    step = Step(now.date(), DayDoses(DoseUnit.MILLILITRE, {TimeOfDay.MORNING: Decimal(900)}))
    with clinic.runtime.transactions.begin() as session:
        planning.propose(
            session, patient,
            PlanDraft(
                "morphine", DoseUnit.MILLILITRE, (step,), Decimal(900), "", "Dr A",
                product=product,
            ),
            actor=Actor.user(clinic.pharmacist_id), now=now,
        )  # fmt: skip

    page = clinic.signed_in().get(f"/patients/{patient.id}")

    assert page.status_code == 200
    assert "Proposed steps" in words_of(page)


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
