"""Which findings need a clinician, and how soon. The clinically reviewed file.

Each threshold is named with its rule id and stands in ``docs/clinical-rules.md`` with
its source. A finding carries a sentence that a nurse can read out. Nothing a patient
writes ever lowers a finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

from companion.core.calendar import written
from companion.core.doses import plain
from companion.core.pace import Say
from companion.core.people import StopReason
from companion.core.questions import GOOD_WHEN_HIGH, USE_MORE, USE_WENT_BACK, Question
from companion.core.screening import Screening
from companion.core.urgency import Urgency

PAIN_RISE = Decimal(2)
"""Rule T-01: points over the patient's own baseline, in two check-ins running."""
PAIN_RISE_PERCENT = Decimal(30)
"""Rule T-01: or this much of the baseline, where that is less; a point at least."""
PAIN_CHECK_INS = 2
BASELINE_DAYS = 14
"""Rule T-01: the baseline is the median of the readings in these days before the first cut."""
BASELINE_READINGS = 3
"""Rule T-01: with fewer readings the value told at enrolment is used."""
COPING_LOW = Decimal(3)
"""Rule T-02: coping 0-10 (0 cannot cope) at or below this."""
REMINDER_AFTER = timedelta(hours=24)
"""Rule T-11: one reminder after this much silence."""
SILENCE_AFTER = timedelta(hours=72)
"""Rule T-11: a person is told after this much silence, and the check-in ends."""
HANDSHAKE_AFTER = timedelta(hours=72)
"""Rule T-30: a person is told when a phone is not confirmed in this time."""
STEP_WEEK = timedelta(days=7)
"""Rules T-11, T-30 and U-01: days after a cut in which silence is urgent."""
WITHDRAWAL_SEVERE, WITHDRAWAL_MODERATE = Decimal(3), Decimal(2)
"""Rule T-20: 0 none to 3 a lot."""
MOOD_LOW = Decimal(3)
"""Rule T-21: both items of the PHQ-2 together, 0 to 6."""
MOOD_TOGETHER = timedelta(days=7)
"""Rule T-21: the two items count together when they were answered within this."""
TABLETS_TIMES, TABLETS_FREE = 2, 10
"""Rule T-22: a count above this many times what was agreed, or above this many where nothing
was, is read to nobody but a person."""
CONFIDENCE_LOW = Decimal(3)
"""Rule T-23: sure of the next step, 0-10, at or below this."""
TREND_CHECK_INS, TREND_POINTS = 3, Decimal(3)
"""Rule T-24: each of so many check-ins worse than the one before, by so much in all."""
MISSED_CHECK_INS = 2
"""Rule T-25: check-ins running in which the first question was not answered."""
REVIEW_AFTER_DAYS = 14
"""Rule T-28: the review after discharge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: how soon a person must act, and why, in words to read out."""

    rule: str
    urgency: Urgency
    why: str


@dataclass(frozen=True, slots=True)
class ScoreReading:
    """One answer to a question that is asked again and again."""

    value: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with one patient about when the team is told (rule T-26)."""

    pain_at: Decimal | None = None
    """Pain at or above this, twice running."""
    coping_at: Decimal | None = None
    """Coping at or below this, at once."""


NOTHING_AGREED = Agreed()


def baseline(
    readings: Sequence[ScoreReading], first_cut_on: date | None, at_enrolment: Decimal | None
) -> Decimal | None:
    """Return the patient's own usual pain, or None when nothing is known (rule T-01)."""
    if first_cut_on is not None:
        since = first_cut_on - timedelta(days=BASELINE_DAYS)
        before = [r.value for r in readings if since <= r.on < first_cut_on]
        if len(before) >= BASELINE_READINGS:
            return Decimal(median(before))
    if at_enrolment is not None:
        return at_enrolment
    return readings[0].value if readings else None


def pain_finding(
    readings: Sequence[ScoreReading], usual: Decimal | None, agreed: Agreed = NOTHING_AGREED
) -> Finding | None:
    """Return rule T-26 or T-01 for *readings*, oldest first, the newest just answered."""
    newest = readings[-PAIN_CHECK_INS:]
    if len(newest) < PAIN_CHECK_INS:
        return None
    scores, least = " then ".join(plain(one.value) for one in newest), min(r.value for r in newest)
    if agreed.pain_at is not None and least >= agreed.pain_at:
        why = f"Pain {scores} in the last two check-ins; agreed to tell at {plain(agreed.pain_at)}."
        return Finding("T-26", Urgency.SOON, why)
    if usual is None or least < usual + _rise(usual):
        return None
    return Finding(
        "T-01", Urgency.SOON, f"Pain {scores} in the last two check-ins; usually {plain(usual)}."
    )


