"""A patient is pointed to something that fits, and not to the same thing twice running."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.questions import Question
from companion.core.signposting import (
    ASK_EVERY,
    Resource,
    Seen,
    Topic,
    asks_whether_useful,
    choose,
    topics_for,
)
from companion.core.working import Nation

BRITISH = frozenset(Nation)


def a_resource(
    key: str,
    *topics: Topic,
    language: str = "en-GB",
    discreet: bool = True,
    nations: frozenset[Nation] = BRITISH,
    footstep: int | None = None,
) -> Resource:
    return Resource(
        key=key,
        title=key,
        address=f"example.org/{key}",
        topics=frozenset(topics),
        languages=(language,),
        nations=nations,
        owner="Example",
        checked_on=date(2026, 11, 23),
        footstep=footstep,
        discreet=discreet,
    )


HOME = a_resource("home", Topic.GENERAL)
SLEEP = a_resource("sleep", Topic.GENERAL, Topic.SLEEP)
PAIN = a_resource("pain", Topic.PAIN)
POLISH = a_resource("bol", Topic.PAIN, language="pl")
FRANK = a_resource("frank", Topic.USE, discreet=False)
SCOTTISH = a_resource("hills", Topic.MOVING, nations=frozenset({Nation.SCOTLAND}))
LIFELINE = a_resource("lifeline", Topic.CRISIS, Topic.MOOD)
ALL = (HOME, SLEEP, PAIN, POLISH, FRANK, SCOTTISH, LIFELINE)
FOOTSTEPS = tuple(a_resource(f"step-{n}", Topic.COPING, footstep=n) for n in (2, 1, 3))


def chosen(
    *topics: Topic,
    language: str = "en-GB",
    nation: Nation = Nation.ENGLAND,
    keys: tuple[str, ...] = (),
    useless: frozenset[str] = frozenset(),
    detailed: bool = False,
    resources: Sequence[Resource] = ALL,
) -> Resource:
    return choose(
        resources,
        topics=topics,
        language=language,
        nation=nation,
        seen=Seen(keys, useless),
        detailed=detailed,
    )


def test_the_most_wanted_topic_comes_first() -> None:
    assert chosen(Topic.PAIN, Topic.SLEEP) is PAIN
    assert chosen(Topic.SLEEP, Topic.PAIN) is SLEEP


def test_without_a_wish_something_general_is_chosen() -> None:
    assert chosen() is HOME
    assert chosen(Topic.PACING) is HOME


def test_the_patients_own_language_is_preferred() -> None:
    assert chosen(Topic.PAIN, language="pl") is POLISH
    assert chosen(Topic.SLEEP, language="pl") is SLEEP


def test_what_names_a_medicine_goes_only_to_who_chose_it() -> None:
    assert chosen(Topic.USE, detailed=True) is FRANK
    assert chosen(Topic.USE) is HOME


def test_what_another_nation_has_is_left_out() -> None:
    assert chosen(Topic.MOVING, nation=Nation.SCOTLAND) is SCOTTISH
    assert chosen(Topic.MOVING) is HOME


def test_crisis_services_are_not_signposts() -> None:
    assert chosen(Topic.MOOD) is HOME


def test_the_footsteps_come_one_after_another_while_nothing_else_is_wanted() -> None:
    resources = (*ALL, *FOOTSTEPS)

    assert chosen(resources=resources).footstep == 1
    assert chosen(resources=resources, keys=("step-1",)).footstep == 2
    assert chosen(resources=resources, keys=("step-2", "step-1")).footstep == 3
    assert chosen(Topic.PAIN, resources=resources) is PAIN
    assert chosen(resources=resources, keys=("step-1", "step-2", "step-3")) is HOME


def test_what_was_of_no_use_is_not_sent_again() -> None:
    assert chosen(Topic.PAIN, useless=frozenset({"pain"})) is POLISH
    assert chosen(useless=frozenset({"home"})) is SLEEP
    assert chosen(useless=frozenset({"home", "sleep"})) is HOME


def test_what_was_sent_least_often_comes_first() -> None:
    assert chosen(keys=("home", "sleep", "home", "pain")) is SLEEP


@given(st.lists(st.sampled_from(Topic), max_size=3), st.booleans(), st.integers(0, 8))
def test_the_same_is_never_sent_twice_running(
    topics: list[Topic], detailed: bool, rounds: int
) -> None:
    keys: tuple[str, ...] = ()
    for _round in range(rounds):
        found = chosen(*topics, keys=keys, detailed=detailed, resources=(*ALL, *FOOTSTEPS))
        assert not keys or found.key != keys[-1]
        assert found.discreet or detailed
        keys = (*keys, found.key)


def test_a_list_without_anything_general_is_refused() -> None:
    with pytest.raises(LookupError):
        chosen(resources=(PAIN,))


def test_now_and_then_the_patient_is_asked_whether_it_was_useful() -> None:
    assert [asks_whether_useful(n) for n in (1, ASK_EVERY - 1, ASK_EVERY)] == [False, False, True]


def test_a_number_is_no_web_address() -> None:
    assert HOME.is_web
    assert not Resource(
        key="x", title="x", address="116 123", topics=frozenset({Topic.CRISIS}),
        languages=("en-GB",), nations=BRITISH, owner="x", checked_on=date(2026, 1, 1),
    ).is_web  # fmt: skip


@pytest.mark.parametrize(
    ("pain", "coping", "topics"),
    [(6, 5, ("coping", "flare-up")), (5, 6, ()), (8, 9, ("flare-up",)), (1, 2, ("coping",))],
)
def test_a_signpost_fits_what_was_answered(pain: int, coping: int, topics: tuple[str, ...]) -> None:
    answers = {Question.PAIN: Decimal(pain), Question.COPING: Decimal(coping)}

    assert topics_for(answers) == topics
    assert topics_for({}) == ()


def test_a_signpost_fits_what_was_written_and_felt() -> None:
    answers = {Question.WITHDRAWAL: Decimal(1), Question.MOOD: Decimal(1)}

    assert topics_for(answers, ["side_effects", "took_more", "low_mood"]) == (
        "sleep",
        "mood",
        "relaxation",
    )
