"""Replies become a value, a keyword or "unclear"; a wrong value is never acceptable."""

import csv
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from companion.core.questions import MOST_TABLETS, Question, Scale
from companion.core.reading.answers import has_words, read, read_on_scale
from companion.core.reading.readings import Keyword, Reading, ReadingKind, Vocabulary
from companion.core.reading.traps import misleads
from companion.vocabulary import load_vocabulary

ROOT = Path(__file__).parents[2]
ENGLISH = load_vocabulary(ROOT / "messages" / "vocabulary", "en-GB")
WITH_VALUES = {ReadingKind.NUMBER, ReadingKind.RANGE}
thoroughly = settings(max_examples=200, derandomize=True, deadline=None)
questions = st.sampled_from([None, *Question])
# Letters of every kind, lone surrogates too: a gateway may hand on anything.
any_text = st.text(st.characters(exclude_categories=[]), max_size=60)


def labelled() -> list[tuple[str, str, str]]:
    with (ROOT / "tests" / "data" / "reading_en.csv").open(encoding="utf-8", newline="") as file:
        return [(row["question"], row["reply"], row["expected"]) for row in csv.DictReader(file)]


def in_words(reading: Reading) -> str:
    words = [str(reading.kind)]
    if reading.keyword is not None:
        words.append(reading.keyword)
    if reading.value is not None:
        words.append(f"{reading.value}" + (f"-{reading.high}" if reading.high is not None else ""))
    return " ".join(words)


@pytest.mark.parametrize(("question", "reply", "expected"), labelled())
def test_a_labelled_reply_is_read_as_labelled(question: str, reply: str, expected: str) -> None:
    asked = None if question == "any" else Question(question)

    reading = read(reply, asked, ENGLISH)

    assert in_words(reading) == expected


@thoroughly
@given(any_text, questions)
def test_any_text_has_a_reading(text: str, question: Question | None) -> None:
    assert read(text, question, ENGLISH).kind in set(ReadingKind)


@thoroughly
@given(st.text("0123456789 ./-,:½¼٧७oOlLI()+ -<>ampto\n", max_size=14), st.sampled_from(Question))
def test_a_value_is_always_one_that_the_question_has(text: str, question: Question) -> None:
    reading = read(text, question, ENGLISH)

    assert (reading.value is not None) == (reading.kind in WITH_VALUES)
    assert (reading.high is not None) == (reading.kind is ReadingKind.RANGE)
    for value in (reading.value, reading.high):
        assert value is None or question.scale.holds(value)


before_it = st.text(" \n\t!()\u200b\ufeff\u200f", max_size=5)
after_it = st.text(" \n\t.!()\u200b\ufeff\u200f", max_size=5)
zero_of_scripts = st.sampled_from("0٠۰০੦૦०௦０𝟎")


@thoroughly
@given(before_it, after_it, st.integers(0, 9), zero_of_scripts, st.sampled_from(Question))
def test_a_lone_digit_of_any_script_is_read(
    before: str, after: str, digit: int, zero: str, question: Question
) -> None:
    reading = read(before + chr(ord(zero) + digit) + after, question, ENGLISH)

    if question.scale.holds(Decimal(digit)):
        assert reading == Reading(ReadingKind.NUMBER, Decimal(digit))
    else:
        assert reading.kind is ReadingKind.OUT_OF_RANGE


def harmless_words(words: frozenset[str]) -> st.SearchStrategy[str]:
    harmless = words.difference(ENGLISH.well, ENGLISH.unwell)  # "10 fine" about pain is none
    return st.lists(st.sampled_from(sorted(harmless)), max_size=4).map(" ".join)


@thoroughly
@given(harmless_words(ENGLISH.before), harmless_words(ENGLISH.after), st.integers(0, 10))
def test_harmless_words_leave_a_number_as_it_is(before: str, after: str, number: int) -> None:
    said = f"{before} {number} {after}"
    assume(not misleads(said, Question.PAIN, ENGLISH))  # "you think 7"

    assert read(said, Question.PAIN, ENGLISH) == Reading(ReadingKind.NUMBER, Decimal(number))


@thoroughly
@given(st.integers(0, 10), st.integers(0, 10), st.sampled_from([" ", ", ", " and ", " not ", "\n"]))
def test_two_different_numbers_are_no_number(one: int, other: int, between: str) -> None:
    reading = read(f"{one}{between}{other}", Question.PAIN, ENGLISH)

    assert reading.kind is ReadingKind.UNCLEAR


units = st.sampled_from(
    [
        "mg",
        " mg",
        "ml",
        " tablets",
        " tabs",
        "am",
        " pm",
        " o'clock",
        "th",
        " days",
        "x2",
        "%",
        " hours",
    ]
)


