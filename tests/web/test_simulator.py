"""The demonstration's phone and clock, and their absence everywhere else."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from companion.core.people import Pathway
from companion.store.database import Transactions
from companion.wording import Wording
from tests.rigs.clinic import Clinic, open_clinic, runtime_for, words_of


def test_a_phone_shows_what_came_and_answers_at_once(clinic: Clinic) -> None:
    patient = clinic.register(confirmed=False)
    visitor = clinic.visitor()

    visitor.post("/clock", by="hour", back="/phone")
    answer = visitor.post(f"/phone/{patient.id}", body="1")
    page = words_of(visitor.get(answer.location.split("#")[0]))

    assert "Ada Lane0" in words_of(visitor.get("/phone"))
    assert "Hello from the Riverside team" in page
    assert "Thank you. We'll text you to ask how you are" in page


def test_an_empty_text_is_not_sent(clinic: Clinic) -> None:
    patient, visitor = clinic.register(), clinic.visitor()

    answer = visitor.post(f"/phone/{patient.id}", body="  ")

    assert "Write something first" in words_of(visitor.get(answer.location.split("#")[0]))


def test_a_phone_that_nobody_has_is_not_found(clinic: Clinic) -> None:
    visitor = clinic.visitor()

    assert visitor.get(f"/phone/{uuid4()}").status_code == 404
    assert visitor.post(f"/phone/{uuid4()}", body="1").status_code == 404


@pytest.mark.parametrize(("by", "hours"), [("hour", 1), ("day", 24), ("next", 24)])
def test_the_clock_is_wound_forward(clinic: Clinic, by: str, hours: int) -> None:
    before = clinic.runtime.clock.now()

    clinic.visitor().post("/clock", by=by)

    gone = clinic.runtime.clock.now() - before
    assert timedelta(hours=hours) <= gone < timedelta(hours=hours, minutes=5)


def test_winding_to_what_comes_next_makes_it_happen(clinic: Clinic) -> None:
    three_days_ago = clinic.runtime.clock.now().date() - timedelta(days=3)
    patient = clinic.register(pathway=Pathway.DISCHARGE, discharged_on=three_days_ago)
    visitor = clinic.visitor()

    visitor.post("/clock", by="next")

    assert "how bad is your pain now" in words_of(visitor.get(f"/phone/{patient.id}"))
    assert f"{clinic.runtime.clock.now():%H:%M}" == "09:00"


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_a_button_never_leads_to_another_site(clinic: Clinic, back: str) -> None:
    assert clinic.visitor().post("/clock", by="hour", back=back).location == "/"


def test_outside_a_demonstration_neither_phone_nor_clock_exists(
    sqlite: Transactions, wording: Wording
) -> None:
    clinic = open_clinic(runtime_for(sqlite, wording, mode="test"))
    person = clinic.signed_in()

    assert person.get("/phone").status_code == 404
    assert person.post("/clock", by="hour").status_code == 404
    assert not re.search("Demonstration", words_of(person.get("/")))


def test_any_other_number_can_text_too(clinic: Clinic) -> None:
    visitor = clinic.visitor()

    answer = visitor.post("/phone", phone="07700 900123", body="who are you?")

    assert answer.status_code == 302
    assert "No patient" in words_of(clinic.signed_in("follow-up").get("/"))


@pytest.mark.parametrize(
    ("phone", "body", "words"),
    [
        ("", "hello", "Enter a mobile number"),
        ("seven", "hello", "Enter a mobile number"),
        ("07700 900123", "", "Write something first"),
    ],
)
def test_a_text_that_cannot_be_sent_is_kept_to_be_mended(
    clinic: Clinic, phone: str, body: str, words: str
) -> None:
    answer = clinic.visitor().post("/phone", phone=phone, body=body)

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert f'value="{body or phone}"' in answer.get_data(as_text=True)


def test_answers_of_two_check_ins_stand_on_the_patients_page_as_table_and_picture(
    clinic: Clinic,
) -> None:
    three_days_ago = clinic.runtime.clock.now().date() - timedelta(days=3)
    patient = clinic.register(pathway=Pathway.DISCHARGE, discharged_on=three_days_ago)
    visitor = clinic.visitor()
    for winds, pain in ((["next"], "6"), (["day", "day", "day"], "6.5")):
        for by in winds:
            visitor.post("/clock", by=by)
        for body in (pain, "2", "7"):
            visitor.post(f"/phone/{patient.id}", body=body)

    page = clinic.signed_in("follow-up").get(f"/patients/{patient.id}")

    assert "6.5 2 7" in words_of(page)
    assert "tc-chart__score--pain" in page.get_data(as_text=True)
