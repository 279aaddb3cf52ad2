"""Versions of a plan: proposed, marked, held, ended; and two people at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Event
from time import sleep

import pytest

from companion.core.agreement import MarkSide, VersionState
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.product import product_from
from companion.core.sending import MessageState
from companion.core.taper import PlanError, Step, dose_on
from companion.core.urgency import Urgency
from companion.services import checking_in, planning, supplying
from companion.services.enrolment import StaleError
from companion.services.planning import PlanDraft
from companion.store import messages, plans, supplies
from companion.store.audit import PATIENT
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.enrolled import Ward


def propose(ward: Ward, patient: Patient, draft: PlanDraft) -> PlanVersion:
    with ward.transactions.begin() as session:
        return planning.propose(session, patient, draft, actor=ward.actor, now=ward.now)


def mark(
    ward: Ward, patient: Patient, version: PlanVersion, side: MarkSide, how: str = "yes"
) -> None:
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        planning.mark(session, patient, found, side, how=how, actor=ward.actor, now=ward.now)


def states(ward: Ward, patient: Patient) -> list[VersionState]:
    with ward.transactions.reading() as session:
        return [v.state for v in plans.versions_of(session, patient)]


def total_now(ward: Ward, patient: Patient) -> Decimal | None:
    with ward.transactions.reading() as session:
        version = plans.agreed_version(session, patient)
        if version is None:
            return None
        holds = plans.binding_holds(session, version)
        doses = dose_on(plans.steps_of(session, version), ward.now.date(), holds)
        return None if doses is None else doses.total


def hold(ward: Ward, patient: Patient) -> None:
    with ward.transactions.begin() as session:
        planning.hold(session, patient, by_text=True, actor=PATIENT, now=ward.now)


def test_what_was_proposed_reads_back_the_same(ward: Ward) -> None:
    patient, draft = ward.register(), ward.draft((14, 50), (28, 0))

    version = propose(ward, patient, draft)

    with ward.transactions.reading() as session:
        assert plans.steps_of(session, version) == tuple(draft.steps)
        assert plans.goal_words_of(session, version) == "To think clearly"
    assert "think" not in version.goal_words
    assert states(ward, patient) == [VersionState.PROPOSED]


@pytest.mark.parametrize("first", list(MarkSide))
def test_a_version_binds_with_the_second_mark(ward: Ward, first: MarkSide) -> None:
    patient = ward.register()
    version = propose(ward, patient, ward.draft((14, 50)))

    mark(ward, patient, version, first)
    one = states(ward, patient)
    mark(ward, patient, version, next(side for side in MarkSide if side is not first))

    assert one == [VersionState.PROPOSED]
    assert states(ward, patient) == [VersionState.AGREED]


def test_two_marks_at_once_bind_all_the_same(ward: Ward) -> None:
    for _ in range(5):
        patient = ward.register()
        version = propose(ward, patient, ward.draft((14, 50)))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda side, v=version, p=patient: mark(ward, p, v, side), MarkSide))

        assert states(ward, patient) == [VersionState.AGREED]


@pytest.mark.parametrize("what", ["propose", "withdraw"])
def test_a_version_that_is_being_agreed_is_not_taken_back_by_who_comes_a_moment_later(
    ward: Ward, what: str
) -> None:
    patient = ward.register()
    version = propose(ward, patient, ward.draft((14, 50)))
    mark(ward, patient, version, MarkSide.PRESCRIBER)
    is_marked = Event()

    def agree() -> None:
        with ward.transactions.begin() as session:
            found = plans.version_of(session, ward.scope, version.id)
            assert found is not None
            planning.mark(
                session, patient, found, MarkSide.PATIENT, how="yes", actor=ward.actor,
                now=ward.now,
            )  # fmt: skip
            is_marked.set()
            sleep(0.3)  # the other one reads what stands before this is kept

    def come_after() -> None:
        is_marked.wait(10)
        if what == "propose":
            propose(ward, patient, ward.draft((14, 40), based_on=version.id))
            return
        with ward.transactions.begin() as session:
            found = plans.version_of(session, ward.scope, version.id)
            assert found is not None
            with pytest.raises(PlanError):
                planning.withdraw(session, patient, found, actor=ward.actor, now=ward.now)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(agree), pool.submit(come_after)]:
            done.result()

    assert states(ward, patient)[-1] is VersionState.AGREED


def test_two_holds_at_once_are_one(ward: Ward) -> None:
    for _ in range(5):
        patient = ward.register()
        version = ward.agree(patient)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _n, p=patient: hold(ward, p), range(3)))

        with ward.transactions.reading() as session:
            assert len(plans.holds_of(session, version.plan_id)) == 1


def test_a_supply_from_before_the_newest_agreement_says_nothing_of_it(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient)
    supplied(ward, patient, 20)
    ward.now += timedelta(minutes=1)
    new = ward.agree(patient, (21, 50), based_on=old.id)

    with ward.transactions.reading() as session:
        assert supplies.supply_for(session, new) is None
    supplied(ward, patient, 20)
    with ward.transactions.reading() as session:
        assert supplies.supply_for(session, new) is not None


def test_a_newer_agreement_ends_the_one_before_and_its_waiting_texts(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient)
    ward.now += timedelta(days=2)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    new = propose(ward, patient, ward.draft((14, 45), based_on=old.id))

    for side in MarkSide:
        mark(ward, patient, new, side)
    ward.send()

    assert states(ward, patient) == [VersionState.AGREED, VersionState.SUPERSEDED]
    with ward.transactions.reading() as session:
        texts = messages.texts_of(session, ward.scope, patient.id, limit=9)
    assert (MessageState.CANCELLED, "The plan changed.") in [(m.state, m.reason) for m in texts]


def test_of_two_proposals_at_once_the_second_is_refused(ward: Ward) -> None:
    patient = ward.register()
    propose(ward, patient, ward.draft((14, 50)))

    with pytest.raises(StaleError):
        propose(ward, patient, ward.draft((14, 40)))

    assert states(ward, patient) == [VersionState.PROPOSED]


def test_a_newer_proposal_takes_the_older_one_back(ward: Ward) -> None:
    patient = ward.register()
    first = propose(ward, patient, ward.draft((14, 50)))

    propose(ward, patient, ward.draft((14, 40), based_on=first.id))

    assert states(ward, patient) == [VersionState.PROPOSED, VersionState.WITHDRAWN]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"medicine": " "}, "medicine"),
        ({"medicine": "x" * 101}, "medicine"),
        ({"prescriber": ""}, "prescriber"),
        ({"goal_words": "x" * 1001}, "goal_words"),
        ({"goal": Decimal(1)}, "goal"),
        ({"unit": DoseUnit.TABLET}, "unit"),
        ({"steps": ()}, "steps"),
    ],
)
def test_a_draft_that_cannot_stand_names_its_field(
    ward: Ward, changes: dict[str, object], field: str
) -> None:
    draft = replace(ward.draft((14, 50)), **changes)  # type: ignore[arg-type]  # a table of fields

    with pytest.raises(PlanError) as raised:
        propose(ward, ward.register(), draft)

    assert raised.value.field == field


def test_a_plan_that_began_long_ago_or_is_reviewed_before_today_is_refused(ward: Ward) -> None:
    patient, draft = ward.register(), ward.draft((14, 50))
    long_ago = replace(draft.steps[0], starts_on=ward.now.date() - timedelta(days=2000))

    for wrong, field in (
        (replace(draft, steps=(long_ago, *draft.steps[1:])), "starts_on"),
        (replace(draft, review_on=ward.now.date() - timedelta(days=1)), "review_on"),
    ):
        with pytest.raises(PlanError) as raised:
            propose(ward, patient, wrong)
        assert raised.value.field == field


@pytest.mark.parametrize("how", ["", "  ", "x" * 1001])
def test_a_mark_says_how(ward: Ward, how: str) -> None:
    patient = ward.register()
    version = propose(ward, patient, ward.draft((14, 50)))

    with pytest.raises(PlanError):
        mark(ward, patient, version, MarkSide.PATIENT, how)


def test_no_side_marks_twice_and_nothing_old_is_marked(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient, ward.draft((14, 50)))
    mark(ward, patient, version, MarkSide.PATIENT)

    with pytest.raises(PlanError, match="stands already"):
        mark(ward, patient, version, MarkSide.PATIENT)
    mark(ward, patient, version, MarkSide.PRESCRIBER)
    with pytest.raises(PlanError, match="no longer"):
        mark(ward, patient, version, MarkSide.PRESCRIBER)


def test_only_what_is_not_agreed_can_be_taken_back(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient, ward.draft((14, 50)))

    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        planning.withdraw(session, patient, found, actor=ward.actor, now=ward.now)
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        with pytest.raises(PlanError):
            planning.withdraw(session, patient, found, actor=ward.actor, now=ward.now)

    assert states(ward, patient) == [VersionState.WITHDRAWN]


def test_a_hold_keeps_the_dose_and_ending_it_releases_nothing(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)
    ward.now += timedelta(days=10)
    hold(ward, patient)
    ward.now += timedelta(days=30)
    held = total_now(ward, patient)

    with ward.transactions.begin() as session:
        planning.end_hold(session, patient, actor=ward.actor, now=ward.now)

    assert held == 60
    assert total_now(ward, patient) == 60


def test_a_new_agreement_ends_the_hold(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient)
    hold(ward, patient)
    ward.now += timedelta(days=30)
    new = propose(ward, patient, ward.draft((7, 50), based_on=old.id))
    for side in MarkSide:
        mark(ward, patient, new, side)
    ward.now += timedelta(days=7)

    assert total_now(ward, patient) == 50
    with ward.transactions.begin() as session, pytest.raises(PlanError):
        planning.end_hold(session, patient, actor=ward.actor, now=ward.now)


def test_a_hold_stands_at_once_however_near_the_next_cut_is(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (1, 50))

    hold(ward, patient)

    assert ward.alerts()["T-14"].level is Urgency.SOON
    with ward.transactions.reading() as session:
        plan = plans.plan_of(session, patient)
        assert plan is not None
        assert plans.open_hold(session, plan.id) is not None


def test_ending_a_hold_that_is_none_is_refused(ward: Ward) -> None:
    patient = ward.register()

    with ward.transactions.begin() as session, pytest.raises(PlanError):
        planning.end_hold(session, patient, actor=ward.actor, now=ward.now)


def test_a_finished_plan_asks_nothing_more(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)

    with ward.transactions.begin() as session:
        planning.finish(session, patient, actor=ward.actor, now=ward.now)
        planning.finish(session, patient, actor=ward.actor, now=ward.now)
    ward.now += timedelta(days=2)

    assert states(ward, patient) == [VersionState.FINISHED]
    assert checking_in.queue_due(ward.transactions, ward.wording, now=ward.now) == 0


# --- Beginning with more, and the supply of a hold ------------------------------------------


def test_a_plan_that_begins_with_more_needs_a_prescriber_and_a_reason(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (14, 50), (28, 40))
    ward.now += timedelta(days=15)
    draft = ward.draft((14, 50), based_on=old.id)

    with pytest.raises(PlanError, match="a prescriber must write it"):
        propose(ward, patient, replace(draft, reasons="She asked"))
    with ward.transactions.begin() as session, pytest.raises(PlanError) as raised:
        planning.propose(session, patient, draft, actor=ward.actor, now=ward.now, may_raise=True)
    with ward.transactions.begin() as session:
        planning.propose(
            session, patient, replace(draft, reasons="Withdrawal"), actor=ward.actor,
            now=ward.now, may_raise=True,
        )  # fmt: skip

    assert raised.value.field == "reasons"


MR = ("morphine", "modified-release tablet", "10 20 60")
LIQUID = ("morphine", "oral solution 10 mg/5 ml", "0.5")


@pytest.mark.parametrize(
    ("old", "new", "amount", "unit", "is_more"),
    [
        (MR, MR, 60, DoseUnit.MILLIGRAM, False),
        (MR, MR, 61, DoseUnit.MILLIGRAM, True),
        (MR, LIQUID, 30, DoseUnit.MILLILITRE, False),  # 60 mg
        (MR, LIQUID, 31, DoseUnit.MILLILITRE, True),
        (MR, ("oxycodone", "tablet", "5 10 20"), 5, DoseUnit.MILLIGRAM, True),
        (MR, None, 60, DoseUnit.MILLIGRAM, False),
        (None, None, 60, DoseUnit.MILLIGRAM, False),
        (None, None, 30, DoseUnit.MILLILITRE, True),
    ],
)
def test_another_form_of_the_same_drug_is_held_against_the_milligrams_of_a_day(
    ward: Ward,
    old: tuple[str, str, str] | None,
    new: tuple[str, str, str] | None,
    amount: int,
    unit: DoseUnit,
    is_more: bool,
) -> None:
    patient = ward.register()
    product = None if old is None else product_from(*old)
    first = propose(ward, patient, replace(ward.draft((14, 50)), product=product))
    for side in MarkSide:
        mark(ward, patient, first, side)
    step = Step(ward.now.date(), DayDoses(unit, {TimeOfDay.MORNING: Decimal(amount)}))
    begins = planning.Beginning("Morphine", None if new is None else product_from(*new), (step,))

    with ward.transactions.reading() as session:
        assert planning.rises(session, patient, begins, ward.now.date()) is is_more


@pytest.mark.parametrize(
    ("drug", "old", "new", "unit", "amount", "is_more"),
    [
        ("morphine", "oral solution 10 mg/5 ml", "oral solution 20 mg/ml", "ml", "6", False),
        ("morphine", "oral solution 10 mg/5 ml", "oral solution 20 mg/ml", "ml", "6.5", True),
        ("co-codamol", "tablet 15/500", "tablet 30/500", "tablet", "30", False),
        ("co-codamol", "tablet 15/500", "tablet 30/500", "tablet", "31", True),
    ],
)
def test_amounts_of_two_concentrations_are_never_compared_as_they_are_written(
    ward: Ward, drug: str, old: str, new: str, unit: str, amount: str, is_more: bool
) -> None:
    patient, counted_in = ward.register(), DoseUnit(unit)
    draft = ward.draft()
    sixty = replace(draft.steps[0], doses=DayDoses(counted_in, {TimeOfDay.MORNING: Decimal(60)}))
    product = product_from(drug, old, "1")
    ours = replace(draft, product=product, unit=counted_in, steps=(sixty,))
    first = propose(ward, patient, ours)
    for side in MarkSide:
        mark(ward, patient, first, side)
    doses = DayDoses(counted_in, {TimeOfDay.MORNING: Decimal(amount)})
    other = planning.Beginning(
        "as labelled", product_from(drug, new, "1"), (replace(sixty, doses=doses),)
    )

    with ward.transactions.reading() as session:
        assert planning.rises(session, patient, other, ward.now.date()) is is_more


def test_a_patch_is_never_held_against_tablets_of_the_same_name(ward: Ward) -> None:
    patient = ward.register()
    tablets = product_from("buprenorphine", "7-day patch", "5 10")
    first = propose(ward, patient, replace(ward.draft((14, 50)), product=tablets))
    for side in MarkSide:
        mark(ward, patient, first, side)
    other = planning.Beginning("another medicine", None, ward.draft().steps)

    with ward.transactions.reading() as session:
        assert planning.rises(session, patient, other, ward.now.date())


def test_a_plan_in_another_unit_counts_as_beginning_with_more(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient)
    draft = ward.draft((14, 50), based_on=old.id)
    steps = tuple(
        replace(step, doses=replace(step.doses, unit=DoseUnit.MILLILITRE)) for step in draft.steps
    )

    with pytest.raises(PlanError, match="a prescriber must write it"):
        propose(ward, patient, replace(draft, steps=steps, unit=DoseUnit.MILLILITRE))


def supplied(ward: Ward, patient: Patient, days: int) -> None:
    with ward.transactions.begin() as session:
        supplying.record_supply(
            session,
            patient,
            issued_on=ward.now.date(),
            lasts_until=ward.now.date() + timedelta(days=days),
            actor=ward.actor,
            now=ward.now,
        )


@pytest.mark.parametrize(
    ("review", "urgency", "words"),
    [
        (None, Urgency.URGENT, "the supply ends on Sat 30 Jan 2027. No review is planned."),
        (27, Urgency.URGENT, "ends on Sat 30 Jan 2027. The review is later, on Sun 31 Jan 2027."),
        (26, Urgency.SOON, "At this dose the supply ends on Sat 30 Jan 2027."),
    ],
)
def test_a_hold_says_when_the_supply_ends_and_hurries_when_that_is_before_the_review(
    ward: Ward, review: int | None, urgency: Urgency, words: str
) -> None:
    patient = ward.register()
    on = None if review is None else ward.now.date() + timedelta(days=review)
    version = propose(ward, patient, replace(ward.draft((24, 50)), review_on=on))
    for side in MarkSide:
        mark(ward, patient, version, side)
    supplied(ward, patient, 27)  # 24 days of 60 mg and four of 50: 27 days of 60

    hold(ward, patient)

    assert ward.alerts()["T-14"].level is urgency
    assert ward.why("T-14").endswith(words)


def test_a_hold_without_a_supply_written_down_says_that_too(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)

    hold(ward, patient)

    assert "How far the supply goes at this dose is not written down: ask." in ward.why("T-14")


@pytest.mark.parametrize("days", [-1, 93])
def test_a_supply_that_cannot_be_is_refused(ward: Ward, days: int) -> None:
    patient = ward.register()
    ward.agree(patient)

    with pytest.raises(PlanError):
        supplied(ward, patient, days)


def test_a_supply_without_a_plan_is_refused(ward: Ward) -> None:
    with pytest.raises(PlanError, match="No agreed plan runs"):
        supplied(ward, ward.register(), 10)
