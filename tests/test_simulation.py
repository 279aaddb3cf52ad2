"""Rules can be tried on made-up people: the same seed gives the same run, and misses show."""

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

from click.testing import CliRunner

from companion.cli import main
from companion.core.questions import Question
from companion.core.urgency import Urgency
from companion.simulation.living import Raised
from companion.simulation.population import MUST_BE_NOTICED, SHARES, Kind, population
from companion.simulation.report import report_of
from tests.rigs.times import MONDAY_NINE


def test_a_population_has_every_kind_in_its_share_and_a_seed_gives_the_same_people() -> None:
    people = population(100, 84, 3)

    assert Counter(person.kind for person in people) == SHARES
    assert [p.onset_day for p in people] == [p.onset_day for p in population(100, 84, 3)]
    said = [person.answers(Question.PAIN, 5, None) for person in people]
    assert said == [p.answers(Question.PAIN, 5, None) for p in population(100, 84, 3)]


def test_nobody_struggles_before_their_day() -> None:
    for person in population(100, 84, 1):
        assert not person.is_struck(person.onset_day - 1)
        assert person.is_struck(person.onset_day) is (person.kind in MUST_BE_NOTICED)


def test_every_kind_answers_every_question_on_every_day_or_is_silent() -> None:
    for person in population(100, 40, 1):
        for question in Question:
            for day in (1, 20, 39):
                said = person.answers(question, day, 2)
                assert (said is None) is (person.kind is Kind.SILENT and person.is_struck(day))


def raised(person: int, day: int, at: datetime = MONDAY_NINE) -> Raised:
    return Raised(person, "T-01", Urgency.SOON, day, at)


def test_a_struggle_is_missed_when_nobody_is_told_in_time() -> None:
    people = [p for p in population(100, 84, 1) if p.kind is Kind.SILENT][:3]
    first, second, third = people

    report = report_of(
        people,
        [
            raised(first.number, first.onset_day + 2),
            raised(first.number, first.onset_day + 4),
            raised(second.number, second.onset_day + 15),
            raised(third.number, third.onset_day - 1),
        ],
        days=84,
        seed=1,
        clinicians=2,
    )

    silent = next(one for one in report.noticed if one.kind is Kind.SILENT)
    assert (silent.people, silent.missed, silent.median_days, silent.longest_days) == (
        3,
        2,
        Decimal(2),
        2,
    )
    assert report.missed == 2
    assert str(report.a_clinician_day(84)) == "0.50"


def simulate(*options: str) -> dict[str, object]:
    ran = CliRunner().invoke(main, ["simulate", "--json", *options])
    assert ran.exit_code == 0, ran.output
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def test_people_live_through_the_services_own_rules(tmp_path: Path) -> None:
    chart = tmp_path / "alerts.svg"
    options = ("--patients", "9", "--days", "24", "--seed", "2", "--chart", str(chart))

    once, again = simulate(*options), simulate(*options)

    assert once == again
    assert once["patients"] == 9
    assert once["alerts_by_rule"]
    picture = ET.fromstring(chart.read_text(encoding="utf-8"))
    assert picture.find("{http://www.w3.org/2000/svg}title") is not None


def test_the_table_says_what_was_tried() -> None:
    ran = CliRunner().invoke(main, ["simulate", "--patients", "2", "--days", "3"])

    assert ran.exit_code == 0
    assert "2 made-up patients for 3 days, seed 1, 1 clinicians." in ran.stdout
    assert "median days" in ran.stdout


def test_words_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["simulate", "--messages", str(tmp_path)])

    assert ran.exit_code == 2
    assert "conversation.toml" in ran.stderr
