"""Where an answer lands: late, early, doubled, added up, or with a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.core.agreement import MarkSide
from companion.core.people import Pathway
from companion.core.product import Product, product_from
from companion.core.protocols import Often
from companion.core.questions import Question
from companion.core.urgency import Urgency
from companion.services import checking_in, planning
from companion.sms.gateway import Refused
from companion.store import check_ins
from companion.store.check_ins import CheckInState
from companion.store.organisations import Organisation
from companion.store.patients import Patient
from tests.rigs.enrolled import CALM, Ward
from tests.rigs.texted import change_phone


@pytest.fixture
def asked(ward: Ward) -> Patient:
    """A patient on a taper whose first question has just gone out."""
    patient = ward.register()
    ward.agree(patient, (28, 40))
    ask(ward, days=2)
    return patient


@pytest.fixture
def discharged(ward: Ward) -> Patient:
    """A patient after discharge, asked on the fourth day."""
    patient = ward.register(
        pathway=Pathway.DISCHARGE, discharged_on=ward.now.date() - timedelta(days=2)
    )
    ask(ward, days=2)
    return patient


def ask(ward: Ward, *, days: int) -> None:
    ward.ask(days=days)
    ward.said()


def open_question(ward: Ward, patient: Patient) -> Question | None:
    check_in = ward.check_in(patient)
    assert check_in is not None
    return check_in.question


def test_words_go_to_a_person_and_the_question_stays_open(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "my sister is coming over from Leeds")

    assert "The team will read this" in ward.said()[-1]
    assert "T-10" in ward.alerts()
    assert open_question(ward, asked) is Question.PAIN
    ward.text(asked, "6")
    assert ward.recorded(asked) == {Question.PAIN: 6}


def test_the_same_words_a_moment_later_are_no_second_answer(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "3")
    ward.now += timedelta(seconds=5)
    ward.text(asked, " 3 ")

    assert ward.recorded(asked) == {Question.PAIN: 3}
    assert open_question(ward, asked) is Question.USE
    assert ward.said()[-1].startswith("The same text came twice, so please answer this.")
    ward.now += timedelta(minutes=1)
    ward.text(asked, "3")
    assert ward.recorded(asked)[Question.USE] == 3


def test_an_answer_before_its_question_had_gone_out_lands_nowhere(
    ward: Ward, asked: Patient
) -> None:
    ward.gateway.sent.clear()
    ward.text(asked, "3")
    ward.text(asked, "2", received_before=timedelta(seconds=30))

    assert ward.recorded(asked) == {Question.PAIN: 3}
    assert ward.alerts()["T-29"].level is Urgency.SOON


def test_words_before_the_next_question_had_gone_out_are_read_and_answered_as_ever(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "7")
    ward.said()

    ward.text(asked, "they found me on the kitchen floor", received_before=timedelta(seconds=30))

    assert ward.alerts()["T-10"].level is Urgency.URGENT
    assert "T-29" not in ward.alerts()
    assert "The team will read this" in ward.said()[-1]
    assert open_question(ward, asked) is Question.USE


def test_what_answers_another_question_than_the_open_one_is_shown(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "took more than i should have")  # the open question is about pain

    assert "T-10" in ward.alerts()


def test_a_number_and_words_that_came_too_early_are_both_for_a_person(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "7")
    ward.now += timedelta(minutes=1)
    ward.text(asked, "1")

    ward.text(asked, "3, awful night with the dog", received_before=timedelta(seconds=30))

    assert {"T-10", "T-29"} <= ward.alerts().keys()
    assert ward.recorded(asked) == {Question.PAIN: 7, Question.USE: 1}


def remind(ward: Ward) -> None:
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_reminder_makes_no_answer_early(ward: Ward, asked: Patient, is_sent: bool) -> None:
    ward.now += timedelta(days=1)
    remind(ward)
    if is_sent:
        ward.send()

    ward.text(asked, "9", received_before=timedelta(minutes=1))

    assert ward.recorded(asked) == {Question.PAIN: 9}
    assert "T-29" not in ward.alerts()


NEVER_CAME = Refused("30003")


def test_a_question_that_never_came_is_asked_anew_and_takes_no_answer(
    ward: Ward, asked: Patient
) -> None:
    ward.gateway.answer_next(NEVER_CAME)
    ward.now += timedelta(minutes=1)
    ward.text(asked, "3")
    ward.said()
    ward.now += timedelta(minutes=1)

    ward.text(asked, "3")

    assert ward.recorded(asked) == {Question.PAIN: 3}
    assert "T-03" not in ward.alerts()
    [anew] = ward.said()
    assert anew.startswith("Since we last asked, did you take what we agreed?")
    ward.now += timedelta(minutes=1)
    ward.text(asked, "1")
    assert ward.recorded(asked) == {Question.PAIN: 3, Question.USE: 1}


def test_words_while_a_question_never_came_are_read_and_answered(
    ward: Ward, asked: Patient
) -> None:
    ward.gateway.answer_next(NEVER_CAME)
    ward.now += timedelta(minutes=1)
    ward.text(asked, "3")
    ward.said()
    ward.now += timedelta(minutes=1)

    ward.text(asked, "are you still there, my legs are shaking")

    assert "The team will read this" in ward.said()[-1]
    assert "T-10" in ward.alerts()
    assert open_question(ward, asked) is Question.USE


def test_a_reminder_that_came_asks_what_had_never_come(ward: Ward, asked: Patient) -> None:
    ward.gateway.answer_next(NEVER_CAME)
    ward.now += timedelta(minutes=1)
    ward.text(asked, "3")
    ward.now += timedelta(days=1)
    remind(ward)
    ward.send()

    ward.text(asked, "1")

    assert ward.recorded(asked) == {Question.PAIN: 3, Question.USE: 1}


def test_an_answer_while_texts_were_off_lands_nowhere_and_the_open_question_is_taken_after(
    ward: Ward, asked: Patient
) -> None:
    for body in ("STOP", "7", "START", "3"):
        ward.now += timedelta(minutes=1)
        ward.text(asked, body)

    assert ward.recorded(asked) == {Question.PAIN: 3}
    assert "T-03" not in ward.alerts()


def test_who_stops_and_starts_on_one_day_was_not_silent_and_goes_on_where_they_were(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "STOP")
    ward.text(asked, "START")
    ward.now += timedelta(minutes=1)

    assert checking_in.queue_due(ward.transactions, ward.wording, now=ward.now) == 0

    assert "T-11" not in ward.alerts()
    assert open_question(ward, asked) is Question.PAIN
    ward.text(asked, "3")
    assert ward.recorded(asked) == {Question.PAIN: 3}


def test_one_late_answer_is_taken_for_the_next_question_was_never_asked(
    ward: Ward, asked: Patient
) -> None:
    ward.now += timedelta(days=4)
    remind(ward)

    ward.text(asked, "6")
    ward.now += timedelta(minutes=1)
    ward.text(asked, "3")

    assert ward.recorded(asked) == {Question.PAIN: 6}
    assert "T-10" in ward.alerts()


def test_a_late_answer_to_what_never_came_is_for_a_person(ward: Ward, asked: Patient) -> None:
    ward.gateway.answer_next(NEVER_CAME)
    ward.now += timedelta(minutes=1)
    ward.text(asked, "6")
    ward.now += timedelta(days=4)
    remind(ward)

    ward.text(asked, "3")

    assert ward.recorded(asked) == {Question.PAIN: 6}
    assert "T-10" in ward.alerts()


def test_a_late_answer_from_another_phone_than_was_asked_is_for_a_person(
    ward: Ward, asked: Patient
) -> None:
    ward.now += timedelta(days=4)
    remind(ward)
    ward.change(asked, lambda session, p: change_phone(session, p, "+447700900099"))

    ward.text(ward.again(asked), "6")

    assert ward.recorded(asked) == {}
    assert "T-10" in ward.alerts()


def test_an_answer_to_a_check_in_that_has_ended_still_counts(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "5")
    ward.now += timedelta(days=4)
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    check_in = ward.check_in(asked)
    assert check_in is not None
    assert check_in.state is CheckInState.EXPIRED
    ward.said()

    ward.text(asked, "4")

    assert ward.recorded(asked) == {Question.PAIN: 5, Question.USE: 4}
    assert ward.said() == ["Thank you. We've added it to your answers."]
    assert ward.alerts()["T-04"].level is Urgency.URGENT


@pytest.mark.parametrize("late", ["quite bad", "11", "6, was at my sister in Leeds"])
def test_a_late_text_that_is_no_answer_goes_to_a_person(
    ward: Ward, asked: Patient, late: str
) -> None:
    ward.now += timedelta(days=4)
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)

    ward.text(asked, late)

    assert ward.recorded(asked) == {}
    assert "T-10" in ward.alerts()


def test_words_beside_a_late_answer_are_read(ward: Ward, asked: Patient) -> None:
    ward.now += timedelta(days=4)
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)

    ward.text(asked, "6\nfeeling rough")

    assert ward.recorded(asked) == {Question.PAIN: 6}
    assert "T-10" in ward.alerts()


def test_after_a_week_an_answer_is_too_late(ward: Ward, asked: Patient) -> None:
    ward.change(asked, lambda session, patient: checking_in.expire_open(session, patient, ward.now))
    ward.now += timedelta(days=8)

    ward.text(asked, "6")

    assert ward.recorded(asked) == {}
    assert "T-10" in ward.alerts()


def test_a_check_in_that_was_answered_to_the_end_takes_nothing_more(
    ward: Ward, asked: Patient
) -> None:
    ward.answer(asked)
    ward.now += timedelta(minutes=1)
    ward.text(asked, "7")
    assert len(ward.recorded(asked)) == 7
    assert "T-10" in ward.alerts()


def test_an_expired_check_in_with_every_answer_takes_no_late_one(
    ward: Ward, asked: Patient
) -> None:
    ward.answer(asked)

    def expire(_session: object, _patient: Patient) -> None:
        check_in = check_ins.newest_check_in(_session, _patient)  # type: ignore[arg-type]  # a session
        assert check_in is not None
        check_in.state = CheckInState.EXPIRED

    ward.change(asked, expire)
    ward.text(asked, "7")

    assert len(ward.recorded(asked)) == 7


def test_a_sum_is_read_back_before_it_counts(ward: Ward, discharged: Patient) -> None:
    ward.text(discharged, "5")
    ward.text(discharged, "2 am + 1 pm")
    said = ward.said()[-1]
    assert said.startswith("So that makes 3 in the last 24 hours?")
    assert ward.recorded(discharged) == {Question.PAIN: 5}

    ward.text(discharged, "3")

    assert ward.recorded(discharged)[Question.TABLETS] == 3


def test_a_count_far_too_high_is_for_a_person(ward: Ward, discharged: Patient) -> None:
    ward.text(discharged, "5")
    ward.text(discharged, "24")

    assert ward.alerts()["T-22"].level is Urgency.URGENT
    assert ward.recorded(discharged)[Question.TABLETS] == 24


def weaned_on(ward: Ward, patient: Patient, product: Product | None) -> None:
    """Agree 60 of *product* every morning, in the unit it is counted in."""
    draft = ward.draft()
    unit = draft.unit if product is None else product.form.unit
    steps = tuple(replace(step, doses=replace(step.doses, unit=unit)) for step in draft.steps)
    draft = replace(draft, product=product, unit=unit, steps=steps)
    with ward.transactions.begin() as session:
        version = planning.propose(
            session, patient, draft, actor=ward.actor, now=ward.now, may_raise=True
        )
        for side in MarkSide:
            planning.mark(
                session, patient, version, side, how="in clinic", actor=ward.actor, now=ward.now
            )


@pytest.mark.parametrize(
    ("taken", "urgency", "why"),
    [
        ("2", None, ""),
        ("3", Urgency.URGENT, "Says they took 3 in 24 hours; 2 were agreed."),
        ("0", Urgency.SOON, "Says they took none in 24 hours; 2 were agreed."),
        ("9", Urgency.URGENT, "Says they took 9 in 24 hours: ask at once what, and how they are."),
    ],
)
def test_a_count_is_held_against_the_tablets_of_the_agreed_plan(
    ward: Ward, discharged: Patient, taken: str, urgency: Urgency | None, why: str
) -> None:
    weaned_on(ward, discharged, product_from("morphine", "modified-release capsule", "30"))
    ward.text(discharged, "5")
    ward.text(discharged, taken)

    alert = ward.alerts().get("T-22")
    assert (alert and alert.level) == urgency
    assert urgency is None or ward.why("T-22") == why


@pytest.mark.parametrize(
    "product",
    [
        None,
        product_from("morphine", "oral solution 10 mg/5 ml", "1"),
        product_from("morphine", "modified-release capsule", "200"),
    ],
    ids=["as labelled", "not counted", "not to be made"],
)
def test_where_nobody_counts_tablets_only_a_high_count_is_for_a_person(
    ward: Ward, discharged: Patient, product: Product | None
) -> None:
    weaned_on(ward, discharged, product)
    ward.text(discharged, "5")
    ward.text(discharged, "8")

    assert "T-22" not in ward.alerts()
    assert ward.recorded(discharged)[Question.TABLETS] == 8


def test_what_is_left_over_is_asked_after_two_weeks_and_answered_with_where_to_take_it(
    ward: Ward, discharged: Patient
) -> None:
    ward.answer(discharged)
    ask(ward, days=3)
    ward.answer(discharged)
    ask(ward, days=7)
    ward.said()

    ward.answer(discharged, left_over="1")

    assert ward.alerts()["T-28"].level is Urgency.SOON
    assert "back to any pharmacy" in ward.said()[-1]


def test_common_withdrawal_after_a_change_is_explained(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (2, 50), (28, 40))
    ask(ward, days=4)

    ward.answer(patient, withdrawal="2")

    assert "common in the first days after a change" in ward.said()[-1]
    assert "T-20" not in ward.alerts()


def test_low_mood_is_for_the_same_day(ward: Ward, asked: Patient) -> None:
    ward.answer(asked, interest="1", mood="2")

    assert ward.alerts()["T-21"].level is Urgency.URGENT
    assert "Please don't take extra" in ward.said()[-1]


def answer_until(ward: Ward, patient: Patient, last: Question, **given: str) -> None:
    while open_question(ward, patient) is not last:
        ward.now += timedelta(minutes=1)
        question = open_question(ward, patient)
        assert question is not None
        ward.text(patient, given.get(question, CALM[question]))


def test_little_interest_alone_is_told_at_once_when_it_is_low_enough(
    ward: Ward, asked: Patient
) -> None:
    answer_until(ward, asked, Question.MOOD, interest="3")

    assert ward.why("T-21") == "Low mood: at least 3 of 6 on the PHQ-2."


@pytest.mark.parametrize(("days", "told"), [(1, True), (7, True), (8, False)])
def test_low_mood_is_told_when_its_two_items_fall_on_two_days(
    ward: Ward, asked: Patient, days: int, told: bool
) -> None:
    answer_until(ward, asked, Question.MOOD, interest="2")
    assert "T-21" not in ward.alerts()
    ward.now += timedelta(days=days)

    ward.text(asked, "2")

    assert ("T-21" in ward.alerts()) is told


def test_weekly_questions_are_asked_once_a_week(ward: Ward, asked: Patient) -> None:
    ward.answer(asked)
    ask(ward, days=2)
    check_in = ward.check_in(asked)
    assert check_in is not None
    assert check_in.asks == (
        Question.PAIN,
        Question.USE,
        Question.COPING,
        Question.WITHDRAWAL,
    )


@pytest.mark.parametrize(
    ("word", "often", "said"),
    [("OFTEN", Often.OFTEN, "more often"), ("Seldom!", Often.SELDOM, "less often")],
)
def test_a_patient_says_how_often_they_are_asked(
    ward: Ward, asked: Patient, word: str, often: Often, said: str
) -> None:
    ward.text(asked, word)

    assert ward.again(asked).how_often is often
    assert said in ward.said()[-1]


def test_another_language_is_for_the_team(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "LANGUAGE")

    assert ward.alerts()["T-27"].level is Urgency.SOON
    assert "which language" in ward.said()[-1]


def test_hours_are_told_in_the_patients_language(ward: Ward) -> None:
    patient = ward.register(language="pl")
    ward.said()

    ward.text(patient, "czy mogę zapytać o coś?")

    assert "pon.-pt. 09:00-17:00" in ward.said()[-1]


@pytest.mark.parametrize(
    ("nation", "crisis", "call"),
    [
        ("ENG", "press 2", "call 111"),
        ("SCT", "Breathing Space", "call 111"),
        ("NIR", "Lifeline", "out-of-hours"),
    ],
)
def test_the_services_are_those_of_the_patients_nation(
    ward: Ward, asked: Patient, nation: str, crisis: str, call: str
) -> None:
    with ward.transactions.begin() as session:
        session.get_one(Organisation, ward.scope.organisation_id).nation = nation

    ward.text(asked, "i want to die")
    ward.text(asked, "my neighbour has painted the fence")

    in_danger, in_words = ward.said()
    assert crisis in in_danger
    assert call in in_words
    if nation == "NIR":
        assert "111" not in in_danger + in_words
