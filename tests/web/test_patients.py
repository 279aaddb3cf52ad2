"""Registering somebody, finding them, their page, and what can be done there."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest

from companion.core.people import PatientStatus
from companion.services import enrolment
from companion.store import audit, patients
from companion.store.audit import PATIENT
from companion.store.database import Scope, Transactions
from companion.store.patients import Patient
from companion.web.forms import DAY_PARTS
from companion.wording import Wording
from tests.rigs.clinic import Clinic, open_clinic, runtime_for, words_of

ENTERED = {
    "first_name": "Nora",
    "last_name": "Field",
    "born_on-day": "27",
    "born_on-month": "3",
    "born_on-year": "1962",
    "nhs_number": "999 000 0093",
    "phone": "07700 900099",
    "address": "2 Mill Lane",
    "emergency_contact": "A brother, 01632 960112",
    "safe_from": "09:00",
    "safe_until": "19:00",
    "check_in_at": "10:00",
    "language": "en-GB",
    "pathway": "taper",
    "baseline_pain": "6",
    "consent_asked_by": "Priya Shah",
    "consent_how": "in clinic",
    "consent_asked_on-day": "1",
    "consent_asked_on-month": "9",
    "consent_asked_on-year": "2026",
}


def entered(clinic: Clinic, **changes: str) -> dict[str, str]:
    return {**ENTERED, "team_id": str(min(clinic.scope.team_ids)), **changes}


def patient_again(clinic: Clinic, patient: Patient) -> Patient:
    with clinic.runtime.transactions.reading() as session:
        found = patients.patient_of(session, clinic.scope, patient.id)
        assert found is not None
        return found


def actions_about(clinic: Clinic, patient: Patient) -> list[str]:
    with clinic.runtime.transactions.reading() as session:
        return [e.action for e in audit.entries_about(session, clinic.scope, patient.id)]


def test_who_is_registered_has_a_page_and_is_texted(clinic: Clinic) -> None:
    person = clinic.signed_in()

    answer = person.post("/patients/register", **entered(clinic))
    page = words_of(person.get(answer.location))

    assert answer.status_code == 302
    assert "Nora Field" in page
    assert "Waiting for the phone to be confirmed" in page
    assert "Hello from the Riverside team" in page
    assert "999 000 0093" in page
    assert "Language English" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("first_name", "", "Enter the first name"),
        ("last_name", "", "Enter the last name"),
        ("born_on-month", "13", "Enter a real date"),
        ("born_on-year", "2090", "The date of birth must be in the past"),
        ("nhs_number", "", "Enter the NHS number"),
        ("nhs_number", "999 000 0094", "one of the digits is wrong"),
        ("nhs_number", "12", "An NHS number has 10 digits"),
        ("phone", "", "Enter a mobile number"),
        ("phone", "hello", "Enter a mobile number"),
        ("phone", "020 7946 0000", "This is not a mobile number"),
        ("address", "", "Enter the address"),
        ("emergency_contact", "", "Enter the emergency contact"),
        ("safe_from", "6am", "Enter a time"),
        ("safe_from", "05:00", "Texts cannot come before 07:00"),
        ("safe_until", "23:00", "Texts cannot come after 21:00"),
        ("safe_until", "09:10", "at least half an hour in which texts may come"),
        ("check_in_at", "18:59", "at least half an hour before the safe time ends"),
        ("language", "xx", "Not a valid choice"),
        ("pathway", "x", "Not a valid choice"),
        ("pathway", "discharge", "Enter the day of discharge"),
        ("baseline_pain", "11", "Enter a number from 0 to 10"),
        ("baseline_pain", "lots", "Enter a number from 0 to 10"),
        ("consent_asked_by", "", "Enter who asked"),
        ("consent_how", "", "Enter how consent was given"),
        ("consent_asked_on-year", "2090", "Consent cannot be given in the future"),
        ("consent_asked_on-year", "", "Enter a real date"),
    ],
)
def test_what_cannot_stand_is_named_and_nothing_is_lost(
    clinic: Clinic, field: str, value: str, words: str
) -> None:
    person = clinic.signed_in()

    answer = person.post("/patients/register", **entered(clinic, **{field: value}))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert words in words_of(answer)
    assert "Priya Shah" in page or field == "consent_asked_by"
    assert "Error:" in page
    assert words_of(person.get("/patients/")).count("Field") == 0


def test_every_fault_of_a_form_is_told_at_once(clinic: Clinic) -> None:
    answer = clinic.signed_in().post(
        "/patients/register", **entered(clinic, phone="1", nhs_number="2", safe_from="05:00")
    )

    page = words_of(answer)
    assert "Enter a mobile number" in page
    assert "An NHS number has 10 digits" in page
    assert "Texts cannot come before 07:00" in page


def test_links_in_the_summary_lead_to_boxes_that_exist(clinic: Clinic) -> None:
    answer = clinic.signed_in().post("/patients/register")

    page = answer.get_data(as_text=True)
    summary = page[page.index("nhsuk-error-summary__list") :]
    links = re.findall(r'href="#([^"]+)"', summary[: summary.index("</ul>")])
    assert links
    assert all(f'id="{link}"' in page for link in links)


def test_nobody_is_registered_twice(clinic: Clinic) -> None:
    person = clinic.signed_in()
    person.post("/patients/register", **entered(clinic))

    again = person.post("/patients/register", **entered(clinic, phone="07700 900098"))

    assert again.status_code == 422
    assert "A patient with this NHS number is registered" in words_of(again)


def test_a_phone_is_one_patients_alone(clinic: Clinic) -> None:
    person = clinic.signed_in()
    person.post("/patients/register", **entered(clinic))

    again = person.post("/patients/register", **entered(clinic, nhs_number="9990000077"))

    assert "Another patient has this number" in words_of(again)


@pytest.mark.parametrize(
    "query",
    [
        "nhs_number=9990000018",
        "nhs_number=999+000+0018",
        "last_name=lane0&born_on-day=2&born_on-month=1&born_on-year=1960",
    ],
)
def test_a_patient_is_found_by_what_people_know(clinic: Clinic, query: str) -> None:
    clinic.register()
    clinic.register()

    page = words_of(clinic.signed_in().get(f"/patients/?{query}"))

    assert "Ada Lane0" in page
    assert "Ada Lane1" not in page


def test_a_patient_is_found_by_phone_in_any_spelling(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient).replace("+44", "0")

    page = words_of(clinic.signed_in().get(f"/patients/?phone={phone[:5]}+{phone[5:]}"))

    assert "Ada Lane0" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("nhs_number=1", "An NHS number has 10 digits"),
        ("phone=x", "Enter a mobile number"),
        ("last_name=Lane0", "Enter the last name and the full date of birth"),
        ("nhs_number=9990000085", "Nobody was found"),
    ],
)
def test_a_search_that_finds_nobody_says_why(clinic: Clinic, query: str, words: str) -> None:
    clinic.register()

    page = words_of(clinic.signed_in().get(f"/patients/?{query}"))

    assert words in page
    assert "Ada Lane0" not in page


def test_looking_at_a_patient_is_recorded(clinic: Clinic) -> None:
    patient = clinic.register()

    clinic.signed_in().get(f"/patients/{patient.id}")

    assert "patient viewed" in actions_about(clinic, patient)


def test_the_number_is_hidden_until_somebody_asks_and_that_is_recorded(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    local = f"0{phone[3:7]} {phone[7:]}"

    hidden = words_of(person.get(f"/patients/{patient.id}"))
    shown = words_of(person.post(f"/patients/{patient.id}/phone-shown"))

    assert local not in hidden
    assert local in shown
    assert "phone number shown" in actions_about(clinic, patient)


def details_of(page: str) -> dict[str, Any]:
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page)
    return {**fields, **dict(areas), "language": "en-GB"}


def test_details_are_changed(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in()
    path = f"/patients/{patient.id}/details"
    fields = details_of(person.get(path).get_data(as_text=True))

    answer = person.post(path, **{**fields, "address": "9 New Road", "check_in_at": "11:30"})
    page = words_of(person.get(f"/patients/{patient.id}"))

    assert answer.status_code == 302
    assert "9 New Road" in page
    assert "11:30" in page


def test_a_change_made_on_an_old_page_is_refused(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in()
    path = f"/patients/{patient.id}/details"
    fields = details_of(person.get(path).get_data(as_text=True))
    person.post(path, **{**fields, "address": "9 New Road"})

    answer = person.post(path, **{**fields, "address": "8 Old Road"})

    assert answer.status_code == 422
    assert "Somebody else has changed this patient" in words_of(answer)
    assert "8 Old Road" in answer.get_data(as_text=True)
    assert "9 New Road" in words_of(person.get(f"/patients/{patient.id}"))


def test_details_that_cannot_stand_are_named(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in()
    path = f"/patients/{patient.id}/details"
    fields = details_of(person.get(path).get_data(as_text=True))

    answer = person.post(path, **{**fields, "safe_until": "22:00", "based_on": fields["based_on"]})

    assert answer.status_code == 422
    assert "Texts cannot come after 21:00" in words_of(answer)


def test_a_new_number_begins_the_handshake_anew(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in()
    path = f"/patients/{patient.id}/phone"
    based_on = details_of(person.get(path).get_data(as_text=True))["based_on"]

    answer = person.post(path, phone="07700 900097", based_on=based_on)

    assert answer.status_code == 302
    assert patient_again(clinic, patient).status is PatientStatus.AWAITING_HANDSHAKE


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "x", "based_on": "1"}, "Enter a mobile number"),
        ({"phone": "07700 900097", "based_on": "0"}, "Somebody else has changed this patient"),
        ({"phone": "07700 900097", "based_on": "²"}, "Somebody else has changed this patient"),
    ],
)
def test_a_number_that_cannot_be_taken_changes_nothing(
    clinic: Clinic, fields: dict[str, str], words: str
) -> None:
    patient = clinic.register()

    answer = clinic.signed_in().post(f"/patients/{patient.id}/phone", **fields)

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert patient_again(clinic, patient).phone_version == 1


def test_texts_are_stopped_and_started_again(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in("follow-up")

    person.post(f"/patients/{patient.id}/pause", reason="asked")
    stopped = patient_again(clinic, patient).status
    person.post(f"/patients/{patient.id}/resume")

    assert stopped is PatientStatus.PAUSED
    assert patient_again(clinic, patient).status is PatientStatus.ACTIVE


def test_who_opted_out_is_not_texted_again_by_staff(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.begin() as session:
        patients.locked(session, patient.id).opted_out_at = clinic.runtime.clock.now()
    person = clinic.signed_in()
    person.post(f"/patients/{patient.id}/pause", reason="asked")

    answer = person.post(f"/patients/{patient.id}/resume")

    assert "The patient texted STOP" in words_of(person.get(answer.location))
    assert patient_again(clinic, patient).status is PatientStatus.PAUSED


def test_a_finished_patient_is_off_the_texts(clinic: Clinic) -> None:
    patient = clinic.register()
    person = clinic.signed_in()

    person.post(f"/patients/{patient.id}/finish")

    assert patient_again(clinic, patient).status is PatientStatus.FINISHED
    assert "Finished" in words_of(person.get("/patients/"))


def test_a_team_sees_only_its_own_patients(clinic: Clinic) -> None:
    patient = clinic.register()
    other_team = Scope(clinic.organisation_id, frozenset())

    with clinic.runtime.transactions.reading() as session:
        assert patients.patient_of(session, other_team, patient.id) is None


def test_texts_are_not_stopped_without_saying_why(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    page = person.get(f"/patients/{patient.id}/pause")

    answer = person.post(f"/patients/{patient.id}/pause")
    forged = person.post(f"/patients/{patient.id}/pause", reason="bored")

    assert "They are in hospital or a hospice" in words_of(page)
    assert answer.status_code == forged.status_code == 422
    assert "Choose why" in words_of(answer)
    assert "Start texts again" not in words_of(person.get(f"/patients/{patient.id}"))


def test_whoever_has_died_stands_on_today_and_gets_no_more_texts(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()

    person.post(f"/patients/{patient.id}/pause", reason="died")

    assert "the patient has died" in words_of(person.get("/"))
    assert "Start texts again" not in words_of(person.get(f"/patients/{patient.id}"))


def test_a_number_given_while_the_old_one_is_confirmed_is_not_confirmed_with_it(
    postgresql: Transactions, wording: Wording
) -> None:
    clinic = open_clinic(runtime_for(postgresql, wording))
    patient, nurse = clinic.register(confirmed=False), clinic.signed_in()
    page = f"/patients/{patient.id}/phone"

    with ThreadPoolExecutor(1) as pool:
        with clinic.runtime.transactions.begin() as session:
            confirmed = patients.locked(session, patient.id)
            enrolment.confirm_handshake(
                session, confirmed, actor=PATIENT, now=patient.registered_at
            )
            session.flush()
            posting = pool.submit(nurse.post, page, phone="07700 900123", based_on="1")
            time.sleep(1)  # long enough for the page to have read the patient
        answer = posting.result()

    with clinic.runtime.transactions.reading() as session:
        found = patients.patient_by_id_everywhere(session, patient.id)
        assert answer.status_code == HTTPStatus.FOUND
        assert patients.phone_of(session, found) == "+447700900123"
        assert found.status is PatientStatus.AWAITING_HANDSHAKE
        assert found.handshake_confirmed_at is None


def test_a_fault_of_one_box_of_many_says_which(clinic: Clinic) -> None:
    left_out = {
        f"{name}-{part}": "" for name in ("born_on", "consent_asked_on") for part in DAY_PARTS
    }

    page = words_of(
        clinic.signed_in().post(
            "/patients/register",
            **entered(clinic, **left_out, safe_from="early", baseline_pain="lots"),
        )
    )

    assert "Enter the date (Date of birth)" in page
    assert "Enter the date (When was consent given?)" in page
    assert "Enter a time, like 09:00 (Texts may come from)" in page
    assert "Enter a number from 0 to 10 (Pain now, from 0 (none) to 10 (worst))" in page
