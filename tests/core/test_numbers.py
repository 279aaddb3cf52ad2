"""Phone and NHS numbers as people write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.numbers import (
    NumberError,
    mask_phone,
    parse_nhs_number,
    parse_phone,
    show_nhs_number,
    show_phone,
)


@pytest.mark.parametrize(
    "text",
    ["07911 123456", "07911123456", "+44 7911 123456", "0044 7911 123456", "+447911123456"],
)
def test_every_usual_spelling_is_one_number(text: str) -> None:
    assert parse_phone(text, allow_examples=False) == "+447911123456"


def test_a_foreign_mobile_is_taken() -> None:
    assert parse_phone("+48 512 345 678", allow_examples=False) == "+48512345678"
    assert show_phone("+48512345678") == "+48 512 345 678"


@pytest.mark.parametrize(
    "text", ["", "hello", "020 7946 0018", "07911 12345", "999", "+", "0" * 50, "07911 123456 ext"]
)
def test_what_cannot_be_texted_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        parse_phone(text, allow_examples=True)


def test_numbers_for_drama_need_leave() -> None:
    assert parse_phone("07700 900123", allow_examples=True) == "+447700900123"
    with pytest.raises(NumberError, match="reaches nobody"):
        parse_phone("07700 900123", allow_examples=False)


def test_a_number_is_shown_as_people_write_it_or_hidden() -> None:
    assert show_phone("+447911123456") == "07911 123456"
    assert mask_phone("+447911123456") == "•••• ••• 456"


@pytest.mark.parametrize("text", ["943 476 5919", "9434765919", "943-476-5919"])
def test_an_nhs_number_is_taken_in_any_spelling(text: str) -> None:
    assert parse_nhs_number(text, allow_examples=False) == "9434765919"
    assert show_nhs_number("9434765919") == "943 476 5919"


@pytest.mark.parametrize("text", ["", "943", "943 476 5918", "94347659190", "٩٤٣٤٧٦٥٩١٩", "abc"])
def test_an_nhs_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        parse_nhs_number(text, allow_examples=True)


def test_example_nhs_numbers_need_leave() -> None:
    assert parse_nhs_number("999 000 0018", allow_examples=True) == "9990000018"
    with pytest.raises(NumberError, match="examples"):
        parse_nhs_number("999 000 0018", allow_examples=False)


@given(st.text(max_size=60))
def test_any_text_at_all_is_a_number_or_a_clear_no(text: str) -> None:
    for parse in (parse_phone, parse_nhs_number):
        with suppress(NumberError):
            assert parse(text, allow_examples=True)
