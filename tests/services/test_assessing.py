"""The questions about risk: kept sealed, asked again with each version while the load is high."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from companion.core.agreement import MarkSide
from companion.core.product import product_from
from companion.core.situation import OtherOpioid, Risk, Situation, Use, other_from
from companion.core.taper import PlanError
from companion.services import asking, assessing, planning
from companion.store import agreeing, plans, situations
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.enrolled import Ward

ABOVE = Decimal(100)
CALM = Situation(Use.UNDER_A_YEAR, frozenset({Risk.SEDATIVES}))


def record(ward: Ward, patient: Patient, situation: Situation = CALM) -> None:
    with ward.transactions.begin() as session:
        assessing.record(session, patient, situation, actor=ward.actor, now=ward.now)


def other(daily: str = "60") -> OtherOpioid:
    found = other_from("codeine", "tablet", Decimal(daily), as_needed=True)
    assert found is not None
    return found


def must_ask(ward: Ward, patient: Patient, tapered: int | None) -> bool:
    with ward.transactions.reading() as session:
        load = None if tapered is None else Decimal(tapered)
        return assessing.must_ask(session, patient, load, ABOVE)


def agree(ward: Ward, patient: Patient, *, known: bool = True) -> PlanVersion:
    """Agree a plan from 60 mg of morphine."""
    product = product_from("morphine", "tablet", "10 20 50") if known else None
    with ward.transactions.begin() as session:
        version = planning.propose(
            session,
            patient,
            replace(ward.draft((14, 50), (28, 40)), product=product),
            actor=ward.actor,
            now=ward.now,
        )
        for side in MarkSide:
            planning.mark(
                session, patient, version, side, how="yes", actor=ward.actor, now=ward.now
            )
    return version


def test_what_was_answered_reads_back_and_is_sealed(ward: Ward) -> None:
    patient = ward.register()
    situation = replace(CALM, others=(other(),))

    record(ward, patient, situation)

    with ward.transactions.reading() as session:
        row = situations.newest_of(session, patient)
        assert row is not None
        assert situations.situation_in(session, row) == situation
        found = assessing.assessed(session, patient)
    assert "sedatives" not in row.answers
    assert found is not None
    assert found.is_fresh


def test_the_newest_answers_count(ward: Ward) -> None:
    patient = ward.register()
    record(ward, patient)
    ward.now += timedelta(days=1)
    record(ward, patient, replace(CALM, risks=frozenset()))

    with ward.transactions.reading() as session:
        found = assessing.assessed(session, patient)
    assert found is not None
    assert found.situation.risks == frozenset()


@pytest.mark.parametrize(
    ("situation", "field"),
    [
        (Situation(None, frozenset()), "use"),
        (replace(CALM, others=(other("0"),)), "others"),
        (replace(CALM, others=(other("10001"),)), "others"),
    ],
)
def test_answers_that_cannot_be_are_refused(ward: Ward, situation: Situation, field: str) -> None:
    patient = ward.register()

    with pytest.raises(PlanError) as raised:
        record(ward, patient, situation)

    assert raised.value.field == field


def test_a_high_load_is_asked_about_before_each_version(ward: Ward) -> None:
    patient = ward.register()
    first = must_ask(ward, patient, 101)
    record(ward, patient)
    then = must_ask(ward, patient, 101)
    ward.now += timedelta(days=1)
    agree(ward, patient)
    again = must_ask(ward, patient, 101)

    assert (first, then, again) == (True, False, True)
    assert not must_ask(ward, patient, 100)
    assert not must_ask(ward, patient, None)


def test_other_opioids_count_into_the_load_that_is_asked_about(ward: Ward) -> None:
    patient = ward.register()
    record(ward, patient, replace(CALM, others=(other("100"),)))
    ward.now += timedelta(days=1)
    agree(ward, patient)

    assert must_ask(ward, patient, 91)
    assert not must_ask(ward, patient, 90)


def test_the_load_is_that_of_todays_dose(ward: Ward) -> None:
    nobody, typed, known = ward.register(), ward.register(), ward.register()
    agree(ward, typed, known=False)
    agree(ward, known)
    ward.now += timedelta(days=15)

    with ward.transactions.reading() as session:
        loads = [assessing.tapered_load(session, p, ward.now) for p in (nobody, typed, known)]
        before = assessing.tapered_load(session, known, ward.now - timedelta(days=90))
    assert loads == [0, None, 50]
    assert before == 60, "before it began it is the dose that it begins with"


def test_the_load_of_a_plan_that_is_only_proposed_is_the_dose_that_it_begins_with(
    ward: Ward,
) -> None:
    patient, product = ward.register(), product_from("morphine", "tablet", "10 20 50")
    with ward.transactions.begin() as session:
        draft = replace(ward.draft((14, 50)), product=product)
        planning.propose(session, patient, draft, actor=ward.actor, now=ward.now)

    with ward.transactions.reading() as session:
        assert assessing.tapered_load(session, patient, ward.now) == 60


def test_one_click_is_not_a_way_round_the_questions(ward: Ward) -> None:
    patient = ward.register()
    version = agree(ward, patient)
    ward.text(patient, "slower")
    with ward.transactions.begin() as session:
        request = agreeing.open_request(session, version.plan_id)
        assert request is not None
        with pytest.raises(PlanError, match="Answer the questions about risk first"):
            asking.propose(
                session, patient, request, based_on=version.id, asked_above=Decimal(59),
                actor=ward.actor, now=ward.now,
            )  # fmt: skip
    record(ward, patient)
    with ward.transactions.begin() as session:
        request = agreeing.open_request(session, version.plan_id)
        assert request is not None
        asking.propose(
            session, patient, request, based_on=version.id, asked_above=Decimal(59),
            actor=ward.actor, now=ward.now,
        )  # fmt: skip
    with ward.transactions.reading() as session:
        assert len(plans.versions_of(session, patient)) == 2
