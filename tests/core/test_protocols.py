"""Which questions are asked, on which days, and what follows an answer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from companion.core.conversation import Asked, advance, question_key
from companion.core.protocols import Protocol, ProtocolError
from companion.core.questions import Question
from companion.core.reading.readings import UNCLEAR, Reading, ReadingKind

ANCHOR = date(2027, 1, 4)
ALL = (Question.PAIN, Question.USE, Question.COPING)
TAPER = Protocol("taper", ALL, (2, 4, 7), 7)


def due_days(protocol: Protocol) -> list[int]:
    return [n for n in range(-3, 30) if protocol.is_due(ANCHOR + timedelta(days=n), ANCHOR)]


def test_days_after_a_cut_are_dense_then_weekly() -> None:
    assert due_days(TAPER) == [2, 4, 7, 14, 21, 28]


def test_a_protocol_may_end() -> None:
    assert due_days(Protocol("post-discharge", ALL, (4, 7), 0)) == [4, 7]


@pytest.mark.parametrize(
    ("questions", "days", "every"),
    [
        ((), (1,), 7),
        ((Question.PAIN, Question.PAIN), (1,), 7),
        (ALL, (), 7),
        (ALL, (4, 2), 7),
        (ALL, (-1, 2), 7),
        (ALL, (1,), -1),
    ],
)
def test_a_protocol_that_cannot_be_followed_is_refused(
    questions: tuple[Question, ...], days: tuple[int, ...], every: int
) -> None:
    with pytest.raises(ProtocolError, match="broken"):
        Protocol("broken", questions, days, every)


def number(value: str, high: str | None = None) -> Reading:
    kind = ReadingKind.NUMBER if high is None else ReadingKind.RANGE
    return Reading(kind, Decimal(value), None if high is None else Decimal(high))


def test_each_answer_leads_to_the_next_question_and_the_last_to_thanks() -> None:
    first = advance(TAPER, Asked(Question.PAIN), number("6"))
    second = advance(TAPER, Asked(Question.USE), number("1"))
    last = advance(TAPER, Asked(Question.COPING), number("7"))

    assert (first.value, first.next, first.say) == (Decimal(6), Asked(Question.USE), "use_question")
    assert second.say == question_key(Question.COPING)
    assert (last.next, last.say) == (None, "thanks")


def test_a_range_counts_as_its_worse_end() -> None:
    assert advance(TAPER, Asked(Question.PAIN), number("6", "7")).value == 7
    assert advance(TAPER, Asked(Question.COPING), number("3", "4")).value == 3


@pytest.mark.parametrize(
    "kind", [UNCLEAR, Reading(ReadingKind.OUT_OF_RANGE), Reading(ReadingKind.YES)]
)
def test_what_is_not_understood_is_asked_once_more_then_goes_to_a_person(kind: Reading) -> None:
    once = advance(TAPER, Asked(Question.USE), kind)
    twice = advance(TAPER, Asked(Question.USE, again=True), kind)

    assert once.next == Asked(Question.USE, again=True)
    assert once.say == "use_again"
    assert not once.given_up
    assert (twice.next, twice.say, twice.given_up) == (None, "not_understood_person", True)


@pytest.mark.parametrize(
    ("question", "value", "fits"),
    [
        (Question.PAIN, "10", True),
        (Question.PAIN, "6.5", True),
        (Question.PAIN, "6.25", False),
        (Question.PAIN, "10.5", False),
        (Question.USE, "0", False),
        (Question.USE, "2.5", False),
        (Question.USE, "4", True),
    ],
)
def test_a_scale_knows_its_numbers(question: Question, value: str, fits: bool) -> None:
    assert question.scale.holds(Decimal(value)) is fits
