"""Which listed text is whose."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.settling import CLOCKS_DIFFER, Doubt, Unowned, settle
from tests.rigs.times import MONDAY_NINE

LONGEST = timedelta(minutes=10)
SECONDS = st.integers(0, 2_000)


def doubts_at(*seconds: int) -> list[Doubt]:
    return [
        Doubt(UUID(int=number), MONDAY_NINE + timedelta(seconds=one))
        for number, one in enumerate(seconds)
    ]


def listed_at(*seconds: float) -> list[Unowned]:
    return [
        Unowned(f"SM{number}", MONDAY_NINE + timedelta(seconds=one))
        for number, one in enumerate(seconds)
    ]


@given(st.lists(SECONDS, max_size=6), st.lists(SECONDS, max_size=6))
def test_no_text_is_given_twice_and_nobody_is_both_found_and_contested(
    claims: list[int], texts: list[int]
) -> None:
    result = settle(doubts_at(*claims), listed_at(*texts), longest=LONGEST)

    assert len(set(result.found.values())) == len(result.found)
    assert not result.contested & result.found.keys()


@given(st.lists(SECONDS, max_size=6), st.lists(SECONDS, max_size=6))
def test_who_is_neither_could_own_nothing_that_is_listed(
    claims: list[int], texts: list[int]
) -> None:
    doubts, listed = doubts_at(*claims), listed_at(*texts)

    result = settle(doubts, listed, longest=LONGEST)

    for doubt in doubts:
        if doubt.attempt_id in result.found or doubt.attempt_id in result.contested:
            continue
        for text in listed:
            near = abs(text.created_at - doubt.claimed_at) <= CLOCKS_DIFFER
            assert not near or text.provider_id in result.found.values()


@given(st.lists(SECONDS, max_size=6))
def test_as_many_texts_as_doubts_at_the_same_moments_settle_all(claims: list[int]) -> None:
    result = settle(doubts_at(*claims), listed_at(*claims), longest=LONGEST)

    assert len(result.found) == len(claims)


@pytest.mark.parametrize(
    ("after", "owned"),
    [(-61, False), (-60, True), (0, True), (660, True), (661, False)],
)
def test_a_text_is_owned_from_its_claim_to_the_longest_wait(after: int, owned: bool) -> None:
    result = settle(doubts_at(1_000), listed_at(1_000 + after), longest=LONGEST)

    assert bool(result.found) is owned
    assert not result.contested


def test_a_text_that_two_could_own_goes_to_the_older_one() -> None:
    older, younger = doubts_at(0, 30)

    result = settle([younger, older], listed_at(40), longest=LONGEST)

    assert result.found == {older.attempt_id: "SM0"}
    assert result.contested == {younger.attempt_id}
