"""What was asked, what was answered, what to ask next: a function of state and reading.

One question is open at a time. A reply that is not understood is asked once more, with
an example; a second one goes to a person and ends the check-in.
"""

from dataclasses import dataclass
from decimal import Decimal

from companion.core.protocols import Protocol, Question
from companion.core.reading.readings import Reading, ReadingKind


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
    given_up: bool = False


def question_key(question: Question) -> str:
    """Return the key of the text that asks *question*."""
    return f"{question}_question"


def advance(protocol: Protocol, asked: Asked, reading: Reading) -> Turn:
    """Return what follows from *reading* while *asked* is open."""
    if reading.kind in {ReadingKind.NUMBER, ReadingKind.RANGE}:
        return _answered(protocol, asked.question, _worse_end(asked.question, reading))
    if not asked.again:
        again = Asked(asked.question, again=True)
        return Turn(None, again, f"{asked.question}_again")
    return Turn(None, None, "not_understood_person", given_up=True)


def _answered(protocol: Protocol, question: Question, value: Decimal) -> Turn:
    following = protocol.after(question)
    if following is None:
        return Turn(value, None, "thanks")
    return Turn(value, Asked(following), question_key(following))


def _worse_end(question: Question, reading: Reading) -> Decimal:
    assert reading.value is not None
    if question is Question.PAIN and reading.high is not None:
        return reading.high
    return reading.value
