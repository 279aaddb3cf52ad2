"""PLAN by text: the doses as agreed, only where they may be named, and never while unsure."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.medicines import CATALOGUE, Drug, Form, labelled, meant_by
from companion.core.product import Product
from companion.core.triage import help_finding
from companion.core.urgency import Urgency
from companion.services import planning
from companion.services.alerting import tell_about
from companion.services.telling_plan import amounts_for
from companion.sms.gateway import TryLater
from companion.store.audit import PATIENT
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


def night_passes(ward: Ward, _patient: Patient, _version: PlanVersion) -> None:
    ward.now = ward.now.replace(hour=0, minute=30) + timedelta(days=1)


def patient_holds(ward: Ward, patient: Patient, _version: PlanVersion) -> None:
    ward.change(
        patient,
        lambda session, one: planning.hold(session, one, by_text=True, actor=PATIENT, now=ward.now),
    )


def plan_is_agreed_anew(ward: Ward, patient: Patient, version: PlanVersion) -> None:
    ward.agree(patient, (7, 55), based_on=version.id)


def patient_wants_no_details(ward: Ward, patient: Patient, _version: PlanVersion) -> None:
    ward.change(patient, lambda _session, one: setattr(one, "detailed", False))


def patient_may_have_struggled(ward: Ward, patient: Patient, _version: PlanVersion) -> None:
    ward.change(
        patient,
        lambda session, one: tell_about(session, one, help_finding(), now=ward.now),
    )


@pytest.mark.parametrize(
    "happens",
    [
        night_passes,
        patient_holds,
        plan_is_agreed_anew,
        patient_wants_no_details,
        patient_may_have_struggled,
    ],
)
def test_a_dose_that_waited_while_something_changed_is_not_told_but_a_person_is(
    ward: Ward, happens: Callable[[Ward, Patient, PlanVersion], None]
) -> None:
    ward.now = ward.now.replace(hour=22)
    patient = ward.register(detailed=True)
    version = ward.agree(patient, (1, 50))
    ward.send()
    ward.gateway.answer_next(TryLater(60))
    ward.text(patient, "PLAN")
    ward.said()

    ward.now += timedelta(minutes=90)
    happens(ward, patient, version)
    ward.send()

    assert not any("Your plan says" in said for said in ward.said())
    assert "U-03" in ward.alerts()


def test_a_dose_that_waited_for_a_moment_is_told(ward: Ward) -> None:
    patient = ward.register(detailed=True)
    ward.agree(patient, (14, 50))
    ward.send()
    ward.gateway.answer_next(TryLater(60))
    ward.text(patient, "PLAN")
    ward.said()

    ward.now += timedelta(minutes=5)
    ward.send()

    assert "Your plan says for today: morning 60 mg" in ward.said()[-1]
