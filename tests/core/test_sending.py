"""States and arrows of a text, and the provider's words for how far it has come."""

from itertools import pairwise

import pytest

from companion.core.sending import (
    DELIVERY_RANKS,
    MAY_BECOME,
    MessageKind,
    MessageState,
    Priority,
    delivery_rank,
    may_become,
    priority_of,
    state_for,
    words_for,
)

ENDS = {
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.FAILED,
    MessageState.MISSED,
    MessageState.CANCELLED,
}


def test_each_state_has_its_arrows_and_an_end_has_none() -> None:
    assert set(MAY_BECOME) == set(MessageState)
    assert {state for state, following in MAY_BECOME.items() if not following} == ENDS


@pytest.mark.parametrize("state", list(MessageState))
def test_a_text_may_always_stay_as_it_is(state: MessageState) -> None:
    assert may_become(state, state)


def test_every_text_can_reach_an_end_from_where_it_stands() -> None:
    for state in MessageState:
        reached = {state}
        while True:
            further = reached | {new for old in reached for new in MAY_BECOME[old]}
            if further == reached:
                break
            reached = further
        assert reached & ENDS


@pytest.mark.parametrize("state", [MessageState.ACCEPTED, MessageState.HELD, *sorted(ENDS)])
def test_what_has_left_or_is_held_is_never_queued_again(state: MessageState) -> None:
    assert MessageState.QUEUED not in MAY_BECOME[state]
    assert MessageState.SENDING not in MAY_BECOME[state]


def test_a_crisis_answer_goes_before_an_answer_before_a_question() -> None:
    order = [priority_of(kind) for kind in (MessageKind.CRISIS, MessageKind.REPLY)]

    assert order == [Priority.CRISIS, Priority.REPLY]
    for kind in (MessageKind.HANDSHAKE, MessageKind.CHECK_IN, MessageKind.REMINDER):
        assert priority_of(kind) is Priority.UNASKED
        assert not kind.leaves_at_any_hour


def test_delivery_words_rise_in_the_order_that_a_text_travels() -> None:
    way = [None, "queued", "sending", "sent", "delivered", "read"]

    assert all(delivery_rank(one) < delivery_rank(later) for one, later in pairwise(way))
    assert delivery_rank("teleported") == 0


@pytest.mark.parametrize("word", DELIVERY_RANKS)
def test_each_known_word_speaks_of_a_state_after_the_call(word: str) -> None:
    assert may_become(MessageState.SENDING, state_for(word))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("30003", "the phone is off or out of reach. (code 30003)"),
        ("99999", "the provider refused it. (code 99999)"),
        ("", "the provider did not say why."),
        (None, "the provider did not say why."),
    ],
)
def test_staff_read_words_and_the_code_for_their_provider(code: str | None, expected: str) -> None:
    assert words_for(code) == expected
