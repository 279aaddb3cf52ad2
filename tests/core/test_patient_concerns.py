"""Concerns that come from the patient's own situation."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.medicines import drug_named
from companion.core.plan_checks import (
    Checked,
    Concern,
    PatientChecked,
    Severity,
    concerns_of,
)
from companion.core.product import Product
from companion.core.situation import EXCLUSIONS, OtherOpioid, Risk, Situation, Use
from companion.core.taper import Step

MONDAY = date(2027, 1, 4)
CALM = PatientChecked(Situation(Use.UNDER_A_YEAR, frozenset()), must_ask=False, rises=False)


def doses(amount: int) -> DayDoses:
    return DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)})


def a_plan(patient: PatientChecked | None, *cuts: tuple[int, int]) -> Checked:
    drug = drug_named("morphine")
    assert drug is not None
    form = drug.form("modified-release tablet")
    assert form is not None
    steps = tuple(
        Step(MONDAY + timedelta(days=day), doses(amount)) for day, amount in cuts or ((28, 90),)
    )
    return Checked(
        drug=drug,
        form=form,
        strengths=form.strengths,
        dispenser=Product(drug, form, form.strengths).dispenser([doses(100)]),
        current=doses(100),
        starts_on=MONDAY,
        steps=steps,
        goal=steps[-1].doses.total,
        draft=None,
        change_from=MONDAY,
        patient=patient,
    )


def raised(plan: Checked) -> dict[str, Concern]:
    return {concern.rule: concern for concern in concerns_of(plan)}


def own(plan: Checked) -> set[str]:
    return {rule for rule in raised(plan) if rule >= "PLAN-17"}


def with_risks(*risks: Risk, use: Use = Use.UNDER_A_YEAR) -> PatientChecked:
    return replace(CALM, situation=Situation(use, frozenset(risks)))


def test_nothing_is_said_of_a_patient_of_whom_nothing_is_known_or_nothing_stands() -> None:
    assert own(a_plan(None, (14, 80))) == set()
    assert own(a_plan(CALM, (14, 80))) == set()
    assert own(a_plan(replace(CALM, situation=None), (14, 80))) == set()


@pytest.mark.parametrize(
    ("cuts", "at"),
    [
        (((28, 90), (56, 80)), None),
        (((14, 95), (28, 90)), None),
        (((27, 90),), 1),
        (((28, 89),), 1),
        (((28, 90), (42, 80)), 2),
    ],
)
def test_after_a_year_more_than_a_tenth_in_four_weeks_is_fast(
    cuts: tuple[tuple[int, int], ...], at: int | None
) -> None:
    plan = a_plan(with_risks(use=Use.OVER_A_YEAR), *cuts)

    found = raised(plan).get("PLAN-17")

    assert (found.step if found else None) == at
    assert "PLAN-17" not in raised(replace(plan, patient=CALM))


def test_sedatives_are_named() -> None:
    assert own(a_plan(with_risks(Risk.SEDATIVES))) == {"PLAN-18"}


@pytest.mark.parametrize("risk", sorted(EXCLUSIONS))
def test_every_exclusion_is_named_with_its_source(risk: Risk) -> None:
    found = raised(a_plan(with_risks(risk)))["PLAN-19"]

    assert found.text.endswith("Not without a specialist.")
    assert "(" in found.text


def test_other_risks_are_no_exclusion() -> None:
    assert own(a_plan(with_risks(*(set(Risk) - EXCLUSIONS - {Risk.SEDATIVES})))) == set()


def test_a_high_load_that_nobody_asked_about_keeps_a_plan_from_being_agreed() -> None:
    found = raised(a_plan(replace(CALM, must_ask=True)))["PLAN-20"]

    assert found.severity is Severity.STOP


def test_other_opioids_are_named_with_the_whole_load() -> None:
    codeine = drug_named("codeine")
    assert codeine is not None
    tablet = codeine.form("tablet")
    assert tablet is not None
    other = OtherOpioid(codeine, tablet, Decimal(60), as_needed=True)
    patient = replace(CALM, situation=Situation(Use.UNDER_A_YEAR, frozenset(), (other,)))

    assert "codeine tablet. All together: about 106 mg" in raised(a_plan(patient))["PLAN-21"].text

    methadone = drug_named("methadone")
    assert methadone is not None
    unknown = replace(other, drug=methadone, form=methadone.forms[0])
    patient = replace(CALM, situation=Situation(Use.UNDER_A_YEAR, frozenset(), (unknown,)))
    assert "All together: not known" in raised(a_plan(patient))["PLAN-21"].text


def test_beginning_with_more_carries_the_warning_of_lost_tolerance() -> None:
    assert "an old dose can kill" in raised(a_plan(replace(CALM, rises=True)))["PLAN-22"].text