def _rise(usual: Decimal) -> Decimal:
    return min(PAIN_RISE, max(Decimal(1), usual * PAIN_RISE_PERCENT / 100))


def trend_finding(question: Question, readings: Sequence[ScoreReading]) -> Finding | None:
    """Return rule T-24: worse and worse, oldest of *readings* first."""
    newest = [one.value for one in readings[-TREND_CHECK_INS:]]
    rises = [later - earlier for earlier, later in pairwise(newest)]
    if question in GOOD_WHEN_HIGH:
        rises = [-rise for rise in rises]
    if len(newest) < TREND_CHECK_INS or min(rises) <= 0 or sum(rises) < TREND_POINTS:
        return None
    scores = ", ".join(plain(value) for value in newest)
    return Finding("T-24", Urgency.SOON, f"Worse each time: {question} {scores}.")


def coping_finding(value: Decimal, agreed: Agreed = NOTHING_AGREED) -> Finding | None:
    """Return rule T-26 or T-02 for one answer on coping."""
    if agreed.coping_at is not None and value <= agreed.coping_at:
        why = f"Coping {plain(value)} out of 10; agreed to tell at {plain(agreed.coping_at)}."
        return Finding("T-26", Urgency.SOON, why)
    if value <= COPING_LOW:
        return Finding("T-02", Urgency.SOON, f"Coping {plain(value)} out of 10 (0 is cannot cope).")
    return None


def use_finding(value: Decimal) -> Finding | None:
    """Return rule T-03 or T-04 for what was taken."""
    if value == USE_MORE:
        return Finding("T-03", Urgency.URGENT, "Says they took more than agreed.")
    if value == USE_WENT_BACK:
        return Finding(
            "T-04",
            Urgency.URGENT,
            "Says they went back to an earlier dose. Tolerance may be lost: "
            "the old dose can now be dangerous.",
        )
    return None


def withdrawal_finding(
    readings: Sequence[ScoreReading], last_cut_on: date | None
) -> Finding | None:
    """Return rule T-20 for *readings*, oldest first, the newest just answered.

    Some withdrawal in the week after a cut is expected: moderate once is told to nobody.
    """
    newest = readings[-1]
    since = "" if last_cut_on is None else f" The last reduction was on {written(last_cut_on)}."
    if newest.value >= WITHDRAWAL_SEVERE:
        return Finding("T-20", Urgency.URGENT, f"A lot of withdrawal.{since}")
    if newest.value < WITHDRAWAL_MODERATE:
        return None
    twice = len(readings) > 1 and readings[-2].value >= WITHDRAWAL_MODERATE
    if in_step_week(newest.on, last_cut_on) and not twice:
        return None
    again = ", as the time before" if twice else ""
    return Finding("T-20", Urgency.SOON, f"Quite a bit of withdrawal{again}.{since}")


def is_expected_withdrawal(value: Decimal | None, today: date, last_cut_on: date | None) -> bool:
    """Tell whether the patient is told that what they feel is common after a change."""
    if value is None or not in_step_week(today, last_cut_on):
        return False
    return Decimal(1) <= value < WITHDRAWAL_SEVERE


def mood_finding(interest: Decimal | None, mood: Decimal | None) -> Finding | None:
    """Return rule T-21: both items of the PHQ-2 together; one alone counts as it is."""
    total = (interest or 0) + (mood or 0)
    if total < MOOD_LOW:
        return None
    least = "at least " if interest is None or mood is None else ""
    return Finding(
        "T-21", Urgency.URGENT, f"Low mood: {least}{plain(Decimal(total))} of 6 on the PHQ-2."
    )


def newest_within_week(readings: Sequence[ScoreReading], today: date) -> Decimal | None:
    """Return the newest of *readings*, oldest first, if it was given in ``MOOD_TOGETHER`` days.

    The two items of the PHQ-2 may be answered on two days: over midnight, or one of them late.
    """
    if readings and today - readings[-1].on <= MOOD_TOGETHER:
        return readings[-1].value
    return None


