"""Choices, yes, no and keywords: what bears them, and what only holds them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from companion.core.questions import Question
from companion.core.reading.answers import read, read_yes_no
from companion.core.reading.readings import Keyword, Reading, ReadingKind, Vocabulary
from tests.rigs.reading import ENGLISH, POLISH, UNCLEAR, URDU, number, pain


@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ("i'd say: less", number("2")),
        ("as agreed with you", number("1")),
        ("more?", UNCLEAR),
        ("more please", UNCLEAR),  # asks for more
        ("2 today", UNCLEAR),  # times
        ("2 not great", number("2")),
        ("3 took more", number("3")),
        ("3 a lot more", number("3")),
        ("2 more", UNCLEAR),
        ("2 bad", UNCLEAR),  # days
        ("took more", number("3")),
        ("i took less today", number("2")),
        ("mate took less", UNCLEAR),
        ("took less. sorry. not proud", UNCLEAR),
        ("took less. pain", UNCLEAR),
        ("took less. maybe", UNCLEAR),
        ("took less; feeling (proud)", number("2")),
        ("i'd say took less.", number("2")),
        ("2, doses", UNCLEAR),
        ("2, of those", UNCLEAR),
        ("2, lunch", UNCLEAR),
        ("took less as agreed", UNCLEAR),
        ("not proud. took less. thanks", UNCLEAR),
        ("now what we agreed", number("1")),
        ("3 more doses", UNCLEAR),
        ("as agreed, apart from friday", UNCLEAR),
        ("took less, as agreed", UNCLEAR),
        ("less than agreed, feeling proud", number("2")),
        ("sorry - as agreed, love", number("1")),
        ("as agreed, then 2", UNCLEAR),
        ("as agreed, then two", UNCLEAR),
        ("as agreed, not always", UNCLEAR),
        ("less, took more", UNCLEAR),
        ("is less", UNCLEAR),
        ("1. no problem so far", number("1")),
        ("3 because it hurt", number("3")),
        ("3 hurt", UNCLEAR),
        ("2, morning and night", UNCLEAR),  # tablets
        ("2, tablets", UNCLEAR),
    ],
)
def test_a_choice_bears_only_its_own_words(said: str, reading: Reading) -> None:
    assert read(said, Question.USE, ENGLISH) == reading


@pytest.mark.parametrize("said", ["tak 2", "tak, 2"])  # yes, and two tablets
def test_a_phrase_may_mislead_with_its_comma(said: str) -> None:
    assert read(said, Question.USE, POLISH) == UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "yes", "Yes please", "yes I did", "yes thanks nurse", "yes lovely", "y", "i did",
        "as agreed yes", "yes, no problem", "no problem, yes", "i did!", "just as agreed", "yes same as we agreed",
    ],
)  # fmt: skip
def test_yes_is_yes_with_what_belongs_to_it(said: str) -> None:
    assert read_yes_no(said, ENGLISH) == Reading(ReadingKind.YES)


@pytest.mark.parametrize(
    "said",
    [
        "no", "n", "no thanks", "no ta nurse", "no, sorry", "nope please",
        "ok, no", "no i haven't taken them", "haven't taken them all", "didn't take them",
        "no: i didn't do it", "no problem, no", "no sleep. no", "no, took more", "took less than agreed",
    ],
)  # fmt: skip
def test_no_is_no_with_what_belongs_to_it(said: str) -> None:
    assert read_yes_no(said, ENGLISH) == Reading(ReadingKind.NO)


@pytest.mark.parametrize(
    "said",
    [
        "no, I did", "no I did", "I did. I haven't", "i took them, no", "no, my dog", "no good",
        "no problem", "no change", "no way", "yes no", "y did it", "n did it", "yes?", "no?", "yes 2",
        "0 nah", "have i, yes", "thanks", "all taken",
        "she might say yes", "well she said nope", "no, good", "yes took more", "no as agreed", "no more than agreed", "no, as agreed",
    ],
)  # fmt: skip
def test_what_only_holds_a_yes_or_a_no_is_neither(said: str) -> None:
    assert read_yes_no(said, ENGLISH) == UNCLEAR


def test_a_language_may_have_one_word_for_yes() -> None:
    few = replace(ENGLISH, yes=frozenset({"yes"}))

    assert read_yes_no("yes I did", few) == Reading(ReadingKind.YES)


@pytest.mark.parametrize(
    ("said", "vocabulary", "keyword"),
    [
        ("plan duckie", ENGLISH, Keyword.PLAN),
        ("thank you nurse my plan", ENGLISH, Keyword.PLAN),
        ("hold , darling", ENGLISH, Keyword.HOLD),
        ("zły numer", POLISH, Keyword.WRONG),
        ("zly numer", POLISH, Keyword.WRONG),
    ],
)
def test_a_keyword_is_heard_with_politeness_and_without_marks(
    said: str, vocabulary: Vocabulary, keyword: Keyword
) -> None:
    assert read(said, None, vocabulary) == Reading(ReadingKind.KEYWORD, keyword=keyword)


def test_a_word_that_answers_the_open_question_is_no_keyword() -> None:
    plan_is_more = replace(ENGLISH, answers={"use": {"plan": Decimal(3)}})
    assert read("plan", Question.USE, plan_is_more) == number("3")
    assert read_yes_no("زیادہ", URDU) == Reading(ReadingKind.NO)
    assert read("زیادہ", None, URDU).keyword is Keyword.OFTEN
    assert read("زیادہ", Question.USE, URDU) == number("3")
    assert read("often", Question.PAIN, ENGLISH).keyword is Keyword.OFTEN
    assert read("often", Question.MOOD, ENGLISH) == UNCLEAR


def test_a_keyword_steers_where_yes_or_no_is_asked() -> None:
    assert read_yes_no("plan please", ENGLISH) == Reading(ReadingKind.KEYWORD, keyword=Keyword.PLAN)


def test_a_thought_that_answers_nothing_is_not_asked_again() -> None:
    free_text = Reading(ReadingKind.FREE_TEXT)

    assert read_yes_no("my dog ate the tablets", ENGLISH) == free_text
    assert pain("my leg aches really") == free_text
    for trying in ("my leg aches yep really", "my leg aches nah really"):
        assert pain(trying) == UNCLEAR


def test_a_question_has_the_words_of_whole_answers_and_of_its_choices() -> None:
    assert ENGLISH.said_of(Question.USE)["gone back to my old dose"] == 4
    assert ENGLISH.said_of(Question.USE)["took fewer"] == 2
    assert replace(ENGLISH, answers={}).said_of(Question.USE)["took fewer"] == 2
    assert read_yes_no("plan", replace(ENGLISH, answers={})).keyword is Keyword.PLAN
