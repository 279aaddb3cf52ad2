"""Which resource somebody is pointed to, and what a text costs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.signposting import Resource, choose
from companion.core.sms_text import segments


def resource(key: str, *topics: str, language: str = "en-GB", discreet: bool = True) -> Resource:
    return Resource(
        key,
        key,
        f"{key}.example",
        frozenset(topics),
        (language,),
        frozenset({"england"}),
        "made up",
        date(2027, 1, 1),
        discreet,
    )


RESOURCES = (
    resource("first", "general", "pain"),
    resource("second", "general"),
    resource("polish", "general", language="pl"),
    resource("open", "coping", discreet=False),
    resource("sleep", "coping"),
)


def chosen(
    *topics: str, last: str | None = None, language: str = "en-GB", detailed: bool = False
) -> str:
    return choose(RESOURCES, topics=topics, language=language, last=last, detailed=detailed).key


def test_the_most_wanted_topic_comes_first() -> None:
    assert chosen("coping", "pain") == "sleep"
    assert chosen("nothing") == "first"


def test_nothing_is_sent_twice_in_a_row() -> None:
    assert chosen("pain", last="first") == "second"
    assert chosen(last="first") == "second"


def test_the_patients_own_language_is_preferred() -> None:
    assert chosen(language="pl") == "polish"


def test_what_a_lock_screen_should_not_show_needs_leave() -> None:
    assert chosen("coping", detailed=True) == "open"


def test_too_few_resources_are_a_mistake_in_the_file() -> None:
    with pytest.raises(LookupError):
        choose(RESOURCES[:1], topics=(), language="en-GB", last="first", detailed=False)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 153, 3),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ł" + "😀" * 66, 2),
        ("ł" + "😀" * 67, 3),
        ("\ud800", 1),
    ],
)
def test_a_text_costs_what_the_network_charges(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=500), st.text(max_size=20))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)
