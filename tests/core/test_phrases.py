"""Phrases are looked for as they are written, and one that cannot be is refused."""

import pytest

from companion.core.phrases import Category, Lexicon, PhraseError
from companion.core.screening import Screening, screen
from companion.core.urgency import Urgency

GROUPS = {
    "<tablets>": ("tablets", "meds"),
    "<bye>": ("goodbye", "see (you|ye) there", "<leaving>"),
    "<leaving>": ("i am off",),
    "too": ("2",),
}


def a_lexicon(
    *phrases: str,
    wide: tuple[str, ...] = (),
    paging: tuple[str, ...] = (),
    endings: dict[str, str] | None = None,
) -> Lexicon:
    danger = Category("danger", Urgency.URGENT, phrases, negatable=True, wide=wide, paging=paging)
    return Lexicon(
        categories=(danger,),
        negations=frozenset({"not"}),
        carriers=frozenset({"very"}),
        idioms=("dying to (meet|see) you",),
        respellings={"wanna": "want to", "od'd": "overdosed", "cuz": "because"},
        guarded=("overdosed",),
        other_words=frozenset({"overdone"}),
        groups=GROUPS,
        endings=endings or {},
    )


def found(text: str, *phrases: str) -> bool:
    return "danger" in screen(text, [a_lexicon(*phrases)]).categories


@pytest.mark.parametrize(
    ("phrase", "texts"),
    [
        ("took|had_some pills", ["took pills", "had some pills"]),
        ("(took|had some) pills", ["took pills", "had some pills"]),
        ("took (|all|most of) the pills", ["took the pills", "took all the pills"]),
        ("took * pills", ["took pills", "took my old pills", "took all of his pills"]),
        ("took # pills", ["took 10 pills", "took 48 pills"]),
        ("took * <tablets>", ["took my meds", "took the tablets"]),
        ("said <bye>", ["said goodbye", "said see ye there", "said i am off"]),
        ("took (too|so) many", ["took too many", "took 2 many", "took so many"]),
        ("i am done .", ["i am done", "i am done, bye", "well. i am done!"]),
        (". the end", ["the end", "so, the end", "it is over. the end"]),
        ("wanna go", ["want to go", "wanna go"]),
        ("goodbye & (pills|<tablets>)", ["goodbye. where are my meds", "pills, then goodbye"]),
        ("<bye> & <bye>", ["goodbye, i am off", "i am off. goodbye"]),
    ],
)
def test_a_phrase_is_looked_for_as_it_is_written(phrase: str, texts: list[str]) -> None:
    for text in texts:
        assert found(text, phrase), text


@pytest.mark.parametrize(
    ("phrase", "texts"),
    [
        ("(took|had some) pills", ["took some pills", "had pills"]),
        ("took * pills", ["took all of my old pills", "took it. pills"]),
        ("took # pills", ["took 9 pills", "took 05 pills", "took some pills"]),
        ("i am done .", ["i am done with the washing"]),
        (". the end", ["in the end"]),
        ("goodbye & (pills|<tablets>)", ["goodbye", "pills", "goodbye goodbye"]),
        ("<bye> & <bye>", ["goodbye", "goodbye. goodbye"]),
        ("to (a shop|a shop now) & a shop now", ["to a shop now"]),
    ],
)
def test_what_only_looks_like_a_phrase_is_none(phrase: str, texts: list[str]) -> None:
    for text in texts:
        assert not found(text, phrase), text


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "must begin and end with a word"),
        ("* die", "must begin and end with a word"),
        ("die *", "must begin and end with a word"),
        ("die |x", "must not lack a word between its bars"),
        ("a||b", "must not lack a word between its bars"),
        ("a ((b|c) d|e)", "is no word and no group"),
        ("took <sweets>", "is no word and no group"),
        ("a & b & c", "must be one phrase or two"),
        ("a & *", "must begin and end with a word"),
    ],
)
def test_a_phrase_that_cannot_be_looked_for_is_refused(phrase: str, why: str) -> None:
    with pytest.raises(PhraseError, match=why):
        a_lexicon(phrase)


def urgency(text: str, lexicon: Lexicon) -> Urgency:
    return screen(text, [lexicon]).urgency


