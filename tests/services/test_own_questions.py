"""An organisation's own questions: asked at the end, never weighed, kept when taken away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.core.own_question import OwnKind
from companion.core.questions import Question
from companion.services import checking_in, own_questions
from companion.services.own_questions import NewQuestion, OwnQuestionError
from companion.store import check_ins
from companion.store import own_questions as stored
from companion.store.check_ins import CheckInState
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward

STEPS = NewQuestion(
    "Steps",
    OwnKind.NUMBER,
    0,
    50,
    frozenset({"taper"}),
    {"en-GB": "How many times did you go for a walk this week? Reply with a number."},
)
WORDS = replace(
    STEPS, name="Best thing", kind=OwnKind.WORDS, texts={"en-GB": "What was best this week?"}
)


def add(ward: Ward, new: NewQuestion) -> Question:
    with ward.transactions.begin() as session:
        row = own_questions.add(
            session,
            ward.scope.organisation_id,
            new,
            ward.wording,
            user_id=ward.user_id,
            now=ward.now,
        )
        return row.question.slot


def withdraw(ward: Ward, slot: Question) -> None:
    with ward.transactions.begin() as session:
        row = next(r for r in stored.rows_of(session, ward.scope.organisation_id) if r.slot == slot)
        for _twice in range(2):
            assert own_questions.withdraw(
                session, ward.scope.organisation_id, row.id, user_id=ward.user_id, now=ward.now
            )


def asked(ward: Ward) -> Patient:
    patient = ward.register()
    ward.agree(patient, (60, 40))
    ward.ask(days=2)
    return patient


def answer_ours(ward: Ward, patient: Patient) -> None:
    for body in ("4", "1", "8", "0", "0", "0", "8"):
        ward.now += timedelta(minutes=1)
        ward.text(patient, body)
    ward.now += timedelta(minutes=1)


def test_a_number_is_asked_for_last_asked_once_more_and_kept(ward: Ward) -> None:
    slot = add(ward, STEPS)
    patient = asked(ward)
    answer_ours(ward, patient)
    question = ward.said()[-1]
    ward.text(patient, "51")
    again = ward.said()[-1]
    ward.now += timedelta(minutes=1)

    ward.text(patient, "about 12")

    assert question == STEPS.texts["en-GB"]
    assert again == "Sorry, we didn't understand. Please reply with just a number from 0 to 50."
    assert ward.recorded(patient)[slot] == 12
    assert not {"T-01", "T-22"} & ward.alerts().keys()


def test_words_are_for_a_person_and_whatever_is_asked_goes_on(ward: Ward) -> None:
    add(ward, WORDS)
    add(ward, STEPS)
    patient = asked(ward)
    answer_ours(ward, patient)

    ward.text(patient, "my granddaughter read to me")

    assert ward.said()[-1] == STEPS.texts["en-GB"]
    assert "T-10" in ward.alerts()


@pytest.mark.parametrize("answered", [True, False])
def test_what_is_taken_away_meanwhile_ends_the_check_in(ward: Ward, answered: bool) -> None:
    slot = add(ward, STEPS)
    patient = asked(ward)
    if answered:
        answer_ours(ward, patient)
        withdraw(ward, slot)
        ward.text(patient, "7")
    else:
        withdraw(ward, slot)
        answer_ours(ward, patient)

    check_in = ward.check_in(patient)
    assert check_in is not None
    assert (check_in.state, check_in.question) == (CheckInState.DONE, None)
    assert ward.said()[-1].startswith("Thank you.")


def test_a_reminder_repeats_it_in_its_own_words(ward: Ward) -> None:
    add(ward, STEPS)
    patient = asked(ward)
    answer_ours(ward, patient)
    ward.said()
    ward.now += timedelta(hours=25)

    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    ward.send()

    assert STEPS.texts["en-GB"] in ward.said()[-1]


def test_a_late_answer_is_not_taken_for_one_of_their_own(ward: Ward) -> None:
    add(ward, STEPS)
    patient = asked(ward)
    answer_ours(ward, patient)
    ward.now += timedelta(days=4)
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)

    ward.text(patient, "12")

    with ward.transactions.reading() as session:
        assert len(check_ins.answers_of(session, patient)) == 7


def test_who_reads_another_language_is_not_asked(ward: Ward) -> None:
    slot = add(ward, STEPS)
    patient = ward.register()
    with ward.transactions.reading() as session:
        assert own_questions.asked_of(session, patient, "taper") == (slot,)
        assert own_questions.asked_of(session, patient, "hold") == ()
    ward.change(patient, lambda _session, found: setattr(found, "language", "pl"))
    with ward.transactions.reading() as session:
        assert own_questions.asked_of(session, ward.again(patient), "taper") == ()


def test_of_several_only_those_that_were_taken_away_are_left_out(ward: Ward) -> None:
    withdrawn = add(ward, WORDS)
    add(ward, STEPS)
    patient = asked(ward)
    withdraw(ward, withdrawn)

    answer_ours(ward, patient)

    assert ward.said()[-1] == STEPS.texts["en-GB"]


def test_an_open_question_without_words_in_a_new_language_is_repeated_as_it_was(ward: Ward) -> None:
    add(ward, STEPS)
    patient = asked(ward)
    answer_ours(ward, patient)
    ward.change(patient, lambda _session, found: setattr(found, "language", "pl"))
    ward.said()
    ward.now += timedelta(hours=25)

    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    ward.send()

    assert STEPS.texts["en-GB"] in ward.said()[-1]


def test_a_new_language_without_the_question_ends_the_check_in_before_it(ward: Ward) -> None:
    add(ward, STEPS)
    patient = asked(ward)
    ward.change(patient, lambda _session, found: setattr(found, "language", "pl"))

    answer_ours(ward, patient)

    check_in = ward.check_in(patient)
    assert check_in is not None
    assert check_in.state is CheckInState.DONE
    assert ward.said()[-1].startswith("Dziękujemy")


def test_three_at_most_for_answers_must_not_be_mixed_up(ward: Ward) -> None:
    slots = [add(ward, STEPS) for _nth in range(3)]
    withdraw(ward, slots[0])

    with pytest.raises(OwnQuestionError, match="There were three"):
        add(ward, STEPS)
    assert len(set(slots)) == 3


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"name": " "}, "Give it a name"),
        ({"name": "x" * 31}, "Give it a name"),
        ({"low": 5, "high": 5}, "must go up"),
        ({"low": -1}, "must go up"),
        ({"high": 101}, "must go up"),
        ({"protocols": frozenset()}, "when it is asked"),
        ({"protocols": frozenset({"nothing"})}, "when it is asked"),
        ({"texts": {}}, "at least one language"),
        ({"texts": {"en-GB": " "}}, "at least one language"),
        ({"texts": {"xx": "How?"}}, "at least one language"),
        ({"texts": {"en-GB": "How is {day}?"}}, "braces"),
        ({"texts": {"en-GB": "x" * 400}}, "2 segments"),
        ({"texts": {"en-GB": "Reply YES or 2"}}, "carriers act on"),
        ({"texts": {"en-GB": "Did you walk? Take 20mg more"}}, "Leave out medicines"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    ward: Ward, changed: dict[str, object], named: str
) -> None:
    with pytest.raises(OwnQuestionError, match=named):
        add(ward, replace(STEPS, **changed))  # type: ignore[arg-type]  # each of its own kind


def test_nobody_takes_away_what_is_not_theirs(ward: Ward) -> None:
    with ward.transactions.begin() as session:
        assert not own_questions.withdraw(
            session, ward.scope.organisation_id, ward.team_id, user_id=ward.user_id, now=ward.now
        )
