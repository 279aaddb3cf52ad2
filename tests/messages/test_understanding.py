"""English, Polish and Urdu, measured on sets that others wrote apart from the words.

The sets are made up, by no clinician; they show what the words find and what they miss. Words
are written for what the open, harder and newer sets show missing, so the floors only hold what
is reached. The unseen sets stand beside them in tests/data: nobody reads them, only the numbers
in docs/understanding.md come from them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from companion.core.doses import plain
from companion.core.phrases import Lexicon
from companion.core.questions import Question
from companion.core.reading.answers import read, read_yes_no
from companion.core.reading.readings import Keyword, ReadingKind, Vocabulary
from companion.core.screening import screen
from companion.core.sms_text import segments
from companion.core.urgency import Urgency
from companion.vocabulary import load_lexicon, load_vocabulary
from companion.wording import ENGLISH, LONGEST_VALUES, Wording

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "messages" / "vocabulary"
VALUES = {"number", "range", "yes", "no", "keyword"}
"""What is acted on: a wrong one is never acceptable."""


@dataclass(frozen=True, slots=True)
class Floors:
    """What one language reaches on its sets, as shares of a hundred."""

    read: int
    newer_read: int
    emergencies: int
    urgent: int
    harder: int
    newer: int
    ordinary_urgent: int


FLOORS = {
    "en-GB": Floors(97, 72, 99, 98, harder=97, newer=99, ordinary_urgent=0),
    "pl": Floors(91, 69, 99, 99, harder=98, newer=99, ordinary_urgent=0),
    "ur": Floors(85, 87, 99, 99, harder=97, newer=99, ordinary_urgent=0),
}
TAGS = sorted(FLOORS)


def rows(name: str, tag: str) -> Iterator[dict[str, str]]:
    with (ROOT / "tests/data" / f"{name}_{tag}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def words_of(tag: str) -> Vocabulary:
    return load_vocabulary(WORDS, tag)


@cache
def lexicons_of(tag: str) -> list[Lexicon]:
    return [load_lexicon(WORDS, each) for each in dict.fromkeys((tag, ENGLISH))]


def as_read(row: dict[str, str], vocabulary: Vocabulary) -> str:
    if row["question"] == "agreed":
        reading = read_yes_no(row["reply"], vocabulary)
    else:
        asked = None if row["question"] == "any" else Question(row["question"])
        reading = read(row["reply"], asked, vocabulary)
    if reading.kind is ReadingKind.KEYWORD:
        return f"keyword {reading.keyword}"
    if reading.value is None:
        return str(reading.kind)
    high = "" if reading.high is None else f"-{plain(reading.high)}"
    return f"{reading.kind} {plain(reading.value)}{high}"


@pytest.mark.parametrize("tag", TAGS)
def test_no_reply_is_given_a_wrong_value(tag: str) -> None:
    vocabulary = words_of(tag)

    wrong = [
        (row["question"], row["reply"], row["expected"], found)
        for name in ("open_reading", "newer_reading")
        for row in rows(name, tag)
        if (found := as_read(row, vocabulary)) != row["expected"] and found.split()[0] in VALUES
    ]

    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_no_trap_of_the_language_is_given_a_value(tag: str) -> None:
    # Replies that were once given one: "half of them", "no, I did", "number do".
    vocabulary = words_of(tag)

    caught = [
        (row["question"], row["reply"], found)
        for row in rows("traps", tag)
        if (found := as_read(row, vocabulary)).split()[0] in VALUES
    ]

    assert caught == []


@pytest.mark.parametrize("tag", TAGS)
def test_most_replies_are_understood(tag: str) -> None:
    vocabulary = words_of(tag)
    for name, floor in (
        ("open_reading", FLOORS[tag].read),
        ("newer_reading", FLOORS[tag].newer_read),
    ):
        right = [as_read(row, vocabulary) == row["expected"] for row in rows(name, tag)]

        assert 100 * sum(right) / len(right) >= floor, name


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en-GB", "the carer comes into my bedroom at night"),
        ("en-GB", "I am suicidal lol"),
        ("en-GB", "he has threatened to kill me if i dont stop talking to my mum"),
        ("en-GB", "dad is showing overdose signs"),
        ("pl", "zabiję męża kiedyś"),
        ("pl", "zabiję kiedyś męża za to co mi zrobił"),
        ("pl", "to ostatni sms z tego numeru. żegnajcie"),
        ("ur", "match dekhte hue abbu ko heart attack aa gaya hai"),
        ("ur", "its over ab khudkushi kar lunga"),
        ("ur", "abbu laash ki tarah pare hain uth nahi rahe"),
        ("ur", "seerhiyan charhi aur ab sans nahi aa rahi"),
        ("ur", "shaadi me gir gaya aur uth nahi raha behosh hai"),
    ],
)
def test_no_way_of_speaking_lowers_a_danger_that_is_meant(tag: str, text: str) -> None:
    # Each is near an idiom of its language: "stop snoring", "laash ki tarah soya".
    assert screen(text, lexicons_of(tag)).urgency is Urgency.EMERGENCY


def share(name: str, tag: str, expected: str, least: Urgency) -> float:
    """Return how many of a hundred rows labelled *expected* are at least so urgent."""
    lexicons = lexicons_of(tag)
    found = [
        screen(row["reply"], lexicons).urgency >= least
        for row in rows(name, tag)
        if row["expected"] == expected
    ]
    return 100 * sum(found) / len(found)


@pytest.mark.parametrize("tag", TAGS)
def test_emergencies_page_and_what_is_urgent_is_for_the_same_day(tag: str) -> None:
    floors = FLOORS[tag]

    assert share("open_screening", tag, "emergency", Urgency.EMERGENCY) >= floors.emergencies
    assert share("open_screening", tag, "urgent", Urgency.URGENT) >= floors.urgent
    assert share("harder_screening", tag, "emergency", Urgency.EMERGENCY) >= floors.harder
    assert share("newer_screening", tag, "emergency", Urgency.EMERGENCY) >= floors.newer


@pytest.mark.parametrize("tag", TAGS)
def test_what_means_no_danger_pages_nobody(tag: str) -> None:
    # One row of about a hundred may: sweets that somebody "overdosed" on.
    assert share("open_screening", tag, "none", Urgency.EMERGENCY) < 2
    assert share("harder_screening", tag, "none", Urgency.EMERGENCY) == 0
    assert share("newer_screening", tag, "none", Urgency.EMERGENCY) < 1


@pytest.mark.parametrize("tag", TAGS)
def test_ordinary_texts_page_nobody_and_hardly_ever_are_for_the_same_day(tag: str) -> None:
    lexicons = lexicons_of(tag)

    loud = [
        found
        for row in rows("open_ordinary", tag)
        if (found := screen(row["reply"], lexicons)).urgency >= Urgency.URGENT
    ]

    assert [found.why for found in loud if found.urgency is Urgency.EMERGENCY] == []
    assert len(loud) <= FLOORS[tag].ordinary_urgent, loud


@pytest.mark.parametrize("tag", TAGS)
def test_ordinary_texts_written_to_tempt_page_one_in_hundreds_at_most(tag: str) -> None:
    lexicons = lexicons_of(tag)
    texts = [row["reply"] for row in rows("newer_ordinary", tag)]

    paged = [text for text in texts if screen(text, lexicons).urgency is Urgency.EMERGENCY]

    assert len(texts) >= 450
    assert len(paged) <= 1, paged


@pytest.mark.parametrize("tag", TAGS)
def test_every_keyword_is_heard_in_the_language_and_in_english(tag: str) -> None:
    vocabulary = words_of(tag)

    assert set(vocabulary.keywords.values()) == set(Keyword)
    for keyword in Keyword:
        assert read(keyword.lower(), None, vocabulary).keyword is keyword


@pytest.mark.parametrize(
    ("tag", "question", "reply", "value"),
    [
        ("ur", Question.PAIN, "10 میں سے 8", "8"),
        ("ur", Question.PAIN, "۱۰ میں سے ۸", "8"),
        ("ur", Question.PAIN, "10 mein se 8", "8"),
        ("ur", Question.PAIN, "ساڑھے چھ", "6.5"),
        ("ur", Question.PAIN, "پورے دس 😭", "10"),
        ("ur", Question.TABLETS, "do subah 8 baje do raat 9 baje", "4"),
        ("ur", Question.TABLETS, "15mg ki 3 goliyan", "3"),
        ("ur", Question.WITHDRAWAL, "شدید", "3"),
        ("ur", Question.MOOD, "تقریباً ہر روز", "3"),
        ("ur", Question.TABLETS, "ڈیڑھ گولی", "1.5"),
        ("ur", Question.USE, "کم", "2"),
        ("ur", Question.USE, "زیادہ", "3"),
        ("pl", Question.PAIN, "siedem na dziesięć", "7"),
        ("pl", Question.PAIN, "6,5", "6.5"),
        ("pl", Question.PAIN, "szesc i pol", "6.5"),
        ("pl", Question.TABLETS, "półtorej tabletki", "1.5"),
        ("pl", Question.TABLETS, "2 rano i 1 wieczorem", "3"),
        ("pl", Question.TABLETS, "2 o 8 i 2 o 20", "4"),
        ("pl", Question.TABLETS, "4 po 30 mg", "4"),
        ("pl", Question.TABLETS, "trzy w ciągu doby", "3"),
        ("pl", Question.PAIN, "wczoraj było 8, dziś 5", "5"),
        ("ur", Question.PAIN, "کل ۸ تھا آج ۵ ہے", "5"),
        ("pl", Question.USE, "zgodnie z ustaleniami", "1"),
        ("pl", Question.USE, "duzo wiecej niestety", "3"),
        ("pl", Question.WITHDRAWAL, "raczej łagodne", "1"),
        ("pl", Question.USE, "tak jak ustalone", "1"),
        ("pl", Question.USE, "powrót do wcześniejszego kroku", "4"),
        ("pl", Question.INTEREST, "ponad połowę dni", "2"),
        ("pl", Question.MOOD, "niemal codziennie", "3"),
        ("pl", Question.CONFIDENCE, "wcale", "0"),
    ],
)
def test_traps_of_the_language_are_read_right(
    tag: str, question: Question, reply: str, value: str
) -> None:
    assert read(reply, question, words_of(tag)).value == Decimal(value)


@pytest.mark.parametrize(
    ("tag", "reply", "urgency"),
    [
        ("ur", "مرنا چاہتا ہوں", Urgency.EMERGENCY),
        ("ur", "marna chahti hun", Urgency.EMERGENCY),
        ("ur", "مرنا نہیں چاہتا", Urgency.SOON),
        ("ur", "marna nahin chahta", Urgency.SOON),
        ("ur", "خودکشی کا کوئی خیال نہیں", Urgency.SOON),
        ("ur", "dard theek nahi marna chahta hoon", Urgency.EMERGENCY),
        ("ur", "i want to die", Urgency.EMERGENCY),
        ("ur", "hansi se mar gaya", Urgency.NONE),
        ("pl", "nie chcę żyć", Urgency.EMERGENCY),
        ("pl", "nie chce mi sie zyc", Urgency.EMERGENCY),
        ("pl", "chcę umrzeć", Urgency.EMERGENCY),
        ("pl", "nie chcę umierać", Urgency.SOON),
        ("pl", "nie mam myśli samobójczych", Urgency.SOON),
        ("pl", "umieram z głodu", Urgency.NONE),
    ],
)
def test_negation_and_idiom_lower_a_danger_and_erase_none(
    tag: str, reply: str, urgency: Urgency
) -> None:
    assert screen(reply, lexicons_of(tag)).urgency is urgency


@pytest.mark.parametrize("call", ["call_111", "call_out_of_hours"])
def test_polish_words_for_whom_to_call_keep_a_text_cheap(wording: Wording, call: str) -> None:
    # One Polish letter in them would more than double what every text costs that names them.
    values = LONGEST_VALUES | {"call": wording.text_for(call, "pl")}

    for text in wording.texts.values():
        if "call" in text.names:
            assert segments(wording.text_for(text.key, "pl", **values)) <= text.max_segments
