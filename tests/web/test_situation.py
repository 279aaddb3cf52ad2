"""Asking about risk in the browser, what follows from it, and the list for the specialist team."""

import pytest

from companion.store.patients import Patient
from tests.rigs.clinic import Clinic, open_clinic, words_of
from tests.rigs.plan_pages import CHOSEN, ENTERED, path_of, steps_page

ANSWERS = {
    "use": "over_a_year",
    "risks": ["sedatives", "breathing"],
    "others-0-product": "codeine|tablet",
    "others-0-daily": "60",
    "others-0-as_needed": "y",
}


def path(patient: Patient) -> str:
    return f"/patients/{patient.id}/risk"


def test_what_is_answered_is_shown_with_support_and_the_whole_load(clinic: Clinic) -> None:
    patient, nurse = clinic.register(), clinic.signed_in("follow-up")
    before = words_of(nurse.get(f"/patients/{patient.id}"))

    answer = nurse.post(path(patient), **ANSWERS)
    page = words_of(nurse.get(answer.location))
    again = nurse.get(path(patient)).get_data(as_text=True)

    assert "The questions about risk have not been asked yet." in before
    assert "Local service" in page
    assert "Sleep apnoea or lung disease; Benzodiazepine" in page
    assert "codeine tablet 60 mg as needed" in page
    assert "like 6 mg of oral morphine a day (Opioids Aware" in page
    assert 'value="60"' in again, "the last answers are filled in"


def test_no_load_is_claimed_where_nobody_has_said_what_is_taken(clinic: Clinic) -> None:
    patient, nurse = clinic.register(), clinic.signed_in("follow-up")
    nurse.post(path(patient), use="under_a_year")

    assert "The load of all opioids together is not known." in words_of(
        nurse.get(f"/patients/{patient.id}")
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"use": ""}, "Choose for how long"),
        ({"others-0-daily": ""}, "Enter the amount as a number"),
        ({"others-0-daily": "0"}, "Enter how much is really taken in a day"),
        ({"others-0-product": "cake|slice"}, "Choose a medicine from the list"),
        ({"risks": ["flying"]}, "valid choice"),
    ],
)
def test_answers_that_cannot_be_say_why(
    clinic: Clinic, changes: dict[str, object], says: str
) -> None:
    patient, nurse = clinic.register(), clinic.signed_in("follow-up")

    answer = nurse.post(path(patient), **{**ANSWERS, **changes})

    assert answer.status_code == 422
    assert says in words_of(answer)
    assert "not been asked yet" in words_of(nurse.get(f"/patients/{patient.id}"))


def test_the_list_for_the_specialist_team_names_who_and_why(clinic: Clinic) -> None:
    calm, at_risk = clinic.register(), clinic.register()
    nurse = clinic.signed_in("follow-up")
    empty = words_of(nurse.get("/referrals"))
    nurse.post(path(calm), **ANSWERS)
    nurse.post(path(at_risk), use="under_a_year", risks=["pregnant"])

    page = words_of(nurse.get("/referrals"))
    stranger = open_clinic(clinic.runtime, clinic.app, name="Elsewhere").signed_in()

    assert "Nobody's answers call for it." in empty
    assert "Ada Lane1 Pregnant, or may be" in page
    assert "Ada Lane0" not in page
    assert "Nobody's answers call for it." in words_of(stranger.get("/referrals"))
    assert stranger.get(path(calm)).status_code == 404


def test_a_high_load_must_be_asked_about_before_a_plan_is_proposed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **{**CHOSEN, "morning": "90"})

    refused = person.post(path_of(patient), **rows, reasons="right", propose="1")
    person.post(path(patient), use="over_a_year")
    page = words_of(person.post(path_of(patient), **rows, show="1"))
    answer = person.post(path_of(patient), **rows, reasons="right", propose="1")

    assert refused.status_code == 422
    assert "answer the questions about risk before this version" in words_of(refused)
    assert "Fast for somebody who took opioids for more than a year" in page
    assert answer.status_code == 302


def test_only_a_prescriber_writes_a_plan_that_begins_with_more(clinic: Clinic) -> None:
    patient, pharmacist = clinic.register(), clinic.signed_in()
    prescriber = clinic.signed_in("prescriber")
    first = {**CHOSEN, "morning": "30", "evening": "30"}
    today = clinic.runtime.clock.now().date()
    first |= {
        "starts_on-day": str(today.day),
        "starts_on-month": str(today.month),
        "starts_on-year": str(today.year),
    }
    rows = steps_page(pharmacist, patient, **first)
    pharmacist.post(path_of(patient), **rows, reasons="right", propose="1")
    page = pharmacist.get(f"/patients/{patient.id}").get_data(as_text=True)
    version = page.split("/mark/patient")[0].rsplit("/plans/", 1)[1]
    for side in ("patient", "prescriber"):
        prescriber.post(f"/plans/{version}/mark/{side}", how="yes")

    more = steps_page(pharmacist, patient, **{**first, "morning": "40", "based_on": version})
    refused = pharmacist.post(path_of(patient), **more, reasons="She asked", propose="1")
    shown = prescriber.post(path_of(patient), **{**ENTERED, **first, "morning": "40"})
    answer = prescriber.post(path_of(patient), **more, reasons="Withdrawal", propose="1")
    proposed = words_of(prescriber.get(answer.location))

    assert "a prescriber must write it" in words_of(refused)
    assert "an old dose can kill" in words_of(shown)
    assert answer.status_code == 302
    assert "It begins with more than is taken now." in proposed
    assert "Text a code for agreeing" not in proposed, "it is agreed in person"
