"""In texts that are read from the right, numbers are shown in their own order."""

import re

import pytest

from companion.right_to_left import kept_in_order, numbers_kept_in_order
from companion.wording import Wording

MARK = "\u200e"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("01632 960001", f"{MARK}01632 960001"),
        ("9:00 AM-5:00 PM", f"{MARK}9:00 AM-5:00 PM"),
        ("walks.example.org/a/", f"walks.example.org/a/{MARK}"),
        ("Mon to Fri, 9am to 5pm", "Mon to Fri, 9am to 5pm"),
        ("3", "3"),
        ("", ""),
        ("صبح 20 mg", "صبح 20 mg"),
    ],
)
def test_a_value_is_marked_where_it_has_no_letter_at_an_end(value: str, kept: str) -> None:
    assert kept_in_order(value) == kept


def test_numbers_with_gaps_are_marked_where_they_stand() -> None:
    assert numbers_kept_in_order("کو 116 123 پر 999") == f"کو {MARK}116 123 پر 999"


@pytest.mark.parametrize("key", ["crisis", "crisis_northern_ireland", "help", "help_scotland"])
def test_no_number_with_gaps_stands_bare_in_a_text_from_the_right(
    wording: Wording, key: str
) -> None:
    said = wording.text_for(key, "ur", team_phone="01632 960001", hours="پیر")

    assert f"{MARK}116 123" in said
    assert not re.search(r"[^\u200e\d ]\s*\d+ \d", said)


def test_texts_from_the_left_hold_no_marks(wording: Wording) -> None:
    for tag in ("en-GB", "pl"):
        said = wording.text_for("help", tag, team_phone="01632 960001", hours="9-5")
        assert MARK not in said
