"""Amounts that cannot be mixed up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseError, DoseUnit, TimeOfDay, parse_amount, plain

MG = DoseUnit.MILLIGRAM


@pytest.mark.parametrize(
    ("text", "amount"), [("15", "15"), ("7.5", "7.5"), (" 0 ", "0"), ("0.125", "0.125")]
)
def test_an_amount_is_read_as_it_is_written(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "+1", "1e3", "1,5", "1.2.3", "0.1234", "NaN", "Infinity", "٣", "9" * 13, "."],
)
def test_what_is_no_plain_amount_is_refused(text: str) -> None:
    with pytest.raises(DoseError):
        parse_amount(text)


@given(st.decimals(0, 9999, places=3, allow_nan=False))
def test_what_is_shown_reads_back_as_the_same(amount: Decimal) -> None:
    assert parse_amount(plain(amount)) == amount


def test_an_amount_is_shown_without_trailing_zeros_or_exponent() -> None:
    assert [plain(Decimal(text)) for text in ("7.50", "100", "1E+2", "0.0")] == [
        "7.5",
        "100",
        "100",
        "0",
    ]


def test_a_day_adds_up_and_keeps_the_order_of_the_day() -> None:
    day = DayDoses(MG, {TimeOfDay.NIGHT: Decimal(5), TimeOfDay.MORNING: Decimal(10)})

    assert day.total == 15
    assert list(day.amounts) == [TimeOfDay.MORNING, TimeOfDay.NIGHT]
    assert day.at(TimeOfDay.MIDDAY) == 0
    assert day.with_amount(TimeOfDay.NIGHT, Decimal(0)).total == 10


@pytest.mark.parametrize(
    ("unit", "amounts"),
    [
        (MG, {TimeOfDay.MORNING: Decimal(-1)}),
        (MG, {TimeOfDay.MORNING: Decimal("NaN")}),
        (MG, {TimeOfDay.MORNING: 1.5}),
        (MG, {TimeOfDay.PATCH: Decimal(25)}),
        (DoseUnit.MICROGRAM_PER_HOUR, {TimeOfDay.MORNING: Decimal(25)}),
        (MG, {TimeOfDay.DAILY: Decimal(25), TimeOfDay.NIGHT: Decimal(5)}),
    ],
)
def test_a_day_that_cannot_be_is_refused(unit: DoseUnit, amounts: dict[TimeOfDay, Decimal]) -> None:
    with pytest.raises(DoseError):
        DayDoses(unit, amounts)


def test_a_day_cannot_be_changed_behind_its_back() -> None:
    amounts = {TimeOfDay.MORNING: Decimal(10)}
    day = DayDoses(MG, amounts)

    amounts[TimeOfDay.MORNING] = Decimal(99)

    assert day.total == 10


def test_an_amount_has_at_most_twelve_digits_and_signs() -> None:
    assert parse_amount("123456789012") == Decimal(123456789012)
    with pytest.raises(DoseError, match="Enter the amount as a number"):
        parse_amount("1234567890123")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: parse_amount("1.2.3"), "Enter the amount as a number, like 15 or 7.5"),
        (lambda: parse_amount("1.2345"), "Use at most 3 digits after the point"),
        (
            lambda: DayDoses(
                DoseUnit.MILLIGRAM, {TimeOfDay.DAILY: Decimal(1), TimeOfDay.NIGHT: Decimal(1)}
            ),
            "Give either the daily total or the times of day, not both",
        ),
        (
            lambda: DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.NIGHT: Decimal(-1)}),
            "night: a dose is 0 or more",
        ),
        (
            lambda: DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.PATCH: Decimal(1)}),
            "patch: patches, and only patches, are in microgram/hour",
        ),
    ],
    ids=["points", "digits", "both", "negative", "patch"],
)
def test_what_cannot_be_a_dose_says_why_to_the_person_typing(make: object, words: str) -> None:
    assert callable(make)
    with pytest.raises(DoseError) as raised:
        make()

    assert str(raised.value) == words