def most_tablets(agreed_a_day: Decimal | None) -> Decimal:
    """Return the highest count that is taken without a person (rule T-22)."""
    return Decimal(TABLETS_FREE) if agreed_a_day is None else agreed_a_day * TABLETS_TIMES


def tablets_finding(value: Decimal, agreed_a_day: Decimal | None) -> Finding | None:
    """Return rule T-22: a count against what was agreed for the day, where that is known."""
    if value > most_tablets(agreed_a_day):
        why = f"Says they took {plain(value)} in 24 hours: ask at once what, and how they are."
        return Finding("T-22", Urgency.URGENT, why)
    if agreed_a_day is not None and value > agreed_a_day:
        why = f"Says they took {plain(value)} in 24 hours; {plain(agreed_a_day)} were agreed."
        return Finding("T-22", Urgency.URGENT, why)
    if agreed_a_day and value == 0:
        why = f"Says they took none in 24 hours; {plain(agreed_a_day)} were agreed."
        return Finding("T-22", Urgency.SOON, why)
    return None


def confidence_finding(value: Decimal, next_cut_on: date | None) -> Finding | None:
    """Return rule T-23: not sure of a next step that is planned."""
    if value > CONFIDENCE_LOW or next_cut_on is None:
        return None
    why = f"Only {plain(value)} out of 10 sure of the next step, on {written(next_cut_on)}."
    return Finding("T-23", Urgency.SOON, why)


def missed_check_ins_finding(missed: int, *, in_step_week: bool) -> Finding | None:
    """Return rule T-25: *missed* check-ins running were not begun."""
    if missed < MISSED_CHECK_INS:
        return None
    urgency = Urgency.URGENT if in_step_week else Urgency.SOON
    return Finding("T-25", urgency, f"{missed} check-ins running were not answered.")


def language_finding() -> Finding:
    """Return rule T-27: the patient would like another language."""
    return Finding("T-27", Urgency.SOON, "Texted LANGUAGE: ask which language they would like.")


def review_finding() -> Finding:
    """Return rule T-28: the review after discharge is due."""
    return Finding(
        "T-28",
        Urgency.SOON,
        "Two weeks after discharge: review pain, what is still taken and what is left over.",
    )


CRISIS_SENT = " The crisis numbers were sent."


def help_finding(*, answered: bool = True) -> Finding:
    """Return rule T-05: the patient texted HELP."""
    return Finding("T-05", Urgency.URGENT, f"Texted HELP.{CRISIS_SENT if answered else ''}")


RULE_OF = {Urgency.EMERGENCY: "T-06", Urgency.URGENT: "T-07", Urgency.SOON: "T-08"}


DESPAIR = frozenset({"suicidal", "self_harm"})
"""Rule T-07: kinds of words that are answered with crisis numbers although they page nobody."""


def wants_crisis_numbers(screening: Screening) -> bool:
    """Tell whether the answer is the crisis services: for danger, and for words of despair."""
    despairs = not DESPAIR.isdisjoint(screening.categories)
    return screening.urgency is Urgency.EMERGENCY or (
        screening.urgency is Urgency.URGENT and despairs
    )


def screening_finding(screening: Screening, *, answered: bool = True) -> Finding | None:
    """Return what a text's own words mean (rules T-06, T-07 and T-08).

    *answered* is whether crisis numbers can go to the phone at all.
    """
    if screening.urgency is Urgency.NONE:
        return None
    kinds = ", ".join(category.replace("_", " ") for category in screening.categories)
    told = CRISIS_SENT if answered and wants_crisis_numbers(screening) else ""
    return Finding(
        RULE_OF[screening.urgency],
        screening.urgency,
        f"Wrote {screening.why} ({kinds}).{told}",
    )


def not_understood_finding() -> Finding:
    """Return rule T-09: the same question was not understood twice."""
    return Finding(
        "T-09", Urgency.SOON, "Two answers to the same question could not be understood."
    )


def free_text_finding(*, reviewed: bool) -> Finding:
    """Return rule T-10: words that only a person can read.

    Where no native-speaking clinician has *reviewed* the danger phrases of the language,
    nobody can rely on them: the text needs reading today.
    """
    if reviewed:
        return Finding("T-10", Urgency.SOON, "Wrote something that a person should read.")
    return Finding(
        "T-10",
        Urgency.URGENT,
        "Wrote something that needs reading today: the service may miss danger in these words.",
    )


