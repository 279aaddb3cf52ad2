"""Texts, segments and what they cost: by month, and for one patient."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from companion import ticking
from companion.clock import real_now
from companion.services import receiving
from companion.sms.gateway import Refused
from companion.sms.simulator import SimulatedGateway
from companion.store import patients
from companion.store.patients import Patient
from tests.rigs.clinic import Clinic, open_clinic, words_of


def text_in(clinic: Clinic, patient: Patient, body: str) -> None:
    runtime = clinic.runtime
    with runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    receiving.receive(
        runtime.transactions,
        runtime.wording,
        provider_id=f"SM{body}",
        phone=phone,
        body=body,
        opt_out_type=None,
        now=runtime.clock.now(),
        real_now=real_now(),
    )
    ticking.send_now(runtime)


@pytest.fixture
def priced(clinic: Clinic) -> Clinic:
    """The clinic with a price for each segment."""
    settings = clinic.runtime.settings
    sms = settings.sms.model_copy(update={"segment_price": Decimal("0.0466")})
    runtime = replace(clinic.runtime, settings=settings.model_copy(update={"sms": sms}))
    return open_clinic(runtime, name="Priced")


def test_without_a_price_only_segments_are_shown(clinic: Clinic) -> None:
    text_in(clinic, clinic.register(), "HELP")

    page = words_of(clinic.signed_in().get("/costs"))

    assert "No price is set" in page
    assert "Crisis numbers: 1" in page
    assert "£" not in page


def test_each_month_says_how_many_went_and_what_they_cost(priced: Clinic) -> None:
    patient = priced.register()
    text_in(priced, patient, "HELP")
    priced.runtime.clock.advance(timedelta(days=40))
    text_in(priced, patient, "I want to die")

    page = words_of(priced.signed_in("administrator").get("/costs"))

    assert "One segment costs £0.0466." in page
    months = page.split("What they were")[1].split("Crisis numbers: 1")
    assert len(months) == 3
    assert all("£0." in month for month in months[:2])


def test_what_the_provider_did_not_take_costs_nothing(priced: Clinic) -> None:
    gateway = priced.runtime.gateway
    assert isinstance(gateway, SimulatedGateway)
    gateway.answer_next(Refused("30007"))
    text_in(priced, priced.register(), "HELP")

    page = words_of(priced.signed_in().get("/costs"))

    assert "Crisis numbers" not in page.split("What they were")[1]


def test_a_patients_page_says_what_their_texts_cost(priced: Clinic) -> None:
    patient = priced.register()
    text_in(priced, patient, "HELP")

    page = words_of(priced.signed_in().get(f"/patients/{patient.id}"))

    assert "Sent to the patient so far: 1 text, in 2 segments." in page
    assert "They cost £0." in page
    assert "2 segments (£0.09): " in page
    assert "1 segment: Not sent" in page


def test_another_organisations_texts_are_not_counted(priced: Clinic) -> None:
    other = open_clinic(priced.runtime, priced.app, name="Elsewhere")
    text_in(other, other.register(), "HELP")

    assert "Crisis numbers" not in words_of(priced.signed_in().get("/costs"))
