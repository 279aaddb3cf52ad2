"""How many were taken: what adds up, and what may be a time, a part or another day."""

from decimal import Decimal

import pytest

from companion.core.questions import Question
from companion.core.reading.answers import read
from companion.core.reading.counts import may_be_an_hour
from companion.core.reading.readings import Care
from tests.rigs.reading import ENGLISH, NO_WORDS, OUT_OF_RANGE, UNCLEAR, number, tablets


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("2 am + 1 pm", "3"),
        ("just 2 am + 1 pm tbh", "3"),
        ("2 & 1 & 1", "4"),
        ("2 plus 1", "3"),
        ("half am + half pm", "1"),
        ("half in the morning, half at night", "1"),
        ("1.5 am + 0.5 pm", "2"),
        ("1 morning, 1 lunch, 1 tea, 1 bed", "4"),
        ("1 morning, 1 lunch, 2 bed", "4"),
        ("1 + 1 + 2", "4"),
        ("1+1+1+1+1+1", "6"),
        ("2 at 8am and 2 at 8pm", "4"),
        ("4 in the morning and 2 at night", "6"),
        ("25 in the morning and 2 at night", "27"),
    ],
)
def test_what_was_added_up_is_read_back(said: str, taken: str) -> None:
    assert tablets(said) == number(taken, Care.CONFIRM)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("half a tablet", "0.5"),
        ("2 and a half", "2.5"),
        ("2, taken", "2"),
        ("tablets, 2", "2"),
        ("morning 2", "2"),
        ("2 at 8am", "2"),
        ("2 at 8am in the morning", "2"),
        ("2 tonight as prescribed", "2"),
        ("99 pills", "99"),
        (".0", "0"),
    ],
)
def test_one_count_needs_no_reading_back(said: str, taken: str) -> None:
    assert tablets(said) == number(taken)


@pytest.mark.parametrize("said", ["2+", "+2", "2 + 1 +", "2 + + 1", "2 plus 1 plus"])
def test_a_sum_that_goes_on_may_be_more(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize("said", ["2, 3", "2. 3", "half, 1", "2 3", "1+1+1+1+1+1+1"])
def test_numbers_that_nothing_adds_are_no_sum(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize("said", ["2 yesterday and 3 today", "2 yesterday plus 3"])
def test_another_day_is_not_added(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("3 in total, 2 am 1 pm", "3"),
        ("2 am, 2 pm, 4 in total", "4"),
        ("2 in total: 1 am 1 pm", "2"),
        ("2 + 1 = 3", "3"),
        ("2, 1 = 3", "3"),
        ("1 + half = 1.5 tablets", "1.5"),
    ],
)
def test_a_sum_that_is_stated_counts_once(said: str, taken: str) -> None:
    assert tablets(said) == number(taken, Care.CONFIRM)


@pytest.mark.parametrize(
    "said",
    [
        "2 am 2 pm in total",
        "2 am 1 lunch 1 bed altogether",
        "2, 2 altogether",
        "am = 2, pm = 2",
        "morning = 2, lunch = 1, night = 1",
        "2 in total am, 2 in total pm",
    ],
)
def test_a_part_is_not_taken_for_the_sum(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "4 in total, 2 am 1 pm",
        "4 in total, 3 am 2 pm",
        "2 + 1 = 4",
        "4 tablets, two am two pm",
        "2 morning 2 night so 4",
        "2 am 1 pm, 3",
        "2 morning + 2 so 4",
        "2 with breakfast so 2",
        "4 and my back is bad",
    ],
)
def test_a_sum_that_may_be_counted_twice_or_is_wrong_is_unclear(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "2pm",
        "2am + 1pm",
        "8 am + 2",
        "5 in the morning and 2 at night",
        "24 at night and 2 in the morning",
        "2 at 8 and 10",
        "2 at 4 in the morning and 10",
        "2 at 8am in the morning and 10",
    ],
)
def test_what_may_be_an_hour_is_not_counted(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize("said", ["8 am", "8 pm"])
def test_am_and_pm_make_an_hour_in_any_language(said: str) -> None:
    assert may_be_an_hour(said, NO_WORDS)


@pytest.mark.parametrize(
    "said",
    ["2 morning, night", "2 this morning, tonight", "2 at 8am and at 8pm", "2 + at 8am, at 8pm"],
)
def test_one_number_for_two_times_may_be_twice_as_many(said: str) -> None:
    assert tablets(said) == UNCLEAR


def test_more_tablets_than_the_scale_has_are_out_of_range_unless_added_up() -> None:
    assert tablets("100 pills") == OUT_OF_RANGE
    assert tablets("2.3 pills") == UNCLEAR
    assert tablets("60 am + 60 pm") == UNCLEAR


@pytest.mark.parametrize(
    ("said", "care"),
    [("3", Care.NONE), ("4", Care.PERSON), ("3 to 4", Care.PERSON), ("2 to 3", Care.NONE)],
)
def test_more_than_the_most_tablets_is_for_a_person(said: str, care: Care) -> None:
    assert read(said, Question.TABLETS, ENGLISH, most_tablets=Decimal(3)).care is care
    assert read(said, Question.PAIN, ENGLISH, most_tablets=Decimal(0)).care is Care.NONE


def test_a_count_in_words_may_be_above_the_most_too() -> None:
    reading = read("a couple", Question.TABLETS, ENGLISH, most_tablets=Decimal(1))

    assert reading == number("2", Care.PERSON)


def test_what_gives_no_count_is_not_above_the_most() -> None:
    assert read("bananas", Question.TABLETS, ENGLISH, most_tablets=Decimal(0)) == UNCLEAR