def test_each_width_is_as_urgent_as_agreed() -> None:
    lexicon = a_lexicon("narrow", wide=("wide",), paging=("paging",))

    assert urgency("narrow", lexicon) is Urgency.URGENT
    assert urgency("wide", lexicon) is Urgency.URGENT
    assert urgency("paging", lexicon) is Urgency.EMERGENCY
    assert urgency("not paging", lexicon) is Urgency.SOON


def test_a_wide_phrase_of_an_emergency_is_urgent_at_most() -> None:
    danger = Category("danger", Urgency.EMERGENCY, ("narrow",), negatable=True, wide=("wide",))
    lexicon = Lexicon((danger,), frozenset(), frozenset(), (), {})

    assert urgency("narrow", lexicon) is Urgency.EMERGENCY
    assert urgency("wide", lexicon) is Urgency.URGENT


def test_two_that_mean_something_together_are_one_finding_with_both_as_reason() -> None:
    lexicon = a_lexicon("goodbye & pills")

    assert screen("so, goodbye. the pills are here", [lexicon]) == Screening(
        Urgency.URGENT, ("danger",), '"goodbye" beside "pills"'
    )


def test_two_are_as_urgent_as_the_lesser_of_them() -> None:
    lexicon = a_lexicon("goodbye & pills")

    assert urgency("not goodbye. pills", lexicon) is Urgency.SOON
    assert urgency("not goodbye. pills. goodbye", lexicon) is Urgency.URGENT


def test_a_negation_between_the_words_of_a_phrase_lowers_it() -> None:
    danger = Category("danger", Urgency.URGENT, ("marna chahta",), negatable=True)
    within = frozenset({"nahin"})
    lexicon = Lexicon((danger,), frozenset(), frozenset(), (), {}, negations_within=within)

    assert screen("marna nahin chahta", [lexicon]).why == '"marna nahin chahta" with "nahin"'
    assert urgency("marna chahta", lexicon) is Urgency.URGENT
    assert urgency("marna nahin nahin chahta", lexicon) is Urgency.NONE


def test_a_way_of_speaking_lowers_what_it_overlaps() -> None:
    assert urgency("dying to meet you", a_lexicon("dying")) is Urgency.SOON
    assert urgency("dying to meet god", a_lexicon("dying")) is Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    ["tooook pills", "took pillls", "t00k pills", "t o o k pills", "tookin pills"],
)
def test_odd_spelling_hides_no_phrase(text: str) -> None:
    lexicon = a_lexicon("(took|tooking) pills", endings={"in": "ing"})

    assert urgency(text, lexicon) is Urgency.URGENT


def test_a_guarded_word_is_found_misspelt_unless_it_is_another_word() -> None:
    assert found("i overdossed", "overdosed")
    assert found("i overdoed", "overdosed")
    assert found("i od'd", "overdosed")
    assert not found("i overdone it", "overdosed")
    assert not found("i oversewed it", "overdosed")


def test_ten_thousand_hints_are_paired_quickly() -> None:
    lexicon = a_lexicon("<bye> & pills")

    assert urgency("goodbye " * 1000 + "pills " * 1000, lexicon) is Urgency.URGENT


def test_places_that_lead_on_alike_are_one_and_others_are_not() -> None:
    lexicon = a_lexicon("took my pills", "had my pills", "lost my way", "(hid|kept) * pills")

    took, had, lost, hid = (lexicon.net.following[word] for word in ("took", "had", "lost", "hid"))

    assert took is had
    assert took is not lost
    assert hid is lexicon.net.following["kept"]


def test_phrases_that_begin_alike_and_part_are_each_found() -> None:
    lexicon = a_lexicon(
        "(took|had) pills", "(took|ate) cake", "took * away", "gave * away", "gave up"
    )

    def finds(text: str) -> bool:
        return screen(text, [lexicon]).urgency is Urgency.URGENT

    assert all(map(finds, ["took pills", "had pills", "took cake", "ate cake", "took it away"]))
    assert not any(map(finds, ["had cake", "ate pills", "took up", "had it away"]))


def test_a_gap_belongs_to_its_own_phrase_only() -> None:
    lexicon = a_lexicon("took pills", "took * away", "had pills")

    assert screen("took it all away", [lexicon]).urgency is Urgency.URGENT
    assert screen("had it all away", [lexicon]).urgency is Urgency.NONE
