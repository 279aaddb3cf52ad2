"""What an organisation's own question may be."""

from dataclasses import replace

from companion.core.own_question import OwnKind, OwnQuestion
from companion.core.questions import Question, Scale

SLEPT = OwnQuestion(
    Question.OWN_1, "Sleep", OwnKind.CHOICE, 1, 3, frozenset({"taper"}), {"en-GB": "1, 2 or 3?"}
)
KNOWN = (frozenset({"en-GB"}), frozenset({"taper"}))


def test_a_choice_has_no_range_and_words_have_no_scale() -> None:
    assert SLEPT.scale == Scale(1, 3, halves=False, ranges=False)
    assert replace(SLEPT, kind=OwnKind.NUMBER).scale == Scale(1, 3, halves=False)
    assert replace(SLEPT, kind=OwnKind.WORDS).scale is None
    assert not SLEPT.faults(*KNOWN)


def test_ours_are_not_theirs_to_change() -> None:
    assert replace(SLEPT, slot=Question.PAIN).faults(*KNOWN) == [
        "There are three questions of your own at most"
    ]
