"""What was asked, what was answered, what to ask next: a function of state and reading.

One question is open at a time. A reply that is not understood is asked once more, with
an example; a second one goes to a person and ends the check-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from companion.core.questions import GOOD_WHEN_HIGH, Question
from companion.core.reading.readings import Care, Reading, ReadingKind


@dataclass(frozen=True, slots=True)
class Asked:
    """The question now open, and whether it was already asked once more."""

    question: Question
    again: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What a reply brings about.

    *value* is the answer that was understood, if one was; of a range, the worse end.
    *next* is the question to ask now; None closes the check-in. *say* is the key of the
    text to send.
    """

    value: Decimal | None
    next: Asked | None
    say: str
    to_confirm: Decimal | None = None
    """A sum that is read back; it counts only once the patient has sent it again."""
    given_up: bool = False


def question_key(question: Question) -> str:
    """Return the key of the text that asks *question*."""
    return f"{question}_question"


def advance(questions: Sequence[Question], asked: Asked, reading: Reading) -> Turn:
    """Return what follows from *reading* while *asked*, one of *questions*, is open."""
    if reading.kind in {ReadingKind.NUMBER, ReadingKind.RANGE}:
        if reading.care is Care.CONFIRM and not asked.again:
            return Turn(None, replace(asked, again=True), "count_confirm", reading.value)
        return _answered(questions, asked.question, _worse_end(asked.question, reading))
    if reading.kind is ReadingKind.FREE_TEXT:
        # Words for a person: the question stays open, and nobody is told to try again.
        return Turn(None, asked, "noted")
    if not asked.again:
        return Turn(None, replace(asked, again=True), f"{asked.question}_again")
    return Turn(None, None, "not_understood_person", given_up=True)


def go_on(questions: Sequence[Question], question: Question) -> Turn:
    """Return what follows *question*, which words answered that only a person reads."""
    return _answered(questions, question, None)


def _answered(questions: Sequence[Question], question: Question, value: Decimal | None) -> Turn:
    at = questions.index(question) + 1
    if at == len(questions):
        return Turn(value, None, "thanks")
    return Turn(value, Asked(questions[at]), question_key(questions[at]))


def _worse_end(question: Question, reading: Reading) -> Decimal:
    assert reading.value is not None
    if reading.high is None or question in GOOD_WHEN_HIGH:
        return reading.value
    return reading.high
