"""One score and its range, at the edge where a careful nurse would stop trusting it."""

from dataclasses import replace

import pytest

from companion.core.questions import Question
from companion.core.reading.answers import has_words, read, read_on_scale
from companion.core.reading.numbers import LONGEST_ANSWER
from companion.core.reading.readings import Reading
from tests.rigs.reading import (
    ENGLISH,
    PAIRS,
    POLISH,
    UNCLEAR,
    UNMARKED,
    a_range,
    number,
    pain,
    tablets,
)


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("6 or 8", "6", "8"),
        ("8 or 6", "6", "8"),
        ("7-6", "6", "7"),
        ("6/7", "6", "7"),
        ("between 7 and 3", "3", "7"),
        ("2 to 10", "2", "10"),
        ("1 or 2 out of 10", "1", "2"),
        ("pain 6-7", "6", "7"),
        ("2 or 3 bad", "2", "3"),
    ],
)
def test_two_ends_of_one_score_are_a_range(said: str, low: str, high: str) -> None:
    assert pain(said) == a_range(low, high)


@pytest.mark.parametrize(
    "said",
    [
        "6 or 9",  # who doubts is not so far apart
        "7 or 7",
        "7-7",
        "7 to 6",
        "1 to 10",  # the scale
        "6/8",
        "4/5",  # out of five
        "6-7.30",  # a time
        "7.30 or 8",
        "6-7 nights",
        "two or three bad",  # ones
    ],
)
def test_what_only_looks_like_a_range_is_none(said: str) -> None:
    assert pain(said) == UNCLEAR


def test_a_stroke_between_counts_may_be_a_fraction() -> None:
    assert tablets("6/7") == UNCLEAR
    assert read("2/3", Question.WITHDRAWAL, ENGLISH) == UNCLEAR


@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ("6 7", a_range("6", "7")),
        ("6 8", UNCLEAR),
        ("7 6", UNCLEAR),
        ("6/10 7/10", UNCLEAR),
        ("10 of which 8", number("8")),
        ("10 of which 6 10 of which 7", UNCLEAR),
    ],
)
def test_neighbours_side_by_side_are_a_range_where_a_language_says_so(
    said: str, reading: Reading
) -> None:
    assert read(said, Question.PAIN, PAIRS) == reading


@pytest.mark.parametrize(
    ("said", "question", "reading"),
    [
        ("2 out of 3", Question.WITHDRAWAL, number("2")),
        ("2 out of 4", Question.USE, UNCLEAR),
        ("2 out of 99", Question.TABLETS, UNCLEAR),
    ],
)
def test_only_a_score_is_out_of_its_highest(
    said: str, question: Question, reading: Reading
) -> None:
    assert read(said, question, replace(ENGLISH, out_of=("out of",))) == reading


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("7xx", "7"),
        ("7...bad", "7"),
        ("7 (7)", "7"),
        ("7.0", "7"),
        ("it is 7?", "7"),
        ("10" + " x" * 79, "10"),
        ("lO", "10"),
        ("o!", "0"),
        ("no pain, i'd say, today", "0"),
        ("7 couldn't sleep", "7"),
        ("7 😭 couldn't sleep", "7"),
        ("7 😭 out of 10", "7"),
        ("0, no problem", "0"),
        ("seven, not great", "7"),
        ("0 😀 no pain at all", "0"),
        ("bad day today love, 8", "8"),
        ("pure agony. Sorry it's a 9", "9"),
        ("had my 50th on saturday so it's about a 6", "6"),
        ("been on my feet all day so it's about a 7 i reckon", "7"),
        ("been on my feet so a 7", "7"),
        ("no pain. i'd say", "0"),
        ("two and my back is bad", "2"),
        ("is about 7 couldn't sleep", "7"),
        ("crying love, sad love, 8", "8"),
        ("sat in the car, pain is 8", "8"),
        ("i can't love, 8", "8"),
        ("7 and bad nights", "7"),
        ("7, my poor nights", "7"),
        ("7, nobody called round", "7"),
        ("7, my back, my legs, all of it", "7"),
        ("7 and a bit of night sweats", "7"),
        ("it's a nine im in bits", "9"),
        ("shit night, pain is 8", "8"),
        ("i am rough. Six and my back is killing me", "6"),
    ],
)
def test_what_stands_around_a_score_may_leave_it(said: str, score: str) -> None:
    assert pain(said) == number(score)


