"""One way of writing, in which no sign becomes a number that it was not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.normalising import normalise, plain

any_text = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Hello\tTHERE ", "hello there"),
        ("one\r\n\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("don’t", "don't"),
        ("6–7", "6-7"),
        ("٧ ۷ ৭ ７", "7 7 7 7"),
        ("7️⃣", "7"),
        ("🔟", "10"),
        ("6½", "6.5"),
        ("6 ½", "6.5"),
        ("½", "0.5"),
        ("7٫٥", "7.5"),
        ("ＡＢＣ", "abc"),
        ("a\u200bb\u202ec\ud800", "abc"),
        ("a\x00b", "a b"),
        ("\x00\x1f\x7f", ""),
    ],
)
def test_a_text_has_one_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize("text", ["7²", "7⅓", "7⑤", "1⁰"])
def test_a_sign_beside_a_digit_makes_no_longer_number(text: str) -> None:
    assert not normalise(text).isdecimal()


def test_letters_keep_their_size_where_it_matters() -> None:
    assert plain("lO  OK") == "lO OK"


@given(any_text)
def test_a_normal_form_has_no_control_letters_and_no_doubled_spaces(text: str) -> None:
    normal = normalise(text)

    assert "  " not in normal
    assert normal == normal.strip()
    assert all(letter == "\n" or letter.isprintable() for letter in normal)


@given(st.text("abc XYZ\n\t½7٧.", max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
