"""What a text costs on the air."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.sms_text import segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("ł" * 134, 2),
        ("ł" * 135, 3),
        ("a" * 69 + "ł", 1),
        ("a" * 70 + "ł", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("”", 1),
        ("\ud800" * 71, 2),
    ],
)
def test_a_text_takes_as_many_segments_as_a_network_would(text: str, count: int) -> None:
    assert segments(text) == count


def test_an_escape_pair_is_not_torn_between_two_segments() -> None:
    # 152 + a pair: the pair moves on whole, so the second segment begins one place early.
    assert segments("a" * 152 + "€" + "a" * 152) == 3
    assert segments("a" * 151 + "€" + "a" * 153) == 2


def test_a_surrogate_pair_is_not_torn_between_two_segments() -> None:
    assert segments("ł" * 66 + "😀" + "ł" * 66) == 3
    assert segments("ł" * 65 + "😀" + "ł" * 67) == 2


@given(st.text(st.characters(exclude_categories=[]), max_size=500))
def test_any_text_has_a_cost_that_its_length_bounds(text: str) -> None:
    assert 1 <= segments(text) <= 1 + 2 * len(text) // 60


@given(st.text("aé€ł😀", max_size=400), st.sampled_from("aé€ł😀"))
def test_a_longer_text_is_never_cheaper(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)
