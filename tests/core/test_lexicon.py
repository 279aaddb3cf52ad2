"""What a lexicon of a few words finds and lowers: the rules, apart from any language's phrases."""

import pytest

from companion.core.phrases import Category, Lexicon
from companion.core.screening import Screening, screen
from companion.core.urgency import Urgency

EMERGENCY, SOON, NONE = Urgency.EMERGENCY, Urgency.SOON, Urgency.NONE
STRUGGLE = Category("struggle", SOON, ("struggling",), negatable=True)
HARM = Category("harm", EMERGENCY, ("do not stop it",), negatable=False)


def danger(*phrases: str) -> Category:
    return Category("danger", EMERGENCY, phrases, negatable=True)


def a_lexicon(*phrases: str, runs_together: bool = False, guarded: str = "suicide") -> Lexicon:
    """Return a lexicon that was made now: how one is made is tried here too."""
    usual = (
        "want to die",
        "breathing * slow",
        "goodbye & tonight",
        "alone & rope",
        "not dying & anyway",
        "took <tablets>",
        "took # pills",
        "opened <bottles>",
        "suicide",
        "chca umrzec",
    )
    return Lexicon(
        categories=(danger(*(phrases or usual)), STRUGGLE, HARM),
        negations=frozenset({"not", "never"}),
        negations_after=frozenset({"nahi"}),
        negations_within=frozenset({"nie"}),
        carriers=frozenset({"very"}),
        idioms=("dying for tea",),
        respellings={"dont": "do not", "tabs": "tablets"},
        folds={ord("\u0105"): "a"},
        guarded=(guarded,),
        other_words=frozenset({"suicise", "so"}),
        groups={"<tablets>": ("tabs", "pack"), "<bottles>": ("pack", "jar")},
        runs_together=runs_together,
    )


def found(text: str) -> Screening:
    return screen(text, [a_lexicon()])


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("breathing very slow", EMERGENCY),
        ("breathing is slow", EMERGENCY),
        ("breathing not slow", NONE),
        ("breathing nie slow", SOON),
        ("breathing is nie slow", SOON),
        ("slow breathing", NONE),
    ],
)
def test_a_gap_holds_no_negation(text: str, urgency: Urgency) -> None:
    assert found(text).urgency is urgency


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("not very very very very very want to die", SOON),
        ("not very very very very very very want to die", EMERGENCY),
        ("neeever verrrry want to die", SOON),
        ("want to die very very very very very nahi", SOON),
        ("want to die very very very very very very nahi", EMERGENCY),
        ("want to die naaaahi", SOON),
        ("want nieeee to die", SOON),
        ("want to die, nahi", EMERGENCY),
        ("nahi want to die", EMERGENCY),
        ("nie want to die", EMERGENCY),
        ("not, want to die", EMERGENCY),
        ("very want to die not", EMERGENCY),
        ("want to die very not", EMERGENCY),
    ],
)
def test_a_negation_reaches_so_far_and_on_its_own_side_only(text: str, urgency: Urgency) -> None:
    assert found(text).urgency is urgency


def test_only_a_way_of_speaking_that_overlaps_lowers() -> None:
    assert found("dying for tea and want to die").urgency is EMERGENCY
    assert found("want to die dying for tea").urgency is EMERGENCY


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("goodbye tonight", EMERGENCY),
        ("tonight goodbye", EMERGENCY),
        ("not goodbye, see you tonight", SOON),
        ("tonight, not goodbye", SOON),
        ("goodbye, not tonight", SOON),
        ("goodbye goodbye", NONE),
        ("goodbye, a rope", NONE),
    ],
)
def test_two_hints_are_a_danger_unless_one_is_negated(text: str, urgency: Urgency) -> None:
    assert found(text).urgency is urgency


def test_two_hints_are_told_before_one_shorter_phrase() -> None:
    assert found("suicide. goodbye. tonight").why == '"goodbye" beside "tonight"'
    assert found("goodbye, want to die, tonight").why == '"want to die"'


def test_the_reason_holds_whole_words_of_the_patient() -> None:
    assert found("i dont stop it").why == '"dont stop it"'
    assert found("they dont do dont stop it").why == '"dont stop it"'
    assert found("well they dont dying, anyway").why.startswith('"dont dying"')
    assert found("they don't stop it").why == '"don\'t stop it"'


def test_members_of_a_group_stand_in_the_spelling_of_the_phrases() -> None:
    assert found("took tablets").urgency is EMERGENCY
    assert found("took tabs").urgency is EMERGENCY


def test_a_word_may_be_in_two_groups() -> None:
    assert found("took pack").urgency is EMERGENCY
    assert found("opened pack").urgency is EMERGENCY


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("suicde", EMERGENCY),
        ("suiicide", EMERGENCY),
        ("suixide", EMERGENCY),
        ("suicise", NONE),
        ("uicid", NONE),
        ("now s u i c i d e", EMERGENCY),
        ("su ic id e", NONE),
    ],
)
def test_a_guarded_word_is_found_with_one_letter_wrong(text: str, urgency: Urgency) -> None:
    assert found(text).urgency is urgency


def test_a_long_word_may_have_one_letter_wrong_too() -> None:
    longest = "antidisestablishments"  # 21 letters: with one missing still looked at
    lexicon = a_lexicon(longest, guarded=longest)

    assert screen(longest[:5] + longest[6:], [lexicon]).urgency is EMERGENCY


def test_a_struggle_that_is_negated_is_none_and_hides_no_danger() -> None:
    assert found("struggling").urgency is SOON
    assert found("not struggling").urgency is NONE
    assert found("not struggling but want to die").urgency is EMERGENCY
    assert found("struggling and want to die").urgency is EMERGENCY


def test_letters_with_marks_are_read_as_the_phrases_have_them() -> None:
    assert found("chc\u0105 umrzec").urgency is EMERGENCY


def test_a_number_is_no_misspelt_word() -> None:
    assert found("took 50 pills").urgency is EMERGENCY


@pytest.mark.parametrize("words", [("мама", "умер"), ("мама", "он")])
def test_words_written_together_are_looked_at_only_where_the_language_does_so(
    words: tuple[str, ...],
) -> None:
    phrase, written = " ".join(words), "".join(words)

    assert screen(written, [a_lexicon(phrase, runs_together=True)]).urgency is EMERGENCY
    assert screen(written, [a_lexicon(phrase)]).urgency is NONE
    assert screen(f"{words[0]}x", [a_lexicon(phrase, runs_together=True)]).urgency is NONE