def silence_finding(*, hours: int, in_step_week: bool) -> Finding:
    """Return rule T-11: no answer at all. Silence is never taken for well."""
    if in_step_week:
        return Finding(
            "T-11", Urgency.URGENT, f"No answer for {hours} hours, in the week after a reduction."
        )
    return Finding("T-11", Urgency.SOON, f"No answer for {hours} hours.")


def stop_finding(*, at_risk: bool) -> Finding:
    """Return rule T-12: texts are off, so nobody will notice by text.

    *at_risk* is a week after a cut, or an alert that stands open.
    """
    return Finding(
        "T-12",
        Urgency.URGENT if at_risk else Urgency.SOON,
        "Texted STOP. No text reaches this patient now: call them.",
    )


def wrong_person_finding(*, at_risk: bool) -> Finding:
    """Return rule T-13: the number may be somebody else's. *at_risk* as for T-12."""
    return Finding(
        "T-13",
        Urgency.URGENT if at_risk else Urgency.SOON,
        "The phone may belong to somebody else. Texts are stopped: call.",
    )


def hold_finding(
    next_cut_on: date | None,
    *,
    supply_ends_on: date | None = None,
    review_on: date | None = None,
) -> Finding:
    """Return rule T-14: the patient asked to stay on this dose.

    The supply was made for lower doses to come: where it ends before the next review, or no
    review is planned, somebody must act on the same working day.
    """
    runs_short = False
    why = ["Asked to stay on this dose."]
    if next_cut_on is not None:
        why.append("The next reduction had been planned and will not come.")
        if supply_ends_on is None:
            why.append("How far the supply goes at this dose is not written down: ask.")
    if supply_ends_on is not None:
        runs_short = review_on is None or supply_ends_on < review_on
        why.append(f"At this dose the supply ends on {written(supply_ends_on)}.")
        if runs_short:
            why.append(
                "No review is planned."
                if review_on is None
                else f"The review is later, on {written(review_on)}."
            )
    return Finding("T-14", Urgency.URGENT if runs_short else Urgency.SOON, " ".join(why))


_SAID = {
    Say.SLOWER: "Asked to go slower.",
    Say.READY: "Says they are ready to go on.",
    Say.SAME: "Asked to stay on this dose for one step more.",
}


def request_finding(say: Say, *, has_plan: bool) -> Finding:
    """Return rule T-17: the patient asked for another pace; nothing changes by itself."""
    then = (
        "A redrawn plan is on their page, to look at together."
        if has_plan
        else "No agreed plan runs: call them."
    )
    return Finding("T-17", Urgency.SOON, f"{_SAID[say]} {then}")


def code_finding() -> Finding:
    """Return rule T-18: a code for agreeing was answered wrongly too often."""
    return Finding(
        "T-18", Urgency.SOON, "Answered the code for agreeing to the plan wrongly. Call them."
    )


def early_finding() -> Finding:
    """Return rule T-29: an answer came before its question had gone out."""
    return Finding(
        "T-29", Urgency.SOON, "Answered before the question had gone out: see what they meant."
    )


def unconfirmed_finding(*, in_step_week: bool) -> Finding:
    """Return rule T-30: nobody has confirmed the phone, so nobody will notice by text."""
    return Finding(
        "T-30",
        Urgency.URGENT if in_step_week else Urgency.SOON,
        "Nobody has confirmed this phone, so no check-in goes out: call.",
    )


def start_finding() -> Finding:
    """Return rule T-31: START does not lift what the team stopped, or a wrong number."""
    return Finding(
        "T-31", Urgency.SOON, "Texted START, and texts stay stopped: see why they were, and call."
    )


def plan_asked_finding() -> Finding:
    """Return rule T-19: the patient asked for the plan, and it is not sure what is taken."""
    return Finding(
        "T-19",
        Urgency.URGENT,
        "Asked for the plan while it is not sure what is taken. Call, and write down what is.",
    )


_WHY_STOPPED = {
    StopReason.DIED: "the patient has died. Tell whoever else writes or calls.",
    StopReason.ADMITTED: "in hospital or a hospice. Agree with them who follows the taper.",
    StopReason.MOVED: "moved away or to another service. Hand the plan over.",
    StopReason.ASKED: "they asked us to. Agree another way to keep in touch.",
    StopReason.OTHER: "somebody of the team stopped them.",
}


def stopped_finding(reason: StopReason) -> Finding:
    """Return rule T-16: staff stopped all texts, so nobody will notice by text."""
    return Finding("T-16", Urgency.SOON, f"Texts are stopped: {_WHY_STOPPED[reason]}")


