"""docs/clinical-rules.md says what the code does: the same rules, the same values."""

import re
from pathlib import Path

import pytest

from companion.config import PlansSection
from companion.core import (
    calendar,
    equivalence,
    finer_form,
    grip,
    ladder,
    medicines,
    pace,
    plan_checks,
    signposting,
    situation,
    supply,
    taper,
    triage,
    working,
)
from companion.core.doses import DoseUnit
from companion.services import agreeing, checking_in, conversing, obstacles, receiving

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "clinical-rules.md").read_text(encoding="utf-8")
ROWS = {
    match[1]: match[0]
    for match in re.finditer(r"^\| ([A-Z]+-\d\d) \|.*$", PAGE, flags=re.MULTILINE)
}
CODE = [
    *(ROOT / "companion" / "core").rglob("*.py"),
    *(ROOT / "companion" / "services").rglob("*.py"),
]


def test_every_rule_in_the_code_has_its_line_and_no_line_is_without_code() -> None:
    named = set()
    for path in CODE:
        named |= set(
            re.findall(r"\b([TURSCLG]-\d\d|PLAN-\d\d)\b", path.read_text(encoding="utf-8"))
        )

    assert named == set(ROWS)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("T-01", f"{triage.PAIN_RISE} points"),
        ("T-01", f"{triage.PAIN_CHECK_INS} check-ins"),
        ("T-01", f"{triage.BASELINE_DAYS} days before the first cut"),
        ("T-01", f"at least {triage.BASELINE_READINGS}"),
        ("U-03", f"within {obstacles.ANSWERS_FOR.total_seconds() / 3600:.0f} hours"),
        ("T-02", f"{triage.COPING_LOW} or less"),
        ("T-11", f"reminder after {triage.REMINDER_AFTER.total_seconds() / 3600:.0f} hours"),
        ("T-11", f"a person after {triage.SILENCE_AFTER.total_seconds() / 3600:.0f} hours"),
        ("T-11", f"step week {triage.STEP_WEEK.days} days"),
        ("T-01", f"{triage.PAIN_RISE_PERCENT} %"),
        ("T-20", f"{triage.WITHDRAWAL_MODERATE} and {triage.WITHDRAWAL_SEVERE}"),
        ("T-21", f"{triage.MOOD_LOW} of 6"),
        ("T-21", f"within {triage.MOOD_TOGETHER.days} days"),
        ("T-22", f"{triage.TABLETS_TIMES} times"),
        ("T-22", f"above {triage.TABLETS_FREE}"),
        ("T-23", f"{triage.CONFIDENCE_LOW} or less"),
        ("T-24", f"{triage.TREND_CHECK_INS} check-ins running, {triage.TREND_POINTS} points"),
        ("T-25", f"{triage.MISSED_CHECK_INS} check-ins"),
        ("T-28", f"{triage.REVIEW_AFTER_DAYS} days"),
        ("T-30", f"{triage.HANDSHAKE_AFTER.total_seconds() / 3600:.0f} hours"),
        ("C-16", f"{conversing.DOUBLED_WITHIN.total_seconds():.0f} seconds"),
        ("C-17", f"{conversing.LATE_WITHIN.days} days"),
        ("C-18", f"{checking_in.AFTER_TAPER.days} days"),
        ("R-02", f"{receiving.UNHANDLED_AFTER.total_seconds():.0f} seconds"),
        ("L-01", f"{working.WORK_OPENS:%H:%M} to {working.WORK_CLOSES:%H:%M}"),
        ("L-02", "after {1}, {2} and {3} minutes".format(*ladder.EMERGENCY_MINUTES)),
        ("L-02", f"every {ladder.EMERGENCY_AGAIN.total_seconds() / 60:.0f} minutes"),
        ("L-03", "after {}, {}, {} and {}".format(*ladder.URGENT_HOURS)),
        ("L-04", "next {}, {}, {} and {} working days".format(*ladder.SOON_DAYS)),
        ("L-06", f"after {ladder.FORGOTTEN_MINUTES} minutes (emergency)"),
        ("L-06", f"{ladder.FORGOTTEN_HOURS} working hours (urgent)"),
        ("L-06", f"{ladder.FORGOTTEN_DAYS} working days (soon)"),
        ("L-09", f"after {ladder.OVERDUE_MINUTES} minutes (emergency)"),
        ("S-03", f"{grip.GOOD_FOR.total_seconds():.0f} s"),
        ("PLAN-04", f"over {medicines.PARACETAMOL_MOST_MG} mg"),
        ("PLAN-07", "over {2}, {1} and {0} %".format(*(p for p, _ in plan_checks.CUT_PERCENTS))),
        ("PLAN-09", f"{plan_checks.GROWING_STEPS} in a row"),
        ("PLAN-11", f"more than {plan_checks.MUCH_LONGER.days // 7} weeks"),
        (
            "PLAN-13",
            "{}, {}, {}, {} and {} mg".format(*(one.mg for one in equivalence.THRESHOLDS)),
        ),
        ("C-01", f"{calendar.EARLIEST_SAFE:%H:%M}"),
        ("C-02", f"{calendar.LATEST_SAFE:%H:%M}"),
        ("C-05", f"{pace.NOTICE.days} days"),
        ("C-06", f"{pace.SLOWER_TIMES} times"),
        ("C-08", f"{supply.LONGEST_PRESCRIPTION_DAYS} days"),
        ("C-09", f"{supply.ASK_BEFORE.days} days"),
        ("C-10", f"{agreeing.CODE_GOOD_FOR.days} days"),
        ("C-11", str(agreeing.CODE_TRIES)),
        ("C-12", f"{situation.SPECIALIST_ABOVE_MG} mg"),
        ("C-13", f"{situation.LOCAL_FROM_MG} mg"),
        ("C-14", f"{situation.BRIEF_FROM_MG} mg"),
        (
            "PLAN-17",
            f"over {plan_checks.LONG_USE_PERCENT} % of the start in {plan_checks.LONG_USE_DAYS} days",
        ),
        ("PLAN-20", f"over {PlansSection().risk_load_mg} mg"),
        ("PLAN-23", f"{taper.MOST_A_DAY[DoseUnit.MILLIGRAM]} mg"),
        ("PLAN-23", f"{taper.MOST_A_DAY[DoseUnit.MILLILITRE]} ml"),
        ("PLAN-23", f"{taper.MOST_A_DAY[DoseUnit.MICROGRAM_PER_HOUR]} microgram/hour"),
        ("PLAN-23", f"{taper.MOST_A_DAY[DoseUnit.TABLET]} tablets"),
        ("PLAN-24", f"over {taper.LONG_PAST_DAYS} days"),
        ("C-04", str(checking_in.STARTS_A_MINUTE)),
        ("C-03", f"{calendar.SHORTEST_WINDOW.total_seconds() / 60:.0f} minutes"),
        ("C-19", f"{finer_form.MOST_PATCHES} patches"),
        ("G-01", f"| {signposting.SIGNPOST_COPING} |"),
        ("G-02", f"| {signposting.SIGNPOST_PAIN} |"),
        ("G-03", f"{signposting.ASK_EVERY} signposts"),
    ],
)
def test_the_value_on_the_page_is_the_value_in_the_code(rule: str, value: str) -> None:
    assert value in ROWS[rule]


def test_every_test_that_the_pages_name_exists() -> None:
    for page in ("clinical-rules.md", "clinical-safety/hazards.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for name in re.findall(r"`(tests/[\w/]+\.py)`", text):
            assert (ROOT / name).exists(), name
