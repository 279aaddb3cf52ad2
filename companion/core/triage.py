"""Which findings need a clinician, and how soon. The clinically reviewed file.

Each threshold is named with its rule id and stands in ``docs/clinical-rules.md`` with
its source. A finding carries a sentence that a nurse can read out. Nothing a patient
writes ever lowers a finding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from companion.core.doses import plain
from companion.core.pace import Say
from companion.core.people import StopReason
from companion.core.protocols import USE_MORE, USE_WENT_BACK, Question
from companion.core.screening import Screening
from companion.core.urgency import Urgency

PAIN_RISE = Decimal(2)
"""Rule T-01: points over the patient's own baseline, in two check-ins running."""
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
STEP_WEEK = timedelta(days=7)
"""Rules T-11 and U-01: days after a cut in which silence is urgent."""
SIGNPOST_COPING = Decimal(5)
"""Rule G-01: at or below this the signpost is about coping."""
SIGNPOST_PAIN = Decimal(6)
"""Rule G-02: at or above this the signpost is about pain."""
HOLD_URGENT = timedelta(days=2)
"""Rule T-14: a hold is urgent when the next cut is this near."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: how soon a person must act, and why, in words to read out."""

    rule: str
    urgency: Urgency
    why: str


@dataclass(frozen=True, slots=True)
class PainReading:
    """One answer to the pain question."""

    value: Decimal
    on: date


def baseline(
    readings: Sequence[PainReading], first_cut_on: date | None, at_enrolment: Decimal | None
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


def pain_finding(readings: Sequence[PainReading], usual: Decimal | None) -> Finding | None:
    """Return rule T-01 for *readings*, oldest first, the newest just answered."""
    newest = readings[-PAIN_CHECK_INS:]
    if usual is None or len(newest) < PAIN_CHECK_INS:
        return None
    if any(reading.value < usual + PAIN_RISE for reading in newest):
        return None
    scores = " then ".join(plain(reading.value) for reading in newest)
    return Finding(
        "T-01", Urgency.SOON, f"Pain {scores} in the last two check-ins; usually {plain(usual)}."
    )


def answer_finding(question: Question, value: Decimal) -> Finding | None:
    """Return what one answer means by itself (rules T-02, T-03 and T-04)."""
    if question is Question.COPING and value <= COPING_LOW:
        return Finding("T-02", Urgency.SOON, f"Coping {plain(value)} out of 10 (0 is cannot cope).")
    if question is Question.USE and value == USE_MORE:
        return Finding("T-03", Urgency.URGENT, "Says they took more than agreed.")
    if question is Question.USE and value == USE_WENT_BACK:
        return Finding(
            "T-04",
            Urgency.URGENT,
            "Says they went back to an earlier dose. Tolerance may be lost: "
            "the old dose can now be dangerous.",
        )
    return None


CRISIS_SENT = " The crisis numbers were sent."


def help_finding(*, answered: bool = True) -> Finding:
    """Return rule T-05: the patient texted HELP."""
    return Finding("T-05", Urgency.URGENT, f"Texted HELP.{CRISIS_SENT if answered else ''}")


RULE_OF = {Urgency.EMERGENCY: "T-06", Urgency.URGENT: "T-07", Urgency.SOON: "T-08"}


def screening_finding(screening: Screening, *, answered: bool = True) -> Finding | None:
    """Return what a text's own words mean (rules T-06, T-07 and T-08).

    *answered* is whether crisis numbers can go to the phone at all.
    """
    if screening.urgency is Urgency.NONE:
        return None
    kinds = ", ".join(category.replace("_", " ") for category in screening.categories)
    told = CRISIS_SENT if answered and screening.urgency is Urgency.EMERGENCY else ""
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


def free_text_finding() -> Finding:
    """Return rule T-10: words that only a person can read."""
    return Finding("T-10", Urgency.SOON, "Wrote something that a person should read.")


def silence_finding(*, hours: int, in_step_week: bool) -> Finding:
    """Return rule T-11: no answer at all. Silence is never taken for well."""
    if in_step_week:
        return Finding(
            "T-11", Urgency.URGENT, f"No answer for {hours} hours, in the week after a reduction."
        )
    return Finding("T-11", Urgency.SOON, f"No answer for {hours} hours.")


def stop_finding() -> Finding:
    """Return rule T-12: texts are off, so nobody will notice by text."""
    return Finding(
        "T-12", Urgency.URGENT, "Texted STOP. No text reaches this patient now: call them."
    )


def wrong_person_finding() -> Finding:
    """Return rule T-13: the number may be somebody else's."""
    return Finding(
        "T-13", Urgency.URGENT, "The phone may belong to somebody else. Texts are stopped: call."
    )


def hold_finding(
    today: date,
    next_cut_on: date | None,
    *,
    supply_ends_on: date | None = None,
    review_on: date | None = None,
) -> Finding:
    """Return rule T-14: the patient asked to stay on this dose.

    The supply was made for lower doses to come: where it ends before the next review, or no
    review is planned, somebody must act on the same working day.
    """
    near = next_cut_on is not None and next_cut_on - today <= HOLD_URGENT
    why = ["Asked to stay on this dose."]
    if next_cut_on is not None:
        why.append("The next reduction had been planned and will not come.")
        if supply_ends_on is None:
            why.append("How far the supply goes at this dose is not written down: ask.")
    if supply_ends_on is not None:
        short = review_on is None or supply_ends_on < review_on
        near = near or short
        why.append(f"At this dose the supply ends on {_day(supply_ends_on)}.")
        if short:
            why.append(
                "No review is planned."
                if review_on is None
                else f"The review is later, on {_day(review_on)}."
            )
    return Finding("T-14", Urgency.URGENT if near else Urgency.SOON, " ".join(why))


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


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
    """Return rule U-03: a text that was owed did not leave in the hours agreed."""
    return Finding(
        "U-03", Urgency.SOON, "A text could not be sent within the hours agreed, so it was not."
    )


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


def topics_for(answers: Mapping[Question, Decimal]) -> tuple[str, ...]:
    """Return what to point the patient to, most wanted first, from this check-in's answers."""
    coping = answers.get(Question.COPING)
    pain = answers.get(Question.PAIN)
    wanted = []
    if coping is not None and coping <= SIGNPOST_COPING:
        wanted.append("coping")
    if pain is not None and pain >= SIGNPOST_PAIN:
        wanted.append("pain")
    return tuple(wanted)


def in_step_week(now_on: date, cut_on: date | None) -> bool:
    """Tell whether *now_on* is within a week after the newest reduction."""
    return cut_on is not None and timedelta(0) <= now_on - cut_on <= STEP_WEEK


def needs_reminder(*, asked_at: datetime, reminded: bool, now: datetime) -> bool:
    """Tell whether a silent check-in gets its one reminder now (rule T-11)."""
    return not reminded and now - asked_at >= REMINDER_AFTER


def is_silent(*, asked_at: datetime, now: datetime) -> bool:
    """Tell whether a person must be told of the silence now (rule T-11)."""
    return now - asked_at >= SILENCE_AFTER
