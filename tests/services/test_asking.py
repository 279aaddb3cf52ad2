"""SLOWER, READY and SAME change nothing: they ask, and a clinician proposes with one click."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from companion.core.agreement import MarkSide, VersionState
from companion.core.pace import Say
from companion.core.taper import PlanError
from companion.core.urgency import Urgency
from companion.services import asking, planning
from companion.services.enrolment import StaleError
from companion.store import agreeing, plans
from companion.store.agreeing import PlanRequest
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.enrolled import Ward


def request_of(ward: Ward, patient: Patient) -> PlanRequest | None:
    with ward.transactions.reading() as session:
        plan = plans.plan_of(session, patient)
        return None if plan is None else agreeing.open_request(session, plan.id)


def propose(ward: Ward, patient: Patient, based_on: PlanVersion) -> PlanVersion:
    with ward.transactions.begin() as session:
        plan = plans.plan_of(session, patient)
        assert plan is not None
        request = agreeing.open_request(session, plan.id)
        assert request is not None
        return asking.propose(
            session,
            patient,
            request,
            based_on=based_on.id,
            asked_above=Decimal(100),
            actor=ward.actor,
            now=ward.now,
        )


def totals(ward: Ward, version: PlanVersion) -> list[tuple[int, int]]:
    with ward.transactions.reading() as session:
        return [
            ((step.starts_on - ward.now.date()).days, int(step.doses.total))
            for step in plans.steps_of(session, version)
        ]


@pytest.mark.parametrize("word", ["slower", "Ready", "SAME", "slower please", "same again"])
def test_a_wish_by_text_is_kept_answered_and_told(ward: Ward, word: str) -> None:
    patient = ward.register()
    agreed = ward.agree(patient)
    before = totals(ward, agreed)
    ward.said()

    ward.text(patient, word)

    request = request_of(ward, patient)
    assert request is not None
    assert request.say == word.split(maxsplit=1)[0].lower()
    assert request.asked_by_text
    (said,) = ward.said()
    assert said.startswith("Thank you for telling us. Nothing changes yet.")
    assert set(ward.alerts()) == {"T-17"}, "and not once more for the same words"
    assert ward.alerts()["T-17"].level is Urgency.SOON
    assert totals(ward, agreed) == before
    with ward.transactions.reading() as session:
        assert len(plans.versions_of(session, patient)) == 1


def test_one_click_proposes_what_was_redrawn_and_both_must_agree(ward: Ward) -> None:
    patient = ward.register()
    agreed = ward.agree(patient, (14, 50), (28, 40))
    ward.now += timedelta(days=15)
    ward.text(patient, "slower")

    version = propose(ward, patient, agreed)

    assert version.state is VersionState.PROPOSED
    assert totals(ward, version) == [(0, 50), (27, 40)]
    assert request_of(ward, patient) is None
    with ward.transactions.reading() as session:
        assert plans.reasons_of(session, version) == ("Redrawn because the patient asked: SLOWER.")
        assert plans.goal_words_of(session, version) == "To think clearly"
        current = plans.agreed_version(session, patient)
    assert current is not None
    assert current.id == agreed.id


@pytest.mark.parametrize(("in_days", "stays"), [(2, False), (3, True)])
def test_a_redrawn_plan_keeps_the_review_unless_that_is_past(
    ward: Ward, in_days: int, *, stays: bool
) -> None:
    patient, review_on = ward.register(), ward.now.date() + timedelta(days=in_days)
    with ward.transactions.begin() as session:
        draft = replace(ward.draft((14, 50), (28, 40)), review_on=review_on)
        agreed = planning.propose(session, patient, draft, actor=ward.actor, now=ward.now)
        for side in MarkSide:
            planning.mark(session, patient, agreed, side, how="yes", actor=ward.actor, now=ward.now)
    ward.now += timedelta(days=3)
    ward.text(patient, "SLOWER")

    proposed = propose(ward, patient, agreed)

    assert proposed.review_on == (review_on if stays else None)


def test_after_a_hold_ready_releases_nothing_by_itself(ward: Ward) -> None:
    patient = ward.register()
    agreed = ward.agree(patient, (14, 50), (28, 40))
    ward.now += timedelta(days=10)
    ward.text(patient, "HOLD")
    ward.now += timedelta(days=60)
    ward.text(patient, "ready")

    version = propose(ward, patient, agreed)

    assert totals(ward, version) == [(0, 60), (7, 50), (21, 40)]


def test_a_newer_wish_takes_the_place_of_the_one_before(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)
    ward.text(patient, "slower")
    ward.text(patient, "ready")

    request = request_of(ward, patient)

    assert request is not None
    assert request.say is Say.READY


def test_a_wish_without_a_plan_is_told_all_the_same(ward: Ward) -> None:
    patient = ward.register()

    ward.text(patient, "slower")

    assert request_of(ward, patient) is None
    assert ward.why("T-17") == "Asked to go slower. No agreed plan runs: call them."


def test_a_wish_that_is_settled_is_settled_once(ward: Ward) -> None:
    patient = ward.register()
    agreed = ward.agree(patient)
    ward.text(patient, "slower")
    request = request_of(ward, patient)
    assert request is not None
    with ward.transactions.begin() as session:
        found = agreeing.request_of(session, ward.scope, request.id)
        assert found is not None
        asking.decline(session, patient, found, actor=ward.actor, now=ward.now)

    assert request_of(ward, patient) is None
    with ward.transactions.begin() as session:
        found = agreeing.request_of(session, ward.scope, request.id)
        assert found is not None
        with pytest.raises(PlanError, match="settled already"):
            asking.decline(session, patient, found, actor=ward.actor, now=ward.now)
        with pytest.raises(PlanError, match="settled already"):
            asking.propose(
                session,
                patient,
                found,
                based_on=agreed.id,
                asked_above=Decimal(100),
                actor=ward.actor,
                now=ward.now,
            )


def test_of_two_clicks_at_once_one_proposes(ward: Ward) -> None:
    patient = ward.register()
    agreed = ward.agree(patient)
    ward.text(patient, "slower")

    def click(_number: int) -> str:
        try:
            propose(ward, patient, agreed)
        except (PlanError, StaleError, AssertionError) as error:
            return type(error).__name__
        return "proposed"

    with ThreadPoolExecutor(3) as pool:
        came = list(pool.map(click, range(3)))

    assert came.count("proposed") == 1
    with ward.transactions.reading() as session:
        assert len(plans.versions_of(session, patient)) == 2


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(ward: Ward) -> None:
    patient = ward.register()
    agreed = ward.agree(patient)
    ward.text(patient, "slower")
    with ward.transactions.begin() as session:
        planning.propose(
            session, patient, ward.draft((14, 55), based_on=agreed.id), actor=ward.actor,
            now=ward.now,
        )  # fmt: skip

    with pytest.raises(StaleError):
        propose(ward, patient, agreed)

    assert request_of(ward, patient) is not None


def test_after_the_last_step_there_is_nothing_to_redraw(ward: Ward) -> None:
    patient = ward.register()
    agreed = ward.agree(patient, (1, 50))
    ward.now += timedelta(days=2)
    ward.text(patient, "slower")

    with pytest.raises(PlanError, match="Nothing of the plan is left"):
        propose(ward, patient, agreed)


def test_wishes_raise_no_dose_and_bind_nobody(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (14, 50), (28, 40))
    for word in ("slower", "ready", "same", "faster", "more please", "60", "slower"):
        ward.text(patient, word)
        ward.now += timedelta(hours=2)

    with ward.transactions.reading() as session:
        (only,) = plans.versions_of(session, patient)
        assert {m.side for m in plans.marks_of(session, only)} == set(MarkSide)


def test_nothing_is_redrawn_of_a_version_that_a_hold_kept_from_beginning(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (30, 50))
    draft = ward.draft((10, 55), (40, 40), based_on=old.id)
    later = replace(draft, steps=draft.steps[1:])
    with ward.transactions.begin() as session:
        coming = planning.propose(session, patient, later, actor=ward.actor, now=ward.now)
        for side in MarkSide:
            planning.mark(session, patient, coming, side, how="yes", actor=ward.actor, now=ward.now)
    ward.now += timedelta(days=2)
    ward.text(patient, "HOLD")
    ward.now += timedelta(days=20)
    ward.text(patient, "READY")

    with pytest.raises(PlanError, match="Nothing of the plan is left to redraw"):
        propose(ward, patient, coming)  # it would begin with 55, and 60 is taken
