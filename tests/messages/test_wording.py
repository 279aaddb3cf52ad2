"""Words for people are checked when they are loaded, and a language is whole or not offered."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from hypothesis import given
from hypothesis import strategies as st

from companion.core.conversation import question_key
from companion.core.questions import Question
from companion.core.sms_text import segments
from companion.services.telling_plan import AMOUNT_TEXTS
from companion.vocabulary import WordsError
from companion.wording import LONGEST_VALUES, PLACEHOLDER, Text, Wording

ROOT = Path(__file__).parents[2]
ENGLISH = Wording.load(ROOT / "messages", ROOT / "translations")
TEXTS = list(ENGLISH.texts.values())
ASKED_FOR = {
    "handshake", "handshake_again", "handshake_confirmed", "pain_question", "pain_again",
    "use_question", "use_again", "coping_question", "coping_again", "thanks", "noted",
    "noted_urgent", "not_understood_person", "reminder", "hold_done", "hold_nothing",
    "wrong_person_done", "started_again", "crisis", "help",
    "crisis_stranger", "agree_code", "code_agreed", "code_wrong", "code_over", "say_noted",
    "plan_none", "plan_on_paper", "plan_team_calls", "plan_today", "plan_today_held",
    "plan_today_last", *AMOUNT_TEXTS,
}  # fmt: skip
INDISCREET = re.compile(
    r"opioid|opiate|morphine|codeine|tramadol|oxycodone|fentanyl|tablet|pill|patch|dose|dosage"
    r"|medic|drug|taper|reduc|prescri|clinic|addict|withdrawal|hospital|NHS|\bmg\b",
    re.IGNORECASE,
)


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "messages", tmp_path / "messages"))


@pytest.fixture
def translations(tmp_path: Path) -> Path:
    return tmp_path / "translations"


def in_file(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add_polish(messages: Path, status: str = "live") -> None:
    with (messages / "languages.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[pl]\nname = "polski"\ndirection = "ltr"\nstatus = "{status}"\n')
    for name in ("{}.toml", "danger.{}.toml"):
        folder = messages / "vocabulary"
        shutil.copy(folder / name.format("en-GB"), folder / name.format("pl"))


def translate(translations: Path, texts: dict[str, str], *, fuzzy: str = "") -> None:
    catalogue = Catalog(locale="pl", domain="patient", charset="utf-8")
    for english, polish in texts.items():
        catalogue.add(english, polish, flags=["fuzzy"] if english == fuzzy else [])
    folder = translations / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "patient.po").open("wb") as file:
        write_po(file, catalogue)


def in_polish() -> dict[str, str]:
    """Return a stand-in for a translation: short, with the placeholders of each text."""
    return {t.english: "Dzień " + " ".join(f"{{{name}}}" for name in t.names) for t in TEXTS}


def tags(wording: Wording) -> set[str]:
    return {language.tag for language in wording.choosable()}


def test_every_text_that_the_service_sends_is_there() -> None:
    assert ENGLISH.texts.keys() == ASKED_FOR
    assert {question_key(question) for question in Question} <= ENGLISH.texts.keys()


def test_english_can_be_chosen() -> None:
    assert not ENGLISH.faults("en-GB")
    assert tags(ENGLISH) == {"en-GB"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.key)
def test_a_text_keeps_within_its_segments_with_the_longest_values(text: Text) -> None:
    longest = PLACEHOLDER.sub(lambda match: LONGEST_VALUES[match[1]], text.english)

    assert segments(longest) <= text.max_segments <= 4


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.key)
def test_a_text_may_be_read_by_anyone_on_a_lock_screen(text: Text) -> None:
    assert text.detailed or not INDISCREET.search(text.english)


SENTENCES = [text for text in TEXTS if text.key not in AMOUNT_TEXTS]


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text.key)
def test_a_text_is_easy_to_read(text: Text) -> None:
    # Flesch-Kincaid grade 6 is an age of 11. Numbers and addresses are left out.
    plain = re.sub(r"\{\w+\}|https?\S+|\d[\d ]*", "", text.english)
    words = re.findall(r"[A-Za-z']+", plain)
    sentences = max(len(re.findall(r"[.?!:](?:\s|$)", plain)), 1)
    syllables = sum(max(len(re.findall(r"[aeiouy]+", w.lower().rstrip("e"))), 1) for w in words)

    assert 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59 <= 6.5


def test_only_what_tells_a_dose_is_for_detailed_texts() -> None:
    detailed = {text.key for text in TEXTS if text.detailed}

    assert detailed == {"plan_today", "plan_today_held", "plan_today_last", *AMOUNT_TEXTS}


def test_patients_are_told_once_how_to_stop_the_texts() -> None:
    said = [text.key for text in TEXTS if "STOP" in text.english]

    assert said == ["handshake_confirmed"]


@pytest.mark.parametrize("key", ["crisis", "help"])
def test_a_crisis_text_says_where_help_is_and_what_we_are_not(key: str) -> None:
    text = ENGLISH.texts[key].english

    for needed in ("999", "111", "press 2", "Samaritans 116 123", "SHOUT to 85258", "{hours}"):
        assert needed in text
    assert "not an emergency service" in text


def test_values_are_put_in_and_never_looked_at_again() -> None:
    said = ENGLISH.text_for("handshake", "en-GB", team="{hours} {0.__class__} %s {")

    assert "from {hours} {0.__class__} %s {." in said


def test_a_text_without_its_value_is_not_sent() -> None:
    with pytest.raises(KeyError):
        ENGLISH.text_for("handshake", "en-GB")
    with pytest.raises(KeyError):
        ENGLISH.text_for("no such text", "en-GB")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_value_arrives_as_it_is(hours: str, phone: str) -> None:
    said = ENGLISH.text_for("help", "en-GB", hours=hours, team_phone=phone)

    first, hours_here, then, phone_here, last = PLACEHOLDER.split(ENGLISH.texts["help"].english)
    assert (hours_here, phone_here) == ("hours", "team_phone")
    assert said == first + hours + then + phone + last


def test_a_day_is_written_as_people_write_it() -> None:
    assert ENGLISH.short_day(date(2027, 1, 4), "en-GB") == "Mon 4 Jan"


@given(st.dates(date(2026, 1, 1), date(2036, 12, 31)))
def test_no_day_is_longer_than_the_budget_allows(day: date) -> None:
    assert len(ENGLISH.short_day(day, "en-GB")) <= len(LONGEST_VALUES["day"])


def test_a_whole_translation_can_be_chosen(messages: Path, translations: Path) -> None:
    add_polish(messages)
    translate(translations, in_polish())

    wording = Wording.load(messages, translations)

    assert tags(wording) == {"en-GB", "pl"}
    assert wording.text_for("handshake", "pl", team="Ania") == "Dzień Ania"
    assert wording.vocabulary("pl").numbers["seven"] == 7
    assert wording.lexicons("pl")[0].categories


def test_a_draft_cannot_be_chosen(messages: Path, translations: Path) -> None:
    add_polish(messages, status="draft")
    translate(translations, in_polish())

    assert tags(Wording.load(messages, translations)) == {"en-GB"}


def test_a_language_without_any_translation_cannot_be_chosen(
    messages: Path, translations: Path
) -> None:
    add_polish(messages)

    wording = Wording.load(messages, translations)

    assert tags(wording) == {"en-GB"}
    assert len(wording.faults("pl")) == len(TEXTS)


def test_a_language_that_lacks_one_text_cannot_be_chosen(
    messages: Path, translations: Path
) -> None:
    add_polish(messages)
    texts = in_polish()
    del texts[ENGLISH.texts["crisis"].english]
    translate(translations, texts)

    wording = Wording.load(messages, translations)

    assert wording.faults("pl") == ["crisis: not translated"]
    assert tags(wording) == {"en-GB"}
    with pytest.raises(KeyError):
        wording.text_for("crisis", "pl", hours="9-5")


def test_changed_english_disarms_its_translation(messages: Path, translations: Path) -> None:
    add_polish(messages)
    translate(translations, in_polish())
    in_file(messages / "crisis.toml", "in danger call 999 now", "in danger ring 999 now")

    wording = Wording.load(messages, translations)

    assert wording.faults("pl") == ["crisis: not translated"]


def test_a_doubtful_translation_counts_as_none(messages: Path, translations: Path) -> None:
    add_polish(messages)
    translate(translations, in_polish(), fuzzy=ENGLISH.texts["help"].english)

    assert Wording.load(messages, translations).faults("pl") == ["help: not translated"]


def test_a_translation_must_keep_the_placeholders(messages: Path, translations: Path) -> None:
    add_polish(messages)
    translate(translations, in_polish() | {ENGLISH.texts["handshake"].english: "Dzień {day}"})

    assert Wording.load(messages, translations).faults("pl") == [
        "handshake: not the same placeholders as the English"
    ]


def test_a_translation_must_keep_within_its_segments(messages: Path, translations: Path) -> None:
    add_polish(messages)
    english = ENGLISH.texts["started_again"].english
    translate(translations, in_polish() | {english: "ł" * 71})

    assert Wording.load(messages, translations).faults("pl") == [
        "started_again: 2 segments, at most 1"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("conversation.toml", "[handshake]", "[handshake", "conversation.toml: "),
        ("conversation.toml", "[handshake_again]", "[crisis]", "crisis.toml: crisis: stands twice"),
        ("conversation.toml", "[handshake]\n", "stray = 1\n[handshake]\n", "stray: must be given"),
        ("conversation.toml", "{team}. We'd", "{boss}. We'd", "handshake: unknown placeholder boss"),
        ("conversation.toml", "{team}. We'd", "{team!r}. We'd", "handshake: braces may only hold"),
        ("conversation.toml", "{team}. We'd", "{}. We'd", "handshake: braces may only hold"),
        ("conversation.toml", "{team}. We'd", "{team. We'd", "handshake: braces may only hold"),
        ("conversation.toml", "Reply HELP", "Reply YES", "handshake_confirmed: holds YES, a word that"),
        ("conversation.toml", '["STOP"]', '"STOP"', "carrier_words: must be given, as list"),
        ("conversation.toml", "max_segments = 2", 'max_segments = "2"', "max_segments: must be given"),
        ("conversation.toml", "max_segments = 2", "max_segments = true", "max_segments: must be given"),
        ("crisis.toml", "note = ", "notes = ", "crisis.toml: note: must be given, as str"),
        ("languages.toml", '"ltr"', '"down"', "languages.toml: en-GB.direction"),
        ("languages.toml", '"live"', '"done"', "languages.toml: en-GB.status"),
        ("languages.toml", "[en-GB]", "[en-US]", "languages.toml: en-GB: must be in the list"),
        ("resources.toml", "checked_on = 2026-11-23", "", "resources.toml: checked_on: must be given"),
        ("resources.toml", '"The Pain Toolkit"', f'"{"x" * 41}"', "pain-toolkit.title: is too long"),
        ("resources.toml", '"paintoolkit.org"', f'"{"x" * 101}"', "pain-toolkit.address: is too long"),
        ("protocols/taper.toml", '"pain"', '"mood"', "taper.toml: questions: unknown question mood"),
        ("protocols/taper.toml", '"pain"', '"use"', "taper.toml: protocol: taper: questions must"),
        ("protocols/taper.toml", "[2, 4, 7]", "[4, 2]", "taper.toml: protocol: taper: days_after"),
        ("protocols/taper.toml", "[2, 4, 7]", '["2"]', "taper.toml: days_after: must hold whole"),
        ("protocols/taper.toml", "then_every_days = 7", "", "taper.toml: then_every_days: must be"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_named_with_file_and_key(
    messages: Path, translations: Path, file: str, old: str, new: str, named: str
) -> None:
    in_file(messages / file, old, new)

    with pytest.raises(WordsError, match=re.escape(named)):
        Wording.load(messages, translations)


@pytest.mark.parametrize(
    "file",
    ["conversation.toml", "crisis.toml", "languages.toml", "resources.toml", "protocols/taper.toml",
     "protocols/post-discharge.toml", "vocabulary/en-GB.toml", "vocabulary/danger.en-GB.toml"],
)  # fmt: skip
def test_a_missing_file_is_named(messages: Path, translations: Path, file: str) -> None:
    (messages / file).unlink()

    with pytest.raises(WordsError, match=re.escape(Path(file).name)):
        Wording.load(messages, translations)


def test_at_least_two_resources_must_suit_everybody(messages: Path, translations: Path) -> None:
    path = messages / "resources.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"general"', '"rest"'), "utf-8")

    with pytest.raises(WordsError, match="at least two"):
        Wording.load(messages, translations)


def test_resources_are_checked_and_say_where_they_come_from() -> None:
    for resource in ENGLISH.resources:
        assert resource.source
        assert resource.checked_on >= date(2026, 1, 1)
        assert not resource.address.startswith("http")
        assert "en-GB" in resource.languages
        assert not (resource.discreet and INDISCREET.search(resource.title + resource.address))


def test_check_ins_are_asked_on_the_days_that_were_studied() -> None:
    taper, discharge = ENGLISH.protocols["taper"], ENGLISH.protocols["post-discharge"]

    assert taper.questions == discharge.questions == (Question.PAIN, Question.USE, Question.COPING)
    assert (discharge.days_after, discharge.then_every_days) == ((4, 7, 14, 21, 28), 0)
    assert taper.then_every_days == 7
