"""What makes a taper risky, and how much support it calls for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.situation import (
    EXCLUSIONS,
    OtherOpioid,
    Risk,
    Situation,
    Support,
    Use,
    other_from,
)

D = Decimal


def asked(*risks: Risk, use: Use = Use.UNDER_3_MONTHS) -> Situation:
    return Situation(use, frozenset(risks))


@pytest.mark.parametrize(
    ("situation", "load", "support"),
    [
        (asked(), D(0), Support.ADVICE),
        (asked(), D("49.9"), Support.ADVICE),
        (asked(), D(50), Support.BRIEF_INTERVENTION),
        (asked(use=Use.OVER_A_YEAR), D(10), Support.BRIEF_INTERVENTION),
        (asked(use=Use.UNDER_A_YEAR), D(10), Support.ADVICE),
        (asked(), D(100), Support.LOCAL_SERVICE),
        (asked(), D(300), Support.LOCAL_SERVICE),
        (asked(), D("300.1"), Support.SPECIALIST_TEAM),
        (asked(), None, Support.SPECIALIST_TEAM),
        (asked(Risk.SEDATIVES), D(10), Support.LOCAL_SERVICE),
        (asked(Risk.PREGNANT), D(10), Support.SPECIALIST_TEAM),
        (asked(Risk.SEDATIVES, Risk.PREGNANT), D(10), Support.SPECIALIST_TEAM),
    ],
)
def test_the_highest_reason_says_how_much_support(
    situation: Situation, load: Decimal | None, support: Support
) -> None:
    assert situation.support(load) is support


def test_only_what_calls_for_that_much_is_named() -> None:
    situation = asked(Risk.SEDATIVES, Risk.PREGNANT, use=Use.OVER_A_YEAR)

    assert situation.why(D(400)) == [Risk.PREGNANT, D(400)]
    assert asked(Risk.BREATHING, use=Use.OVER_A_YEAR).why(D(20)) == [Risk.BREATHING]
    assert asked().why(D(20)) == []
    assert asked().why(None) == [None]


@given(st.sets(st.sampled_from(Risk)), st.sampled_from(Use), st.integers(0, 500))
def test_one_more_answer_never_calls_for_less(risks: set[Risk], use: Use, load: int) -> None:
    before = Situation(use, frozenset(risks)).support(D(load))

    for risk in Risk:
        assert Situation(use, frozenset(risks | {risk})).support(D(load)) >= before
    assert Situation(use, frozenset(risks)).support(D(load + 100)) >= before
    assert (before is Support.SPECIALIST_TEAM) is (bool(EXCLUSIONS & risks) or load > 300)


def other(drug: str, form: str, daily: str) -> OtherOpioid:
    found = other_from(drug, form, D(daily), as_needed=True)
    assert found is not None
    return found


def test_all_opioids_together_make_the_load() -> None:
    codeine = other("codeine", "tablet", "60")
    situation = Situation(Use.OVER_A_YEAR, frozenset(), (codeine,))

    assert situation.load_with(D(180)) == 186
    assert situation.load_with(None) is None


def test_methadone_makes_the_load_unknown_and_not_smaller() -> None:
    methadone = other("methadone", "tablet", "20")
    situation = Situation(Use.OVER_A_YEAR, frozenset(), (methadone,))

    assert situation.load_with(D(10)) is None
    assert situation.support(situation.load_with(D(10))) is Support.SPECIALIST_TEAM


def test_what_the_catalogue_lacks_is_no_opioid() -> None:
    assert other_from("cake", "slice", D(1), as_needed=False) is None
    assert other_from("codeine", "balloon", D(1), as_needed=False) is None
