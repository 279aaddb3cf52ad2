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
from companion.core.protocols import Cadence, Often
from companion.core.questions import OWN, Question
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
    "wrong_person_done", "started_again", "start_noted", "crisis", "help",
    "crisis_stranger", "agree_code", "code_agreed", "code_wrong", "code_over", "say_noted",
    "plan_none", "plan_on_paper", "plan_team_calls", "plan_today", "plan_today_held",
    "plan_today_last", *AMOUNT_TEXTS, "take_back", "withdrawal_expected", "useful_question",
    "useful_thanks", "thanks_in_english", "from_team", "from_team_in_english", "late_noted",
    "often_done", "seldom_done", "language_noted", "call_111", "call_out_of_hours",
    "count_confirm", "doubled", "own_again", "crisis_scotland", "crisis_northern_ireland",
    "help_scotland", "help_northern_ireland",
    *(f"{question}_{asked}" for question in set(Question) - OWN for asked in ("question", "again")),
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


def add_czech(messages: Path, status: str = "live") -> None:
    with (messages / "languages.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[cs]\nname = "čeština"\ndirection = "ltr"\nstatus = "{status}"\n')
    for name in ("{}.toml", "danger.{}.toml"):
        folder = messages / "vocabulary"
        shutil.copy(folder / name.format("en-GB"), folder / name.format("cs"))


def translate(translations: Path, texts: dict[str, str], *, fuzzy: str = "") -> None:
    catalogue = Catalog(locale="cs", domain="patient", charset="utf-8")
    for english, czech in texts.items():
        catalogue.add(english, czech, flags=["fuzzy"] if english == fuzzy else [])
    folder = translations / "cs" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "patient.po").open("wb") as file:
        write_po(file, catalogue)


def in_czech() -> dict[str, str]:
    """Return a stand-in for a translation: short, with the placeholders of each text."""
    return {t.english: "Den " + " ".join(f"{{{name}}}" for name in t.names) for t in TEXTS}


def tags(wording: Wording) -> set[str]:
    return {language.tag for language in wording.choosable}


def test_every_text_that_the_service_sends_is_there() -> None:
    assert ENGLISH.texts.keys() == ASKED_FOR
    assert {question_key(question) for question in set(Question) - OWN} <= ENGLISH.texts.keys()


@pytest.mark.parametrize("tag", ["pl", "ur"])
def test_drafts_have_every_text_and_each_fits(wording: Wording, tag: str) -> None:
    assert wording.faults(tag) == []


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
    add_czech(messages)
    translate(translations, in_czech())

    wording = Wording.load(messages, translations)

    assert tags(wording) == {"en-GB", "cs"}
    assert wording.text_for("handshake", "cs", team="Ania") == "Den Ania"
    assert wording.vocabulary("cs").numbers["seven"] == 7
    assert wording.lexicons("cs")[0].categories


def test_a_draft_cannot_be_chosen(messages: Path, translations: Path) -> None:
    add_czech(messages, status="draft")
    translate(translations, in_czech())

    assert tags(Wording.load(messages, translations)) == {"en-GB"}


def test_a_language_without_any_translation_cannot_be_chosen(
    messages: Path, translations: Path
) -> None:
    add_czech(messages)

    wording = Wording.load(messages, translations)

    assert tags(wording) == {"en-GB"}
    assert len(wording.faults("cs")) == len(TEXTS)


def test_a_language_that_lacks_one_text_cannot_be_chosen(
    messages: Path, translations: Path
) -> None:
    add_czech(messages)
    texts = in_czech()
    del texts[ENGLISH.texts["crisis"].english]
    translate(translations, texts)

    wording = Wording.load(messages, translations)

    assert wording.faults("cs") == ["crisis: not translated"]
    assert tags(wording) == {"en-GB"}


def test_a_text_that_a_language_lacks_is_said_in_english_with_its_values(
    messages: Path, translations: Path
) -> None:
    add_czech(messages)
    texts = in_czech()
    del texts[ENGLISH.texts["help"].english]
    texts[ENGLISH.texts["handshake"].english] = "Den {day}"
    translate(translations, texts)

    wording = Wording.load(messages, translations)

    for key, values in (
        ("help", {"hours": "9-5", "team_phone": "01632 960001"}),
        ("handshake", {"team": "Ania"}),
    ):
        assert wording.text_for(key, "cs", **values) == wording.text_for(key, "en-GB", **values)
        assert wording.lacks(key, "cs")


def test_who_has_a_language_that_left_the_list_is_still_heard_and_answered() -> None:
    assert ENGLISH.text_for("started_again", "cs") == ENGLISH.text_for("started_again", "en-GB")
    assert ENGLISH.vocabulary("cs") is ENGLISH.vocabulary("en-GB")
    assert ENGLISH.lexicons("cs") == ENGLISH.lexicons("en-GB")
    assert not ENGLISH.is_reviewed("cs")


def test_changed_english_disarms_its_translation(messages: Path, translations: Path) -> None:
    add_czech(messages)
    translate(translations, in_czech())
    in_file(messages / "crisis.toml", "in danger call 999 now", "in danger ring 999 now")

    wording = Wording.load(messages, translations)

    assert wording.faults("cs") == ["crisis: not translated"]


