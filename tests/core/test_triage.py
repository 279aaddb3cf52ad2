"""Which findings need a clinician, and how soon: one test for each line of the rules."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from companion.core import triage
from companion.core.questions import Question
from companion.core.screening import Screening
from companion.core.triage import PainReading
from companion.core.urgency import Urgency

CUT = date(2027, 1, 18)
NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)


def readings(*pairs: tuple[int, int]) -> list[PainReading]:
    """Return pain readings, each by days from the first cut and score."""
    return [PainReading(Decimal(value), CUT + timedelta(days=day)) for day, value in pairs]


def test_the_baseline_is_the_median_of_the_fortnight_before_the_first_cut() -> None:
    told = readings((-20, 9), (-14, 4), (-7, 5), (-1, 9), (0, 1), (3, 1))

    assert triage.baseline(told, CUT, Decimal(2)) == 5


def test_with_too_few_readings_the_baseline_is_what_was_told_at_enrolment() -> None:
    told = readings((-7, 5), (-1, 9))

    assert triage.baseline(told, CUT, Decimal(2)) == 2
    assert triage.baseline(told, CUT, None) == 5
    assert triage.baseline(told, None, Decimal(3)) == 3
    assert triage.baseline([], CUT, None) is None


@pytest.mark.parametrize(
    ("scores", "usual", "found"),
    [
        ((7, 7), "5", True),
        ((7, 9), "5", True),
        ((6, 9), "5", False),
        ((9, 6), "5", False),
        ((9,), "5", False),
        ((9, 9), None, False),
    ],
)
def test_pain_two_points_up_twice_running_is_a_finding(
    scores: tuple[int, ...], usual: str | None, found: bool
) -> None:
    told = readings(*enumerate(scores))

    finding = triage.pain_finding(told, None if usual is None else Decimal(usual))

    assert (finding is not None) is found
    if finding:
        assert (finding.rule, finding.urgency) == ("T-01", Urgency.SOON)
        assert f"{scores[0]} then {scores[1]}" in finding.why


@pytest.mark.parametrize(
    ("question", "value", "rule", "urgency"),
    [
        (Question.COPING, 3, "T-02", Urgency.SOON),
        (Question.COPING, 4, None, None),
        (Question.USE, 1, None, None),
        (Question.USE, 2, None, None),
        (Question.USE, 3, "T-03", Urgency.URGENT),
        (Question.USE, 4, "T-04", Urgency.URGENT),
        (Question.PAIN, 10, None, None),
    ],
)
def test_an_answer_by_itself(
    question: Question, value: int, rule: str | None, urgency: Urgency | None
) -> None:
    finding = triage.answer_finding(question, Decimal(value))

    assert (finding.rule if finding else None) == rule
    assert (finding.urgency if finding else None) == urgency


@pytest.mark.parametrize(
    ("urgency", "rule"),
    [(Urgency.EMERGENCY, "T-06"), (Urgency.URGENT, "T-07"), (Urgency.SOON, "T-08")],
)
def test_the_words_of_a_text(urgency: Urgency, rule: str) -> None:
    finding = triage.screening_finding(Screening(urgency, ("low_mood",), '"so low"'))

    assert finding is not None
    assert (finding.rule, finding.urgency) == (rule, urgency)
    assert '"so low"' in finding.why
    assert ("crisis numbers" in finding.why) is (urgency is Urgency.EMERGENCY)


def test_words_that_mean_nothing_are_no_finding() -> None:
    assert triage.screening_finding(Screening(Urgency.NONE, (), "")) is None


@pytest.mark.parametrize(
    ("finding", "rule", "urgency"),
    [
        (triage.help_finding(), "T-05", Urgency.URGENT),
        (triage.not_understood_finding(), "T-09", Urgency.SOON),
        (triage.free_text_finding(), "T-10", Urgency.SOON),
        (triage.silence_finding(hours=72, in_step_week=False), "T-11", Urgency.SOON),
        (triage.silence_finding(hours=72, in_step_week=True), "T-11", Urgency.URGENT),
        (triage.stop_finding(), "T-12", Urgency.URGENT),
        (triage.wrong_person_finding(), "T-13", Urgency.URGENT),
        (triage.hold_finding(CUT, CUT + timedelta(days=2)), "T-14", Urgency.URGENT),
        (triage.hold_finding(CUT, CUT + timedelta(days=3)), "T-14", Urgency.SOON),
        (triage.hold_finding(CUT, None), "T-14", Urgency.SOON),
        (
            triage.undelivered_finding("off.", crisis=False, in_step_week=False),
            "U-01",
            Urgency.SOON,
        ),
        (
            triage.undelivered_finding("off.", crisis=False, in_step_week=True),
            "U-01",
            Urgency.URGENT,
        ),
        (
            triage.undelivered_finding("off.", crisis=True, in_step_week=False),
            "U-01",
            Urgency.EMERGENCY,
        ),
        (triage.held_finding("late.", crisis=False), "U-02", Urgency.SOON),
        (triage.held_finding("late.", crisis=True), "U-02", Urgency.EMERGENCY),
        (triage.wrong_number_finding(), "U-02", Urgency.EMERGENCY),
        (triage.missed_finding(), "U-03", Urgency.SOON),
        (triage.unreadable_finding(), "R-01", Urgency.URGENT),
        (triage.unhandled_finding(), "R-02", Urgency.URGENT),
        (triage.service_finding("sending texts"), "S-01", Urgency.URGENT),
    ],
)
def test_each_rule_has_its_urgency_and_a_sentence_to_read_out(
    finding: triage.Finding, rule: str, urgency: Urgency
) -> None:
    assert (finding.rule, finding.urgency) == (rule, urgency)
    assert finding.why.endswith(".")


def test_a_strangers_text_is_as_urgent_as_its_words() -> None:
    calm = triage.stranger_finding(Screening(Urgency.NONE, (), ""))
    danger = triage.stranger_finding(Screening(Urgency.EMERGENCY, ("suicidal",), '"want to die"'))

    assert calm.urgency is Urgency.SOON
    assert danger.urgency is Urgency.EMERGENCY
    assert "want to die" in danger.why


def test_a_step_week_is_seven_days_from_the_cut() -> None:
    assert not triage.in_step_week(CUT, None)
    assert not triage.in_step_week(CUT - timedelta(days=1), CUT)
    assert triage.in_step_week(CUT, CUT)
    assert triage.in_step_week(CUT + timedelta(days=7), CUT)
    assert not triage.in_step_week(CUT + timedelta(days=8), CUT)


def test_silence_is_reminded_of_once_after_a_day_and_told_after_three() -> None:
    def asked(hours: int) -> datetime:
        return NOW - timedelta(hours=hours)

    assert not triage.needs_reminder(asked_at=asked(23), reminded=False, now=NOW)
    assert triage.needs_reminder(asked_at=asked(24), reminded=False, now=NOW)
    assert not triage.needs_reminder(asked_at=asked(48), reminded=True, now=NOW)
    assert not triage.is_silent(asked_at=asked(71), now=NOW)
    assert triage.is_silent(asked_at=asked(72), now=NOW)


@pytest.mark.parametrize(
    ("pain", "coping", "topics"),
    [(6, 5, ("coping", "pain")), (5, 6, ()), (8, 9, ("pain",)), (1, 2, ("coping",))],
)
def test_a_signpost_fits_what_was_answered(pain: int, coping: int, topics: tuple[str, ...]) -> None:
    answers = {Question.PAIN: Decimal(pain), Question.COPING: Decimal(coping)}

    assert triage.topics_for(answers) == topics
    assert triage.topics_for({}) == ()
