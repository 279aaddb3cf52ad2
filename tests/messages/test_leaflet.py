"""The printed copy's words: easy to read, sourced, and in English where no translation stands."""

import re
import shutil
from pathlib import Path

import pytest

from companion.leaflet import Section
from companion.vocabulary import WordsError
from companion.wording import PLACEHOLDER, Wording

ROOT = Path(__file__).parents[2]
ENGLISH = Wording.load(ROOT / "messages", ROOT / "translations")
VALUES = {"team_phone", "hours", "address"}


@pytest.mark.parametrize("section", ENGLISH.leaflet, ids=lambda section: section.key)
def test_a_section_is_easy_to_read_and_says_where_its_facts_are_from(section: Section) -> None:
    plain = re.sub(r"\{\w+\}|\d[\d ]*", "", section.text)
    words = re.findall(r"[A-Za-z']+", plain)
    sentences = len(re.findall(r"[.?!:](?:\s|$)", plain))
    syllables = sum(max(len(re.findall(r"[aeiouy]+", w.lower().rstrip("e"))), 1) for w in words)

    assert 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59 <= 6.5
    assert section.source
    assert set(PLACEHOLDER.findall(section.text)) <= VALUES


def test_what_a_patient_must_know_stands_there() -> None:
    assert [section.key for section in ENGLISH.leaflet] == [
        "expect", "pace", "helps", "back", "danger", "naloxone", "driving", "alcohol", "storage",
    ]  # fmt: skip


def test_english_says_nothing_of_being_english() -> None:
    said = ENGLISH.leaflet_for("en-GB")

    assert {section.tongue.tag for section in said} == {"en-GB"}
    assert "{team_phone}" in said[1].texts["text"], "values are put in where it is shown"


def test_a_language_without_a_translation_says_that_it_is_english() -> None:
    said = [*ENGLISH.leaflet_for("xx"), *ENGLISH.copies_for("xx").values()]

    assert {(section.tongue.tag, section.tongue.direction) for section in said} == {
        ("en-GB", "ltr")
    }


def test_a_section_without_its_source_is_refused(tmp_path: Path) -> None:
    messages = Path(shutil.copytree(ROOT / "messages", tmp_path / "messages"))
    file = messages / "leaflet.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        re.sub(r"^source = .*$", "", text, count=1, flags=re.MULTILINE), encoding="utf-8"
    )

    with pytest.raises(WordsError, match=r"leaflet\.toml"):
        Wording.load(messages, ROOT / "translations")


def test_a_translator_is_told_what_each_fixed_word_is_for() -> None:
    for part in ENGLISH.copies:
        assert part.texts
        assert all(part.notes.values())


@pytest.mark.parametrize("line", ["^note = .*$", "^text = .*$"])
def test_a_fixed_word_without_text_or_note_is_refused(tmp_path: Path, line: str) -> None:
    messages = Path(shutil.copytree(ROOT / "messages", tmp_path / "messages"))
    file = messages / "copies.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(line, "", text, count=1, flags=re.MULTILINE), encoding="utf-8")

    with pytest.raises(WordsError, match=r"copies\.toml"):
        Wording.load(messages, ROOT / "translations")