def test_a_doubtful_translation_counts_as_none(messages: Path, translations: Path) -> None:
    add_czech(messages)
    translate(translations, in_czech(), fuzzy=ENGLISH.texts["help"].english)

    assert Wording.load(messages, translations).faults("cs") == ["help: not translated"]


def test_a_translation_must_keep_the_placeholders(messages: Path, translations: Path) -> None:
    add_czech(messages)
    translate(translations, in_czech() | {ENGLISH.texts["handshake"].english: "Den {day}"})

    assert Wording.load(messages, translations).faults("cs") == [
        "handshake: not the same placeholders as the English"
    ]


def test_a_translation_must_keep_within_its_segments(messages: Path, translations: Path) -> None:
    add_czech(messages)
    english = ENGLISH.texts["started_again"].english
    translate(translations, in_czech() | {english: "ł" * 71})

    assert Wording.load(messages, translations).faults("cs") == [
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
        ("resources.toml", "checked_on = 2026-11-27", "", "resources.toml: checked_on: must be given"),
        ("resources.toml", "footstep = 1", 'footstep = "1"', "resources.toml: footstep-1.footstep: must be"),
        ("resources.toml", 'sure = "known"', 'sure = "maybe"', "social-prescribing.sure: unknown maybe"),
        ("resources.toml", 'nations = ["ENG"]', "nations = []", "social-prescribing.nations: must hold"),
        ("resources.toml", '"The Pain Toolkit"', f'"{"x" * 41}"', "pain-toolkit.title: is too long"),
        ("resources.toml", '"paintoolkit.org"', f'"{"x" * 101}"', "pain-toolkit.address: is too long"),
        ("protocols/taper.toml", '"pain"', '"sleep"', "taper.toml: questions: unknown question sleep"),
        ("protocols/taper.toml", '"pain"', '"use"', "taper.toml: protocol: taper: questions must"),
        ("protocols/taper.toml", '"pain", "use"', '"use", "pain"', "taper: the first question must name"),
        ("protocols/taper.toml", "[2, 4, 7]", "[4, 2]", "taper.toml: protocol: taper: usual: days_after"),
        ("protocols/taper.toml", "[2, 4, 7]", '["2"]', "taper.toml: usual.days_after: must hold whole"),
        ("protocols/taper.toml", "then_every_days = 7", "", "taper.toml: then_every_days: must be"),
        ("protocols/taper.toml", "[extra]", "[extras]", "taper.toml: extras: is no part of a protocol"),
        ("protocols/taper.toml", "[extra]", "[extra]\nsoon = []", "taper.toml: extra.soon: must be a number"),
        ("protocols/taper.toml", "[extra]", "[extra]\n7 = []", "taper.toml: extra.7: must hold at least"),
        ("vocabulary/en-GB.toml", 'half = "0.5"', "half = 0.5", "en-GB.toml: fractions.half: must be a word"),
        ("vocabulary/en-GB.toml", 'half = "0.5"', 'half = "-1"', "en-GB.toml: fractions.half: Enter the amount"),
        ("vocabulary/en-GB.toml", '"start", "unstop"', '"stop"', "en-GB.toml: keywords.START: 'stop' is STOP too"),
        ("vocabulary/en-GB.toml", "[folds]", "[folds]\nab = 'A'", "en-GB.toml: folds.ab: must be letters"),
        ("vocabulary/danger.en-GB.toml", '"draft"', '"done"', "danger.en-GB.toml: status: must be draft"),
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
    path.write_text(path.read_text(encoding="utf-8").replace('"general"', '"pain"'), "utf-8")

    with pytest.raises(WordsError, match="at least two"):
        Wording.load(messages, translations)


def test_resources_are_checked_and_say_where_they_come_from() -> None:
    for resource in ENGLISH.resources:
        assert resource.owner
        assert resource.checked_on >= date(2026, 1, 1)
        assert not resource.address.startswith("http")
        assert "en-GB" in resource.languages
        # Anybody may read of the NHS: it is a name, not an illness.
        named = INDISCREET.search(f"{resource.title} {resource.address}".lower().replace("nhs", ""))
        assert not (resource.discreet and named)


def test_check_ins_are_asked_on_the_days_that_were_studied() -> None:
    taper, discharge = ENGLISH.protocols["taper"], ENGLISH.protocols["post-discharge"]

    assert taper.questions[:3] == (Question.PAIN, Question.USE, Question.COPING)
    assert discharge.questions == (Question.PAIN, Question.TABLETS, Question.COPING)
    assert discharge.cadences[Often.USUAL] == Cadence((4, 7, 14, 21, 28), 0)
    assert taper.cadences[Often.USUAL].then_every_days == 7


def test_every_question_of_every_protocol_can_be_asked_and_asked_again() -> None:
    for protocol in ENGLISH.protocols.values():
        asked = {*protocol.questions, *(q for day in protocol.extra.values() for q in day)}
        for question in asked - OWN:
            assert question_key(question) in ENGLISH.texts
            assert f"{question}_again" in ENGLISH.texts
