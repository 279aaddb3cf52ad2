"""Which findings need a clinician, and how soon: one test for each line of the rules."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from companion.core import triage
from companion.core.questions import Question
from companion.core.screening import Screening
from companion.core.triage import Agreed, Finding, ScoreReading
from companion.core.urgency import Urgency

CUT = date(2027, 1, 18)
NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)


def readings(*pairs: tuple[int, int]) -> list[ScoreReading]:
    """Return pain readings, each by days from the first cut and score."""
    return [ScoreReading(Decimal(value), CUT + timedelta(days=day)) for day, value in pairs]


def test_the_baseline_is_the_median_of_the_fortnight_before_the_first_cut() -> None:
    told = readings((-20, 9), (-14, 4), (-7, 5), (-1, 9), (0, 1), (3, 1))

    assert triage.baseline(told, CUT, Decimal(2)) == 5


def test_with_too_few_readings_the_baseline_is_what_was_told_at_enrolment() -> None:
    told = readings((-7, 5), (-1, 9))

    assert triage.baseline(told, CUT, Decimal(2)) == 2
    assert triage.baseline(told, CUT, None) == 5
    assert triage.baseline(told, None, Decimal(3)) == 3
    assert triage.baseline([], CUT, None) is None


def test_the_other_item_of_the_mood_questions_counts_for_a_week() -> None:
    told = readings((-9, 1), (-5, 3), (-3, 2))

    assert triage.newest_within_week(told, CUT + timedelta(days=4)) == 2
    assert triage.newest_within_week(told, CUT + timedelta(days=5)) is None
    assert triage.newest_within_week([], CUT) is None


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
    ("usual", "just_too_little", "enough"),
    [("0", "0.5", "1"), ("3", "3.5", "4"), ("5", "6", "6.5"), ("8", "9.5", "10")],
)
def test_a_third_more_pain_is_enough_where_two_points_are_much(
    usual: str, just_too_little: str, enough: str
) -> None:
    def found(score: str) -> bool:
        told = [ScoreReading(Decimal(score), CUT)] * 2
        return triage.pain_finding(told, Decimal(usual)) is not None

    assert (found(just_too_little), found(enough)) == (False, True)


def named(finding: Finding | None) -> tuple[str, Urgency] | None:
    return None if finding is None else (finding.rule, finding.urgency)


def test_scores_that_were_agreed_with_the_patient_are_told() -> None:
    agreed = Agreed(pain_at=Decimal(6), coping_at=Decimal(5))

    assert named(triage.pain_finding(readings((0, 6), (2, 7)), Decimal(6), agreed)) == (
        "T-26",
        Urgency.SOON,
    )
    assert triage.pain_finding(readings((0, 5), (2, 7)), Decimal(6), agreed) is None
    assert named(triage.coping_finding(Decimal(5), agreed)) == ("T-26", Urgency.SOON)
    assert triage.coping_finding(Decimal(6), agreed) is None


@pytest.mark.parametrize(("value", "found"), [(3, ("T-02", Urgency.SOON)), (4, None)])
def test_low_coping_is_told(value: int, found: tuple[str, Urgency] | None) -> None:
    assert named(triage.coping_finding(Decimal(value))) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [(1, None), (2, None), (3, ("T-03", Urgency.URGENT)), (4, ("T-04", Urgency.URGENT))],
)
def test_what_was_taken(value: int, found: tuple[str, Urgency] | None) -> None:
    assert named(triage.use_finding(Decimal(value))) == found


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ([(20, 3)], Urgency.URGENT),
        ([(20, 2)], Urgency.SOON),
        ([(20, 1)], None),
        ([(2, 3)], Urgency.URGENT),
        ([(2, 2)], None),
        ([(7, 2)], None),
        ([(8, 2)], Urgency.SOON),
        ([(2, 2), (4, 2)], Urgency.SOON),
        ([(2, 1), (4, 2)], None),
        ([(2, 2), (4, 1)], None),
    ],
)
def test_some_withdrawal_after_a_cut_is_expected_and_much_or_lasting_is_told(
    scores: list[tuple[int, int]], found: Urgency | None
) -> None:
    finding = triage.withdrawal_finding(readings(*scores), CUT)

    assert named(finding) == (None if found is None else ("T-20", found))
    assert finding is None or "The last reduction was on Mon 18 Jan 2027." in finding.why


def test_withdrawal_without_a_cut_is_not_expected() -> None:
    assert named(triage.withdrawal_finding(readings((0, 2)), None)) == ("T-20", Urgency.SOON)
    assert not triage.is_expected_withdrawal(Decimal(2), CUT, None)


@pytest.mark.parametrize(
    ("value", "day", "expected"),
    [(1, 0, True), (2, 7, True), (2, 8, False), (0, 1, False), (3, 1, False)],
)
def test_the_patient_is_told_what_is_common_after_a_change(
    value: int, day: int, expected: bool
) -> None:
    on = CUT + timedelta(days=day)

    assert triage.is_expected_withdrawal(Decimal(value), on, CUT) is expected
    assert not triage.is_expected_withdrawal(None, on, CUT)


@pytest.mark.parametrize(
    ("interest", "mood", "found"),
    [
        (0, 2, False),
        (1, 2, True),
        (None, 2, False),
        (None, 3, True),
        (2, None, False),
        (3, None, True),
        (3, 0, True),
        (3, 3, True),
    ],
)
def test_both_items_of_the_phq_2_are_weighed_together(
    interest: int | None, mood: int | None, found: bool
) -> None:
    first, second = (None if item is None else Decimal(item) for item in (interest, mood))

    finding = triage.mood_finding(first, second)

    assert named(finding) == (("T-21", Urgency.URGENT) if found else None)


@pytest.mark.parametrize(
    ("value", "agreed", "found"),
    [
        ("4", "4", None),
        ("3", "4", None),
        ("4.5", "4", Urgency.URGENT),
        ("9", "4", Urgency.URGENT),
        ("0", "4", Urgency.SOON),
        ("0", "0", None),
        ("0", None, None),
        ("10", None, None),
        ("11", None, Urgency.URGENT),
    ],
)
def test_a_count_is_held_against_what_was_agreed(
    value: str, agreed: str | None, found: Urgency | None
) -> None:
    a_day = None if agreed is None else Decimal(agreed)

    finding = triage.tablets_finding(Decimal(value), a_day)

    assert named(finding) == (None if found is None else ("T-22", found))


def test_being_unsure_of_a_step_that_comes_is_told() -> None:
    assert named(triage.confidence_finding(Decimal(3), CUT)) == ("T-23", Urgency.SOON)
    assert triage.confidence_finding(Decimal(4), CUT) is None
    assert triage.confidence_finding(Decimal(3), None) is None


@pytest.mark.parametrize(
    ("question", "scores", "found"),
    [
        (Question.PAIN, (3, 4, 6), True),
        (Question.PAIN, (3, 5, 6), True),
        (Question.PAIN, (3, 4, 5), False),
        (Question.PAIN, (3, 3, 6), False),
        (Question.PAIN, (6, 4, 3), False),
        (Question.PAIN, (3, 6), False),
        (Question.COPING, (8, 7, 5), True),
        (Question.COPING, (5, 7, 8), False),
    ],
)
def test_worse_each_time_is_a_trend(
    question: Question, scores: tuple[int, ...], found: bool
) -> None:
    finding = triage.trend_finding(question, readings(*enumerate(scores)))

    assert named(finding) == (("T-24", Urgency.SOON) if found else None)


def test_two_missed_check_ins_running_are_a_concern() -> None:
    assert triage.missed_check_ins_finding(1, in_step_week=True) is None
    assert named(triage.missed_check_ins_finding(2, in_step_week=False)) == ("T-25", Urgency.SOON)
    assert named(triage.missed_check_ins_finding(3, in_step_week=True)) == ("T-25", Urgency.URGENT)


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
        (triage.free_text_finding(reviewed=True), "T-10", Urgency.SOON),
        (triage.free_text_finding(reviewed=False), "T-10", Urgency.URGENT),
        (triage.silence_finding(hours=72, in_step_week=False), "T-11", Urgency.SOON),
        (triage.silence_finding(hours=72, in_step_week=True), "T-11", Urgency.URGENT),
        (triage.stop_finding(at_risk=True), "T-12", Urgency.URGENT),
        (triage.stop_finding(at_risk=False), "T-12", Urgency.SOON),
        (triage.wrong_person_finding(at_risk=True), "T-13", Urgency.URGENT),
        (triage.wrong_person_finding(at_risk=False), "T-13", Urgency.SOON),
        (triage.hold_finding(CUT), "T-14", Urgency.SOON),
        (triage.hold_finding(None), "T-14", Urgency.SOON),
        (triage.language_finding(), "T-27", Urgency.SOON),
        (triage.review_finding(), "T-28", Urgency.SOON),
        (triage.early_finding(), "T-29", Urgency.SOON),
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
