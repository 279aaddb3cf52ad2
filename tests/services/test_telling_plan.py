"""PLAN by text: the doses as agreed, only where they may be named, and never while unsure."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.medicines import CATALOGUE, Drug, Form, labelled, meant_by
from companion.core.product import Product
from companion.core.urgency import Urgency
from companion.services.telling_plan import amounts_for
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.wording import Wording
from tests.rigs.enrolled import Ward


def asked(ward: Ward, patient: Patient) -> str:
    ward.said()
    ward.text(patient, "PLAN")
    (said,) = ward.said()
    return said


def test_todays_dose_and_the_next_change_are_told(ward: Ward) -> None:
    patient = ward.register(detailed=True)
    ward.agree(patient, (14, 50), (28, 40))

    assert asked(ward, patient) == (
        "Your plan says for today: morning 60 mg. The next change is on Mon 18 Jan."
    )
    ward.now += timedelta(days=40)
    assert asked(ward, patient) == (
        "Your plan says for today: morning 40 mg. No more changes are planned."
    )


def test_on_hold_no_change_is_announced(ward: Ward) -> None:
    patient = ward.register(detailed=True)
    ward.agree(patient, (14, 50), (28, 40))
    ward.text(patient, "HOLD")

    assert asked(ward, patient) == (
        "Your plan says for today: morning 60 mg. "
        "No change will come until we have agreed one with you."
    )


def test_who_did_not_choose_detailed_texts_is_told_no_dose(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)

    assert asked(ward, patient).startswith("Your plan is on the copy that we gave you.")


def test_without_a_plan_that_runs_there_is_none_to_show(ward: Ward) -> None:
    patient = ward.register(detailed=True)

    assert asked(ward, patient).startswith("We can't show you a plan by text.")


def test_while_it_is_unsure_what_is_taken_the_team_calls_and_is_told(ward: Ward) -> None:
    patient = ward.register(detailed=True)
    ward.agree(patient, (14, 50), (28, 40))
    ward.now += timedelta(days=13)
    ward.text(patient, "HELP")
    ward.now += timedelta(days=1)

    said = asked(ward, patient)

    assert said.startswith("Thank you. Someone from the team will call you about your plan")
    assert "mg" not in said
    assert ward.alerts()["T-19"].level is Urgency.URGENT


FORMS = [(drug, form) for drug in CATALOGUE for form in drug.forms]


@pytest.mark.parametrize(("drug", "form"), FORMS, ids=lambda each: each.name.replace(" ", "-"))
def test_every_dose_that_can_be_made_reads_back_to_the_same_dose(
    wording: Wording, drug: Drug, form: Form
) -> None:
    is_patch = form.change_days is not None
    time = TimeOfDay.PATCH if is_patch else TimeOfDay.MORNING
    largest = meant_by(drug, max(form.strengths)) * (1 if is_patch else 4)
    start = DayDoses(form.unit, {time: largest})
    dispenser = Product(drug, form, form.strengths).dispenser([start])
    version = PlanVersion(drug=drug.name, unit=form.unit)
    amount, tried = largest, 0
    while amount > 0:
        said = amounts_for(wording, "en-GB", version, DayDoses(form.unit, {time: amount}))

        assert read_back(said, drug, form.unit) == amount
        amount, tried = dispenser.next_below(amount), tried + 1
    assert tried


def read_back(said: str, drug: Drug, unit: DoseUnit) -> Decimal:
    """Return the amount that a person reads from a text."""
    words = {"mg": "mg", "ml": "ml", "microgram/hour": "microgram/hour", "tablet": r"tablet\(s\)"}
    found = re.fullmatch(rf"(?:morning|patch) (\d+(?:\.\d+)?) {words[unit]}", said)
    assert found is not None, said
    return meant_by(drug, Decimal(found[1]))


def test_a_fentanyl_patch_is_named_as_its_label_names_it() -> None:
    assert labelled("fentanyl", Decimal("12.5")) == "12"
    assert labelled("morphine", Decimal("12.5")) == "12.5"
    assert labelled(None, Decimal("37.50")) == "37.5"
