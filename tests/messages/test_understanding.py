"""Danger in English, Polish and Urdu, looked for in sets that others wrote apart from the words.

The sets are made up, by no clinician; they show what the words find and what they miss. Words
are written for what the open, harder and newer sets show missing, so the floors only hold what
is reached. The unseen sets stand beside them in tests/data: nobody reads them, only the numbers
in docs/understanding.md come from them.
"""

from dataclasses import dataclass
from functools import cache

import pytest

from companion.core.phrases import Lexicon
from companion.core.screening import screen
from companion.core.sms_text import segments
from companion.core.urgency import Urgency
from companion.vocabulary import load_lexicon
from companion.wording import ENGLISH, LONGEST_VALUES, Wording
from tests.rigs.labelled import WORDS, rows


@dataclass(frozen=True, slots=True)
class Floors:
    """What one language reaches on its sets, as shares of a hundred."""

    emergencies: int
    urgent: int
    harder: int
    newer: int
    ordinary_urgent: int


FLOORS = {
    "en-GB": Floors(99, 98, harder=97, newer=99, ordinary_urgent=0),
    "pl": Floors(99, 99, harder=98, newer=99, ordinary_urgent=0),
    "ur": Floors(99, 99, harder=97, newer=99, ordinary_urgent=0),
}
TAGS = sorted(FLOORS)


@cache
def lexicons_of(tag: str) -> list[Lexicon]:
    return [load_lexicon(WORDS, each) for each in dict.fromkeys((tag, ENGLISH))]


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
