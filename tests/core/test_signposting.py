"""A patient is pointed to something that fits, and not to the same thing twice running."""

from collections.abc import Sequence
from datetime import date

import pytest

from companion.core.signposting import Resource, choose


def a_resource(key: str, *topics: str, language: str = "en-GB", discreet: bool = True) -> Resource:
    return Resource(
        key=key,
        title=key,
        address=f"example.org/{key}",
        topics=frozenset(topics),
        languages=(language,),
        nations=frozenset({"england"}),
        source="Example",
        checked_on=date(2026, 11, 23),
        discreet=discreet,
    )


HOME = a_resource("home", "general")
SLEEP = a_resource("sleep", "general", "sleep")
PAIN = a_resource("pain", "pain")
POLISH = a_resource("bol", "pain", language="pl")
FRANK = a_resource("frank", "use", discreet=False)
ALL = (HOME, SLEEP, PAIN, POLISH, FRANK)


def chosen(
    *topics: str,
    language: str = "en-GB",
    last: str | None = None,
    detailed: bool = False,
    resources: Sequence[Resource] = ALL,
) -> Resource:
    return choose(resources, topics=topics, language=language, last=last, detailed=detailed)


def test_the_most_wanted_topic_comes_first() -> None:
    assert chosen("pain", "sleep") is PAIN
    assert chosen("sleep", "pain") is SLEEP


def test_without_a_wish_something_general_is_chosen() -> None:
    assert chosen() is HOME
    assert chosen("nothing we have") is HOME


def test_the_last_one_is_not_sent_again() -> None:
    assert chosen(last="home") is SLEEP
    assert chosen("sleep", last="sleep") is HOME


def test_the_patients_language_is_preferred_to_english() -> None:
    assert chosen("pain", language="pl") is POLISH
    assert chosen("sleep", language="pl") is SLEEP


def test_what_names_medicines_goes_only_to_who_chose_detail() -> None:
    assert chosen("use") is HOME
    assert chosen("use", detailed=True) is FRANK


def test_a_lack_of_resources_is_said() -> None:
    with pytest.raises(LookupError, match="two general"):
        chosen(last="home", resources=(HOME,))