@pytest.mark.parametrize(
    "said",
    [
        "7 (8)",
        "6.50",
        "7.25",
        "7 couldn't",
        "7 i took",
        "7 my nights",
        "7 it was",
        "seven not great",
        "what about 7?",
        "7 is it?",
        "5, is ok",
        "7" + " x" * 80,
        "7 🙄",
        "my mood is low, 3",  # answers something else
        "on the new tablets, 2",
        "not, 7",
        "yesterday, 7",
        "why, 7",
        "on £, 7",
        "rotten day, feet 7",
        "on the stairs it's a 7",
        "my son is 3",
        "coping is 7",
        "worst nights it's a 7",
        "7 because nights are bad",
        "its 4 and the birds are out",
        "sat still with my feet up, mum in bits so it's a 7",
        "yesterday was ok today it's a 7",
        "what helps, 7",
        "hope so, it's a 7 not",
        "7, my mum came",
        "7, my back is lower",
        "one and my back is bad",
        "sitting love, 3",
        "4, broken sore",
        "seven x, not great",
        "its 4 no sleep",
        "its just 2 sore",
        "the paramedic put it at 8",
        "dunt think its a 3",
        "don't think it's a 3",
        "my wife is in bits so it's a 9",
        "3, at rest",
        "4, broken ribs",
        "7 my feet took it",
        "one has bad feet",
    ],
)
def test_what_stands_around_a_score_may_take_it_back(said: str) -> None:
    assert pain(said) == UNCLEAR


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (Question.PAIN, "10, feeling great", None),
        (Question.PAIN, "9 feeling great", None),
        (Question.PAIN, "8 feeling great", "8"),
        (Question.PAIN, "0 agony", None),
        (Question.PAIN, "1 agony", None),
        (Question.PAIN, "2 agony", "2"),
        (Question.PAIN, "10 agony", "10"),
        (Question.PAIN, "10 great agony", "10"),
        (Question.PAIN, "good morning 10", "10"),
        (Question.PAIN, "10 not great", "10"),
        (Question.COPING, "10 agony", None),
        (Question.COPING, "0 feeling great", None),
        (Question.COPING, "10 feeling great", "10"),
        (Question.MOOD, "0 awful", None),
        (Question.MOOD, "1 awful", "1"),
        (Question.MOOD, "2 great", "2"),
        (Question.MOOD, "3 great", None),
        (Question.OWN_1, "10 great", "10"),  # which end is good is not known
    ],
)
def test_words_that_say_the_opposite_of_an_end_of_the_scale_turn_it_round(
    question: Question, said: str, value: str | None
) -> None:
    assert read(said, question, ENGLISH) == (UNCLEAR if value is None else number(value))


def test_six_and_a_half_is_written_as_a_language_writes_it() -> None:
    assert read("6,5", Question.PAIN, POLISH) == number("6.5")
    assert pain("6,5") == UNCLEAR
    assert read("sarhe 6", Question.PAIN, replace(ENGLISH, half_before=("sarhe",))) == number("6.5")


@pytest.mark.parametrize("said", ["8 is ok", "give you 7", "eight of you"])
def test_a_phrase_may_mislead_about_any_number(said: str) -> None:
    assert pain(said) == UNCLEAR


@pytest.mark.parametrize("said", ["was 8 yesterday, today 5", "yesterday 8 today 5"])
def test_of_two_days_the_one_asked_about_counts(said: str) -> None:
    assert pain(said) == number("5")


def test_a_long_comparison_is_for_a_person() -> None:
    said = "yesterday 8 today 5 thanks" + " x" * 67

    assert len(said) == LONGEST_ANSWER
    assert pain(said) == number("5")
    assert pain(said + "x") == UNCLEAR


def test_letters_that_people_leave_out_change_no_reading() -> None:
    assert read("it is réally bétter today", Question.PAIN, UNMARKED) == UNCLEAR
    assert read("sévén", Question.PAIN, UNMARKED) == number("7")
    assert not has_words("thé téxt", UNMARKED)


def test_a_reply_that_names_another_question_answers_neither() -> None:
    assert read("boli 8", Question.PAIN, POLISH) == number("8")
    assert read("boli 8", Question.COPING, POLISH) == UNCLEAR
    assert read("boli 2", Question.INTEREST, POLISH) == UNCLEAR


def test_a_scale_without_a_question_has_no_words_of_one() -> None:
    assert read_on_scale("7 pain", Question.PAIN.scale, ENGLISH) == UNCLEAR
