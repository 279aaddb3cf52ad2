"""Which replies say more than their answer, so that a person reads them."""

import pytest

from companion.core.questions import Question
from companion.core.reading.answers import has_words
from tests.rigs.reading import ENGLISH


@pytest.mark.parametrize(
    "said",
    [
        "yes please", "no thanks", "all good", "thanks, all good", "yes all good", "7 yes",
        "7 in my lower back",
        "its about a 7 i reckon", "7 out of 10",
        "6 and a half at the moment, ta love",
    ],
)  # fmt: skip
def test_a_yes_a_no_and_all_good_need_no_reader(said: str) -> None:
    assert not has_words(said, ENGLISH)


@pytest.mark.parametrize(
    "said",
    [
        "not good",
        "7 not good",
        "no change",
        "7 love kaputt",
        "7 at the moment kaputt",
        "7 can't feel my legs",  # "i can't", "i feel" and "in my legs" are known, each for itself
        "3 should i go back up to my old dose",
        "6 and the agreed dose is over",
    ],
)
def test_known_words_that_together_say_more_need_a_reader(said: str) -> None:
    assert has_words(said, ENGLISH)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("took more than agreed", Question.USE),
        ("took a bit less, sorry", Question.USE),
        ("3 took more than agreed", Question.USE),
        ("as agreed", Question.USE),
        ("2 less", Question.USE),
        ("pain free today", Question.PAIN),
        ("0 no pain at all", Question.PAIN),
    ],
)
def test_an_answer_in_words_is_news_to_another_question(said: str, question: Question) -> None:
    others = {*Question} - {question}

    assert not has_words(said, ENGLISH, question)
    assert all(has_words(said, ENGLISH, other) for other in others)
    assert has_words(said, ENGLISH)
