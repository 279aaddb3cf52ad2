"""A file of words with a mistake in it stops the start, with file and key in the error."""

import re
import shutil
from pathlib import Path

import pytest

from companion.core.reading.readings import Keyword
from companion.core.urgency import Urgency
from companion.vocabulary import WordsError, load_lexicon, load_vocabulary

ROOT = Path(__file__).parents[2]
TAG = "en-GB"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "messages" / "vocabulary", tmp_path / "vocabulary"))


def in_file(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_words_of_english_are_there(folder: Path) -> None:
    vocabulary = load_vocabulary(folder, TAG)

    assert vocabulary.numbers["seven"] == 7
    assert vocabulary.answers["use"]["as agreed"] == 1
    assert set(vocabulary.keywords.values()) == set(Keyword)


def test_the_words_that_carriers_act_on_are_ours_too(folder: Path) -> None:
    keywords = load_vocabulary(folder, TAG).keywords

    stops = ("stop", "stopall", "end", "quit", "cancel", "unsubscribe", "revoke", "optout")
    assert {keywords[word] for word in stops} == {Keyword.STOP}
    assert {keywords["start"], keywords["unstop"]} == {Keyword.START}
    assert {keywords["help"], keywords["info"]} == {Keyword.HELP}


def test_no_word_of_an_answer_is_a_keyword(folder: Path) -> None:
    vocabulary = load_vocabulary(folder, TAG)

    answers = {said for by_question in vocabulary.answers.values() for said in by_question}
    assert not answers & vocabulary.keywords.keys()
    assert not (vocabulary.yes | vocabulary.no) & vocabulary.keywords.keys()


def test_no_word_both_leaves_a_number_as_it_is_and_puts_it_in_doubt(folder: Path) -> None:
    vocabulary = load_vocabulary(folder, TAG)

    assert vocabulary.doubts.isdisjoint(vocabulary.after - {"guess"})
    assert vocabulary.before.isdisjoint({"day", "at", "for", "this", "was", "no", "not", "took"})


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("seven = 7", "seven = 7.5", "en-GB.toml: numbers.seven: must be"),
        ("seven = 7", "seven = true", "en-GB.toml: numbers.seven: must be"),
        ("seven = 7", "Seven = 7", "en-GB.toml: numbers.Seven: must be"),
        (
            '"as agreed with',
            '"As (|all )agreed with',
            "en-GB.toml: use.As (|all )agreed with you: must",
        ),
        ("[answers.use]", "[answers.sleep]", "en-GB.toml: answers.sleep: is no question"),
        ("[topics]", "[topics]\nsleep = []", "en-GB.toml: topics.sleep: is no question"),
        (
            "[misleading]",
            "[misleading]\nsleep = []",
            "en-GB.toml: misleading.sleep: is no question",
        ),
        ("HOLD = [", "WAIT = [", "en-GB.toml: keywords.WAIT: is no keyword"),
        ('"stopall"', '"StopAll"', "en-GB.toml: STOP: 'StopAll' must be in small letters"),
        ('half = ["and a half"', 'half = [5, "and a half"', "en-GB.toml: half: 5 must be"),
        ("doubts = [", "doubt = [", "en-GB.toml: doubts: must be given, as list"),
    ],
)
def test_a_mistake_in_the_reading_words_is_named(
    folder: Path, old: str, new: str, named: str
) -> None:
    in_file(folder / "en-GB.toml", old, new)

    with pytest.raises(WordsError, match=re.escape(named)):
        load_vocabulary(folder, TAG)


def test_the_danger_phrases_of_english_are_there(folder: Path) -> None:
    urgencies = {category.urgency for category in load_lexicon(folder, TAG).categories}

    assert urgencies == {Urgency.EMERGENCY, Urgency.URGENT, Urgency.SOON}


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('urgency = "emergency"', 'urgency = "red"', "categories.suicidal.urgency: must be"),
        ('urgency = "emergency"', "", "categories.suicidal.urgency: must be"),
        ("negatable = true", 'negatable = "yes"', "negatable: must be given, as bool"),
        ('"let me die"', '"Let me die"', "phrases: 'Let me die' must be in small letters"),
        ('"let me die"', '"let me die *"', "phrases: 'let me die *' must begin and end"),
        ('wanna = "want to"', "wanna = 2", "respellings.wanna: must be a word"),
        ('wanna = "want to"', 'wanna = "Want to"', "respellings.wanna: must be a word"),
        ('wanna = "want to"', 'w = "want"', "respellings.w: must not be a single letter"),
        ('"overdose", "overdosed", "breathe"', '"die"', "guarded: 'die' is too short"),
        (
            "[categories.suicidal]",
            "[categories]\nstray = 1\n[categories.suicidal]",
            "stray: must be",
        ),
        ("carriers = [", "carrier = [", "carriers: must be given, as list"),
    ],
)
def test_a_mistake_in_the_danger_phrases_is_named(
    folder: Path, old: str, new: str, named: str
) -> None:
    in_file(folder / "danger.en-GB.toml", old, new)

    with pytest.raises(WordsError, match="danger.en-GB.toml: .*" + re.escape(named)):
        load_lexicon(folder, TAG)


def test_a_language_without_any_danger_phrase_is_refused(folder: Path) -> None:
    path = folder / "danger.en-GB.toml"
    head, _, _ = path.read_text(encoding="utf-8").partition("[categories.")
    path.write_text(head + "[categories]\n", encoding="utf-8")

    with pytest.raises(WordsError, match="categories: must hold at least one"):
        load_lexicon(folder, TAG)


def test_a_category_without_a_phrase_is_refused(folder: Path) -> None:
    path = folder / "danger.en-GB.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write('\n[categories.empty]\nurgency = "soon"\nnegatable = true\nphrases = []\n')

    with pytest.raises(WordsError, match=re.escape("categories.empty.phrases")):
        load_lexicon(folder, TAG)