@thoroughly
@given(st.integers(0, 10), units, st.sampled_from(Question))
def test_an_amount_or_a_time_is_no_number(number: int, unit: str, question: Question) -> None:
    if question is Question.TABLETS and "ta" in unit:
        unit = "mg"

    assert read(f"{number}{unit}", question, ENGLISH).kind is ReadingKind.UNCLEAR


@pytest.mark.parametrize("said", ["2 morning and night", "one in the morning and at night"])
def test_one_number_for_two_parts_of_a_day_may_be_twice_as_many(said: str) -> None:
    assert read(said, Question.TABLETS, ENGLISH).kind is ReadingKind.UNCLEAR


@thoroughly
@given(st.integers(0, 10), st.text("abcdefgh", min_size=1, max_size=4).filter(lambda t: t != "h"))
def test_letters_on_a_number_make_it_no_number(number: int, letters: str) -> None:
    for said in (f"{number}{letters}", f"{letters}{number}"):
        assert read(said, Question.PAIN, ENGLISH).kind is ReadingKind.UNCLEAR


@thoroughly
@given(st.integers(MOST_TABLETS + 1, 10**30), st.sampled_from(Question))
def test_a_number_beyond_the_scale_is_never_made_to_fit(number: int, question: Question) -> None:
    reading = read(str(number), question, ENGLISH)

    assert reading.kind is ReadingKind.OUT_OF_RANGE


@thoroughly
@given(st.sampled_from(sorted(ENGLISH.keywords)), st.sampled_from(["I ", "the tablets ", "7 "]))
def test_a_keyword_inside_a_sentence_steers_nothing(word: str, before: str) -> None:
    assert read(before + word + " tomorrow", None, ENGLISH).keyword is None


@pytest.mark.parametrize("keyword", Keyword)
def test_a_keyword_is_heard_while_any_question_is_open(keyword: Keyword) -> None:
    # "Often" may answer how often, and "same" how it is: then they steer nothing.
    deaf = {
        Keyword.SAME: set(Question),
        Keyword.OFTEN: {Question.INTEREST, Question.MOOD},
        Keyword.SELDOM: {Question.INTEREST, Question.MOOD},
    }.get(keyword, set[Question]())
    while_open = tuple(question for question in Question if question not in deaf)
    for question in (None, *while_open):
        assert read(f" {keyword.lower()}! ", question, ENGLISH).keyword is keyword


@pytest.mark.parametrize("question", Question)
def test_the_same_as_before_is_no_wish_for_the_plan_while_a_question_is_open(
    question: Question,
) -> None:
    assert read("same", question, ENGLISH).keyword is None


def test_a_long_text_is_for_a_person() -> None:
    assert read("7 " + "x " * 100, Question.PAIN, ENGLISH).kind is ReadingKind.UNCLEAR


def test_ten_thousand_letters_and_odd_ones_are_read() -> None:
    for letters in (
        "7" * 10_000,
        "\x00" * 10_000,
        "\u202e7" * 5_000,
        "1/" * 5_000,
        " 7" * 5_000,
        "7 was " * 2_000,
    ):
        assert read(letters, Question.PAIN, ENGLISH).value is None


def test_a_scale_of_two_is_answered_by_number_or_word() -> None:
    scale = Scale(1, 2, halves=False)

    assert read_on_scale("1", scale, ENGLISH).value == 1
    assert read_on_scale("Yes please", scale, ENGLISH).kind is ReadingKind.YES
    assert read_on_scale("nope", scale, ENGLISH).kind is ReadingKind.NO
    assert read_on_scale("1-2", scale, ENGLISH).kind is ReadingKind.UNCLEAR
    assert read_on_scale("3", scale, ENGLISH).kind is ReadingKind.OUT_OF_RANGE


@pytest.mark.parametrize(
    "text",
    ["7", "about a 7 today", "7/10", "thanks", "Ok!", "STOP", "six or seven", "6 and a half", "",
     "👍", "😊❤️", "one"],
)  # fmt: skip
def test_a_number_a_keyword_and_politeness_need_no_reader(text: str) -> None:
    assert not has_words(text, ENGLISH)


@pytest.mark.parametrize(
    "text", ["7, bad night", "my dog ate it", "pain", "feel", "😭😭", "🚑", "不想活", "7 kaputt"]
)
def test_anything_else_needs_a_reader(text: str) -> None:
    assert has_words(text, ENGLISH)


def test_the_words_of_a_question_are_not_those_of_another() -> None:
    assert ENGLISH.said_of(Question.USE)["more"] == 3
    assert "more" not in ENGLISH.said_of(Question.PAIN)


def test_a_language_may_lack_words_beside_numbers() -> None:
    bare = Vocabulary(
        **{
            field.name: type(getattr(ENGLISH, field.name))()
            for field in fields(Vocabulary)
            if field.init
        }
    )

    assert read("7", Question.PAIN, bare) == Reading(ReadingKind.NUMBER, Decimal(7))