def stranger_finding(screening: Screening) -> Finding:
    """Return rule T-15: a text from a number that belongs to no one patient."""
    if screening.urgency is Urgency.EMERGENCY:
        return Finding(
            "T-15", Urgency.EMERGENCY, f"A number that no patient has wrote {screening.why}."
        )
    return Finding("T-15", Urgency.SOON, "A text came from a number that no patient has.")


def undelivered_finding(reason: str, *, crisis: bool, in_step_week: bool) -> Finding:
    """Return rule U-01: a text did not reach the patient; *reason* is in words for staff."""
    if crisis:
        return Finding("U-01", Urgency.EMERGENCY, f"The crisis numbers did not arrive: {reason}")
    return Finding(
        "U-01", Urgency.URGENT if in_step_week else Urgency.SOON, f"A text did not arrive: {reason}"
    )


def held_finding(reason: str, *, crisis: bool) -> Finding:
    """Return rule U-02: nobody knows whether a text went out, so it is not sent again."""
    if crisis:
        return Finding("U-02", Urgency.EMERGENCY, f"The crisis numbers may not have gone: {reason}")
    return Finding("U-02", Urgency.SOON, f"A text may or may not have gone: {reason}")


def wrong_number_finding() -> Finding:
    """Return rule U-02 at its loudest: the provider names another phone than the patient's."""
    return Finding(
        "U-02", Urgency.EMERGENCY, "A text may have gone to another phone than the patient's."
    )


def twice_finding() -> Finding:
    """Return rule U-02 where the provider took two copies of one text."""
    return Finding("U-02", Urgency.SOON, "The patient may have got the same text twice.")


def missed_finding() -> Finding:
    """Return rule U-03: a text that was owed did not leave in time."""
    return Finding("U-03", Urgency.SOON, "A text could not be sent in time, so it was not sent.")


def unreadable_finding() -> Finding:
    """Return rule R-01: our own reading failed. Fail towards an alert."""
    return Finding("R-01", Urgency.URGENT, "A text came in and could not be read by the service.")


def unhandled_finding() -> Finding:
    """Return rule R-02: a kept text has waited for longer than a minute."""
    return Finding("R-02", Urgency.URGENT, "A text came in and has not been dealt with yet.")


def flood_finding() -> Finding:
    """Return rule R-03: more texts came than a person writes, so they are no longer answered."""
    return Finding(
        "R-03",
        Urgency.SOON,
        "So many texts came that they are no longer answered. All are kept: look and call.",
    )


def out_of_reach(finding: Finding) -> Finding:
    """Return *finding* with the word that its patient, who texted STOP, must be called."""
    return replace(finding, why=f"{finding.why} They cannot be texted: call.")


def service_finding(duty: str) -> Finding:
    """Return rule S-01: part of the service is failing; *duty* names it."""
    return Finding("S-01", Urgency.URGENT, f"Part of the service is failing: {duty}.")


def nobody_on_duty_finding(teams: Sequence[str]) -> Finding:
    """Return rule S-02: a team has nobody on duty on a working day."""
    return Finding("S-02", Urgency.URGENT, f"Nobody is on duty today in: {', '.join(teams)}.")


def taken_finding() -> Finding:
    """Return rule S-03: another copy of this service has taken our number."""
    return Finding(
        "S-03",
        Urgency.EMERGENCY,
        "Another copy of this service has taken our number, so this one sends nothing more. "
        "Ring whoever runs it.",
    )


def restored_finding() -> Finding:
    """Return rule U-04: nobody knows whether the text went before the backup was restored."""
    return Finding(
        "U-04",
        Urgency.SOON,
        "The service was restored from a backup, and a text that waited may have gone before. "
        "It was not sent again.",
    )


def in_step_week(now_on: date, cut_on: date | None) -> bool:
    """Tell whether *now_on* is within a week after the newest reduction."""
    return cut_on is not None and timedelta(0) <= now_on - cut_on <= STEP_WEEK


def needs_reminder(*, asked_at: datetime, reminded: bool, now: datetime) -> bool:
    """Tell whether a silent check-in gets its one reminder now (rule T-11)."""
    return not reminded and now - asked_at >= REMINDER_AFTER


def is_silent(*, asked_at: datetime, now: datetime) -> bool:
    """Tell whether a person must be told of the silence now (rule T-11)."""
    return now - asked_at >= SILENCE_AFTER
