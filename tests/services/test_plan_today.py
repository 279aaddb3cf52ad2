"""Which version is in force on a day, what has been reduced, and what begins with more."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from companion.core.agreement import MarkSide, VersionState
from companion.core.confirming import Taken
from companion.core.taper import PlanError
from companion.services import checking_in, confirming, planning
from companion.services.plan_today import PlanToday, plan_today
from companion.services.planning import PlanDraft
from companion.store import plans
from companion.store.audit import PATIENT
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.enrolled import Ward


def today(ward: Ward, patient: Patient) -> PlanToday:
    with ward.transactions.reading() as session:
        return plan_today(session, patient, ward.now)


def total(ward: Ward, patient: Patient) -> Decimal | None:
    doses = today(ward, patient).doses
    return None if doses is None else doses.total


def draft_of(ward: Ward, *steps: tuple[int, int], based_on: PlanVersion | None = None) -> PlanDraft:
    """Return a plan whose steps begin so many days from now."""
    draft = ward.draft(*steps, based_on=None if based_on is None else based_on.id)
    return replace(draft, steps=draft.steps[1:], goal=draft.steps[-1].doses.total)


def propose(
    ward: Ward, patient: Patient, draft: PlanDraft, *, may_raise: bool = False
) -> PlanVersion:
    with ward.transactions.begin() as session:
        return planning.propose(
            session, patient, draft, actor=ward.actor, now=ward.now, may_raise=may_raise
        )


def mark(
    ward: Ward, patient: Patient, version: PlanVersion, *sides: MarkSide, may_raise: bool = False
) -> None:
    for side in sides or tuple(MarkSide):
        with ward.transactions.begin() as session:
            found = plans.version_of(session, ward.scope, version.id)
            assert found is not None
            planning.mark(
                session, patient, found, side, how="yes", actor=ward.actor, now=ward.now,
                may_raise=may_raise,
            )  # fmt: skip


def agree(ward: Ward, patient: Patient, draft: PlanDraft) -> PlanVersion:
    version = propose(ward, patient, draft)
    mark(ward, patient, version)
    return version


def hold(ward: Ward, patient: Patient) -> None:
    with ward.transactions.begin() as session:
        planning.hold(session, patient, by_text=True, actor=PATIENT, now=ward.now)


def finish(ward: Ward, patient: Patient) -> None:
    with ward.transactions.begin() as session:
        planning.finish(session, patient, actor=ward.actor, now=ward.now)


def after(ward: Ward, days: int) -> None:
    ward.now += timedelta(days=days)


# --- What is in force ------------------------------------------------------------------------


def test_a_version_agreed_for_later_leaves_the_present_one_in_force(ward: Ward) -> None:
    patient = ward.register(detailed=True)
    old = ward.agree(patient, (3, 50), (28, 40))
    after(ward, 5)
    agree(ward, patient, draft_of(ward, (10, 50), (40, 45), based_on=old))

    assert total(ward, patient) == 50
    ward.text(patient, "PLAN")
    assert ward.said() == [
        "Your plan says for today: morning 50 mg. The next change is on Thu 18 Feb."
    ]
    after(ward, 40)
    assert total(ward, patient) == 45


def test_check_ins_go_on_until_a_version_agreed_for_later_begins(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (3, 50), (28, 40))
    after(ward, 4)
    agree(ward, patient, draft_of(ward, (10, 50), (40, 45), based_on=old))
    ward.said()

    after(ward, 1)
    assert checking_in.queue_due(ward.transactions, ward.wording, now=ward.now) == 1
    ward.send()

    assert len(ward.said()) == 1, "it is about what was agreed last, and may leave"


def test_a_new_agreement_does_not_forget_the_cut_that_just_came(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (14, 50), (28, 40))
    first = today(ward, patient).first_cut_on
    after(ward, 16)
    agree(ward, patient, draft_of(ward, (0, 50), (20, 40), based_on=old))

    plan = today(ward, patient)
    assert plan.in_step_week
    assert plan.last_cut_on == plan.today - timedelta(days=2)
    assert plan.first_cut_on == first, "the usual pain is that from before the first cut of all"


def test_a_hold_while_a_later_version_waits_keeps_the_dose(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (14, 50))
    after(ward, 2)
    agree(ward, patient, draft_of(ward, (9, 55), (20, 30), based_on=old))
    after(ward, 2)
    hold(ward, patient)
    after(ward, 60)

    assert total(ward, patient) == 60
    assert today(ward, patient).next_step is None


def test_what_is_found_to_be_taken_is_of_the_version_in_force(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (5, 50), (28, 40))
    after(ward, 3)
    ward.text(patient, "i took too many, i want to die")
    after(ward, 3)
    agree(ward, patient, draft_of(ward, (10, 50), (40, 45), based_on=old))
    cut_on = today(ward, patient).last_cut_on
    assert cut_on is not None

    with ward.transactions.begin() as session:
        confirming.record_taken(
            session, patient, cut_on, Taken.DOSE_BEFORE, "", actor=ward.actor,
            now=ward.now,
        )  # fmt: skip

    after(ward, 30)
    assert total(ward, patient) == 60


def test_a_hold_binds_in_a_taper_after_one_that_was_finished_on_hold(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (14, 50))
    hold(ward, patient)
    after(ward, 1)
    finish(ward, patient)
    after(ward, 30)
    again = propose(
        ward, patient, replace(ward.draft((14, 50), based_on=old.id), reasons="Back"),
        may_raise=True,
    )  # fmt: skip
    mark(ward, patient, again)
    after(ward, 1)

    hold(ward, patient)
    after(ward, 30)

    assert total(ward, patient) == 60


def test_a_finished_taper_says_nothing_of_the_one_after_it(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (3, 50))
    after(ward, 4)
    finish(ward, patient)

    plan = today(ward, patient)
    assert (plan.agreed, plan.version, plan.doses, plan.steps) == (None, None, None, ())
    assert plan.last_cut_on is None
    assert plan.first_cut_on is None


# --- Beginning with more ---------------------------------------------------------------------


def test_a_version_that_begins_after_the_next_cut_is_held_against_what_is_taken_then(
    ward: Ward,
) -> None:
    patient = ward.register()
    old = ward.agree(patient, (7, 50), (28, 40))

    with pytest.raises(PlanError, match="a prescriber must write it"):
        propose(ward, patient, draft_of(ward, (10, 60), (30, 50), based_on=old))
    propose(ward, patient, draft_of(ward, (10, 50), (30, 40), based_on=old))


def test_a_version_is_held_against_the_one_in_force_while_the_agreed_one_has_not_begun(
    ward: Ward,
) -> None:
    patient = ward.register()
    old = ward.agree(patient, (7, 50), (28, 40))
    after(ward, 8)
    later = agree(ward, patient, draft_of(ward, (10, 50), (40, 45), based_on=old))

    with pytest.raises(PlanError, match="a prescriber must write it"):
        propose(ward, patient, draft_of(ward, (1, 60), based_on=later))


def test_a_first_plan_that_has_not_begun_is_corrected_downwards_by_anybody(ward: Ward) -> None:
    patient = ward.register()
    first = agree(ward, patient, draft_of(ward, (10, 60), (40, 45)))

    with pytest.raises(PlanError, match="a prescriber must write it"):
        propose(ward, patient, draft_of(ward, (1, 61), based_on=first))
    propose(ward, patient, draft_of(ward, (1, 60), based_on=first))


def test_any_plan_after_a_finished_taper_counts_as_a_rise(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (7, 50))
    finish(ward, patient)

    with pytest.raises(PlanError, match="a prescriber must write it"):
        propose(ward, patient, draft_of(ward, (0, 10), based_on=old))


def test_what_was_proposed_ends_with_the_taper(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (7, 50))
    proposed = propose(ward, patient, draft_of(ward, (0, 60), (9, 50), based_on=old))
    finish(ward, patient)

    with pytest.raises(PlanError, match="can no longer be agreed"):
        mark(ward, patient, proposed, MarkSide.PATIENT)


def test_nobody_but_a_prescriber_marks_what_has_become_a_rise(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (2, 50), (28, 40))
    redrawn = propose(ward, patient, draft_of(ward, (0, 60), (30, 50), based_on=old))
    mark(ward, patient, redrawn, MarkSide.PRESCRIBER)
    after(ward, 4)  # the old plan's cut to 50 came meanwhile

    with pytest.raises(PlanError, match="A reduction came since this was written"):
        mark(ward, patient, redrawn, MarkSide.PATIENT)
    assert total(ward, patient) == 50

    mark(ward, patient, redrawn, MarkSide.PATIENT, may_raise=True)
    assert total(ward, patient) == 60


def test_what_a_prescriber_wrote_as_a_rise_is_marked_by_whoever_saw_the_patient(
    ward: Ward,
) -> None:
    patient = ward.register()
    old = ward.agree(patient, (2, 50), (6, 40))
    after(ward, 3)
    draft = replace(draft_of(ward, (0, 60), based_on=old), reasons="Withdrawal")
    raised = propose(ward, patient, draft, may_raise=True)
    after(ward, 1)
    mark(ward, patient, raised, MarkSide.PATIENT)
    after(ward, 3)

    with pytest.raises(PlanError, match="A reduction came since"):
        mark(ward, patient, raised, MarkSide.PRESCRIBER)


def test_a_rise_that_no_reduction_made_is_no_news_to_who_wrote_it(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (2, 50))
    draft = replace(draft_of(ward, (5, 60), based_on=old), reasons="Operation")
    raised = propose(ward, patient, draft, may_raise=True)

    mark(ward, patient, raised)

    with ward.transactions.reading() as session:
        assert plans.bound_of(session, patient)[-1].state is VersionState.AGREED
