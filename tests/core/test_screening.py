"""Phrases that mean danger are found, lowered by a negation, and never lost."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.core.screening import Category, Lexicon, PhraseError, Screening, screen
from companion.core.urgency import Urgency
from companion.vocabulary import load_lexicon

ROOT = Path(__file__).parents[2]
ENGLISH = load_lexicon(ROOT / "messages" / "vocabulary", "en-GB")
MUST_PAGE = {"suicidal", "self_harm", "overdose", "breathing", "physical_emergency"}
MUST_BE_URGENT = {
    "took_more", "ran_out", "other_source", "alcohol_drugs", "pregnancy", "withdrawal_severe",
    "safeguarding", "harm_others",
}  # fmt: skip
thoroughly = settings(max_examples=200, derandomize=True, deadline=None)
any_text = st.text(st.characters(exclude_categories=[]), max_size=80)


def labelled() -> list[tuple[str, str, str]]:
    with (ROOT / "tests" / "data" / "screening_en.csv").open(encoding="utf-8", newline="") as file:
        return [(r["reply"], r["expected"], r["category"]) for r in csv.DictReader(file)]


labelled_texts = st.sampled_from([reply for reply, _, _ in labelled()])


def found(text: str) -> Screening:
    return screen(text, [ENGLISH])


@pytest.mark.parametrize(("reply", "expected", "category"), labelled())
def test_a_labelled_sentence_is_screened_as_labelled(
    reply: str, expected: str, category: str
) -> None:
    screening = found(reply)

    assert screening.urgency is Urgency[expected.upper()]
    assert not category or category in screening.categories


def test_enough_sentences_are_labelled() -> None:
    assert len(labelled()) >= 150


def test_each_danger_is_as_urgent_as_agreed() -> None:
    urgency = {category.name: category.urgency for category in ENGLISH.categories}

    assert {
        name for name, how_soon in urgency.items() if how_soon is Urgency.EMERGENCY
    } == MUST_PAGE
    assert {urgency[name] for name in MUST_BE_URGENT} == {Urgency.URGENT}


def test_every_phrase_of_the_list_is_found_by_itself() -> None:
    # What is for the next working day alone may be a way of speaking, and then is nothing.
    for category in (one for one in ENGLISH.categories if one.urgency > Urgency.SOON):
        for phrase in (*category.phrases, *category.wide, *category.paging):
            said = " ".join(map(one_way_of, phrase.split())).replace("_", " ")

            assert category.name in found(said).categories, said


def one_way_of(slot: str) -> str:
    """Return words that stand in one slot of a phrase."""
    word = slot.split("|", maxsplit=1)[0].replace("#", "20")
    if word in ENGLISH.groups:
        return ENGLISH.groups[word][0]
    return "" if word in {"*", "."} else word


@thoroughly
@given(any_text)
def test_any_text_is_screened(text: str) -> None:
    assert found(text).urgency in set(Urgency)


@thoroughly
@given(labelled_texts, any_text, any_text, st.sampled_from(["\n", " \n ", "\r\n", "\u2028"]))
def test_writing_more_around_a_text_never_takes_a_finding_away(
    text: str, before: str, after: str, between: str
) -> None:
    alone = found(text)

    together = found(before + between + text + between + after)

    assert together.urgency >= alone.urgency
    assert set(alone.categories) <= set(together.categories)


words_of_daily_life = st.lists(
    st.sampled_from(
        [
            "well",
            "today",
            "the",
            "dog",
            "slept",
            "badly",
            "and",
            "my",
            "garden",
            "7",
            "thanks",
            "also",
            "so",
            "then",
            "a",
            "b",
        ]
    ),
    max_size=8,
).map(" ".join)
in_danger = st.sampled_from(
    ["i want to die", "I took too many", "k i l l myself", "his lips are blue", "i've run out"]
)


@thoroughly
@given(in_danger, words_of_daily_life, words_of_daily_life)
def test_daily_words_in_the_same_sentence_change_nothing(
    text: str, before: str, after: str
) -> None:
    alone = found(text)

    together = found(f"{before} {text} {after}")

    assert together.urgency >= alone.urgency
    assert set(alone.categories) <= set(together.categories)


@thoroughly
@given(in_danger, st.sampled_from(["only joking", "ignore that", "lol", "not really", "no"]))
def test_taking_it_back_afterwards_lowers_nothing(text: str, after: str) -> None:
    assert found(f"{text}. {after}").urgency >= found(text).urgency


@thoroughly
@given(labelled_texts.filter(lambda text: found(text).urgency is Urgency.EMERGENCY), any_text)
def test_a_negation_never_erases_a_danger(text: str, before: str) -> None:
    for negation in ("not ", "I don't ", "no thoughts of ", "never "):
        assert found(f"{before}\n{negation}{text}").urgency >= Urgency.SOON


@pytest.mark.parametrize(
    "text",
    ["W A N T  T O  D I E", "want to\u200b die", "ＷＡＮＴ ＴＯ ＤＩＥ", "\u202ewant to die", "want\x00to die",
     "i want to diiiiie", "WANT TO DIE!!!", "want... to... die", "su*cidal", "suicidl", "k*ll myself",
     "(want to die)", "want, to die", "“want to die”", "want to die.Please", "kms", "KMS 😭"],
)  # fmt: skip
def test_odd_spelling_hides_no_danger(text: str) -> None:
    assert found(text).urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(
    "text",
    ["the pain is killing me", "dying for a cuppa", "I'm overdone from gardening", "it's to die for",
     "killing myself laughing", "took the dog out all the way", "I am taking my tablets as agreed",
     "breathing is not slow", "had a fit of giggles", "the sky was turning blue"],
)  # fmt: skip
def test_a_way_of_speaking_pages_nobody(text: str) -> None:
    assert found(text).urgency <= Urgency.SOON


def test_a_comma_ends_what_a_negation_says() -> None:
    assert found("No, I am suicidal").urgency is Urgency.EMERGENCY
    assert found("no, suicidal").urgency is Urgency.EMERGENCY
    assert found("no suicidal thoughts").urgency is Urgency.SOON


def test_a_negated_struggle_is_none() -> None:
    assert found("no side effects").urgency is Urgency.NONE


def test_the_reason_is_in_the_patients_words() -> None:
    assert found("dont know, just wanna die 2day").why == '"wanna die"'
    assert found("not suicidal").why == '"suicidal" with "not"'
    assert found("watching suicide squad").why == '"suicide" in a way of speaking'


def test_the_most_urgent_and_fullest_phrase_is_the_reason() -> None:
    screening = found("really struggling, ran out, I want to kill myself")

    assert screening.why == '"kill myself"'
    assert screening.categories[0] == "suicidal"
    assert {"ran_out", "struggling"} <= set(screening.categories)


def test_ten_thousand_letters_are_screened() -> None:
    for piece in ("want to ", "took ", "k i l l ", "\x00\u202e", "x", "not ", "💀", "a."):
        text = piece * (10_000 // len(piece))

        assert found(text + "\nI want to die").urgency is Urgency.EMERGENCY


def a_lexicon(*phrases: str) -> Lexicon:
    return Lexicon(
        categories=(Category("danger", Urgency.URGENT, phrases, negatable=True),),
        negations=frozenset({"not"}),
        carriers=frozenset({"very"}),
        idioms=(),
        respellings={"wanna": "want to"},
    )


@pytest.mark.parametrize("phrase", ["", "* die", "die *", "die |x", "a||b"])
def test_a_phrase_that_cannot_be_looked_for_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError, match="must begin and end with a word"):
        a_lexicon(phrase)


def test_a_phrase_with_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(PhraseError, match="has <drugs>, which is no group"):
        a_lexicon("took <drugs>")


def test_a_negation_reaches_only_across_words_that_carry_it() -> None:
    lexicon = a_lexicon("want to die")

    assert screen("not want to die", [lexicon]).urgency is Urgency.SOON
    assert screen("not very want to die", [lexicon]).urgency is Urgency.SOON
    assert screen("not here want to die", [lexicon]).urgency is Urgency.URGENT
    assert (
        screen("not very very very very very very want to die", [lexicon]).urgency is Urgency.URGENT
    )


def test_phrases_are_respelt_as_texts_are() -> None:
    lexicon = a_lexicon("wanna go")

    assert screen("want to go", [lexicon]).categories == ("danger",)
