"""What each rule says to a nurse, word for word: the rule, how soon, and a sentence to read out."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from companion.core import triage
from companion.core.pace import Say
from companion.core.people import StopReason
from companion.core.questions import Question
from companion.core.screening import Screening
from companion.core.triage import Agreed, Finding, ScoreReading
from companion.core.urgency import Urgency

EMERGENCY, URGENT, SOON = Urgency.EMERGENCY, Urgency.URGENT, Urgency.SOON
CUT = date(2027, 1, 18)
SUNDAY = date(2027, 1, 31)


def scored(*values: str, days_after: int = 20) -> list[ScoreReading]:
    """Return readings a day apart, the newest so many days after the reduction."""
    newest = CUT + timedelta(days=days_after)
    days = range(len(values) - 1, -1, -1)
    return [
        ScoreReading(Decimal(value), newest - timedelta(days=back))
        for value, back in zip(values, days, strict=True)
    ]


def found(urgency: Urgency, *kinds: str) -> Screening:
    return Screening(urgency, kinds, '"these words"')


@pytest.mark.parametrize(
    ("finding", "rule", "urgency", "why"),
    [
        (
            lambda: triage.pain_finding(scored("7", "8.5"), Decimal(5)),
            "T-01", SOON, "Pain 7 then 8.5 in the last two check-ins; usually 5.",
        ),
        (
            lambda: triage.pain_finding(scored("7", "6"), Decimal(9), Agreed(pain_at=Decimal(6))),
            "T-26", SOON, "Pain 7 then 6 in the last two check-ins; agreed to tell at 6.",
        ),
        (
            lambda: triage.trend_finding(Question.PAIN, scored("9", "3", "4", "6")),
            "T-24", SOON, "Worse each time: pain 3, 4, 6.",
        ),
        (
            lambda: triage.coping_finding(Decimal(2)),
            "T-02", SOON, "Coping 2 out of 10 (0 is cannot cope).",
        ),
        (
            lambda: triage.coping_finding(Decimal(5), Agreed(coping_at=Decimal(5))),
            "T-26", SOON, "Coping 5 out of 10; agreed to tell at 5.",
        ),
        (lambda: triage.use_finding(Decimal(3)), "T-03", URGENT, "Says they took more than agreed."),
        (
            lambda: triage.use_finding(Decimal(4)),
            "T-04", URGENT,
            ("Says they went back to an earlier dose. Tolerance may be lost: the old dose can now"
            " be dangerous."),
        ),
        (
            lambda: triage.withdrawal_finding(scored("3", days_after=2), CUT),
            "T-20", URGENT,
            "A lot of withdrawal. The last reduction was on Mon 18 Jan 2027.",
        ),
        (lambda: triage.withdrawal_finding(scored("3"), None), "T-20", URGENT, "A lot of withdrawal."),
        (lambda: triage.withdrawal_finding(scored("2"), None), "T-20", SOON, "Quite a bit of withdrawal."),
        (
            lambda: triage.withdrawal_finding(scored("2", "2", days_after=3), CUT),
            "T-20", SOON,
            ("Quite a bit of withdrawal, as the time before."
            " The last reduction was on Mon 18 Jan 2027."),
        ),
        (
            lambda: triage.mood_finding(Decimal(1), Decimal(2)),
            "T-21", URGENT, "Low mood: 3 of 6 on the PHQ-2.",
        ),
        (
            lambda: triage.mood_finding(Decimal(3), None),
            "T-21", URGENT, "Low mood: at least 3 of 6 on the PHQ-2.",
        ),
        (
            lambda: triage.tablets_finding(Decimal(5), Decimal(2)),
            "T-22", URGENT,
            "Says they took 5 in 24 hours: ask at once what, and how they are.",
        ),
        (
            lambda: triage.tablets_finding(Decimal(11), None),
            "T-22", URGENT,
            "Says they took 11 in 24 hours: ask at once what, and how they are.",
        ),
        (
            lambda: triage.tablets_finding(Decimal("2.5"), Decimal(2)),
            "T-22", URGENT, "Says they took 2.5 in 24 hours; 2 were agreed.",
        ),
        (
            lambda: triage.tablets_finding(Decimal(0), Decimal(2)),
            "T-22", SOON, "Says they took none in 24 hours; 2 were agreed.",
        ),
        (
            lambda: triage.confidence_finding(Decimal(3), SUNDAY),
            "T-23", SOON, "Only 3 out of 10 sure of the next step, on Sun 31 Jan 2027.",
        ),
        (
            lambda: triage.missed_check_ins_finding(2, in_step_week=False),
            "T-25", SOON, "2 check-ins running were not answered.",
        ),
        (
            lambda: triage.missed_check_ins_finding(3, in_step_week=True),
            "T-25", URGENT, "3 check-ins running were not answered.",
        ),
        (
            triage.language_finding,
            "T-27", SOON, "Texted LANGUAGE: ask which language they would like.",
        ),
        (
            triage.review_finding,
            "T-28", SOON,
            "Two weeks after discharge: review pain, what is still taken and what is left over.",
        ),
        (triage.help_finding, "T-05", URGENT, "Texted HELP. The crisis numbers were sent."),
        (lambda: triage.help_finding(answered=False), "T-05", URGENT, "Texted HELP."),
        (
            lambda: triage.screening_finding(found(EMERGENCY, "self_harm", "low_mood")),
            "T-06", EMERGENCY,
            'Wrote "these words" (self harm, low mood). The crisis numbers were sent.',
        ),
        (
            lambda: triage.screening_finding(found(EMERGENCY, "overdose"), answered=False),
            "T-06", EMERGENCY, 'Wrote "these words" (overdose).',
        ),
        (
            lambda: triage.screening_finding(found(URGENT, "ran_out")),
            "T-07", URGENT, 'Wrote "these words" (ran out).',
        ),
        (
            lambda: triage.screening_finding(found(URGENT, "ran_out", "suicidal")),
            "T-07", URGENT,
            'Wrote "these words" (ran out, suicidal). The crisis numbers were sent.',
        ),
        (
            lambda: triage.screening_finding(found(SOON, "suicidal")),
            "T-08", SOON, 'Wrote "these words" (suicidal).',
        ),
        (
            lambda: triage.screening_finding(found(SOON, "sleep")),
            "T-08", SOON, 'Wrote "these words" (sleep).',
        ),
        (
            triage.not_understood_finding,
            "T-09", SOON, "Two answers to the same question could not be understood.",
        ),
        (
            lambda: triage.free_text_finding(reviewed=True),
            "T-10", SOON, "Wrote something that a person should read.",
        ),
        (
            lambda: triage.free_text_finding(reviewed=False),
            "T-10", URGENT,
            "Wrote something that needs reading today: the service may miss danger in these words.",
        ),
        (
            lambda: triage.silence_finding(hours=72, in_step_week=False),
            "T-11", SOON, "No answer for 72 hours.",
        ),
        (
            lambda: triage.silence_finding(hours=73, in_step_week=True),
            "T-11", URGENT, "No answer for 73 hours, in the week after a reduction.",
        ),
        (
            lambda: triage.stop_finding(at_risk=True),
            "T-12", URGENT, "Texted STOP. No text reaches this patient now: call them.",
        ),
        (
            lambda: triage.stop_finding(at_risk=False),
            "T-12", SOON, "Texted STOP. No text reaches this patient now: call them.",
        ),
        (
            lambda: triage.wrong_person_finding(at_risk=True),
            "T-13", URGENT, "The phone may belong to somebody else. Texts are stopped: call.",
        ),
        (
            lambda: triage.wrong_person_finding(at_risk=False),
            "T-13", SOON, "The phone may belong to somebody else. Texts are stopped: call.",
        ),
        (lambda: triage.hold_finding(None), "T-14", SOON, "Asked to stay on this dose."),
        (
            lambda: triage.hold_finding(SUNDAY),
            "T-14", SOON,
            ("Asked to stay on this dose. The next reduction had been planned and will not come."
            " How far the supply goes at this dose is not written down: ask."),
        ),
        (
            lambda: triage.hold_finding(SUNDAY, supply_ends_on=CUT),
            "T-14", URGENT,
            ("Asked to stay on this dose. The next reduction had been planned and will not come."
            " At this dose the supply ends on Mon 18 Jan 2027. No review is planned."),
        ),
        (
            lambda: triage.hold_finding(None, supply_ends_on=CUT, review_on=SUNDAY),
            "T-14", URGENT,
            ("Asked to stay on this dose. At this dose the supply ends on Mon 18 Jan 2027."
            " The review is later, on Sun 31 Jan 2027."),
        ),
        (
            lambda: triage.hold_finding(None, supply_ends_on=SUNDAY, review_on=SUNDAY),
            "T-14", SOON,
            "Asked to stay on this dose. At this dose the supply ends on Sun 31 Jan 2027.",
        ),
        (
            lambda: triage.request_finding(Say.SLOWER, has_plan=True),
            "T-17", SOON,
            "Asked to go slower. A redrawn plan is on their page, to look at together.",
        ),
        (
            lambda: triage.request_finding(Say.READY, has_plan=True),
            "T-17", SOON,
            ("Says they are ready to go on."
            " A redrawn plan is on their page, to look at together."),
        ),
        (
            lambda: triage.request_finding(Say.SAME, has_plan=False),
            "T-17", SOON,
            "Asked to stay on this dose for one step more. No agreed plan runs: call them.",
        ),
        (
            triage.code_finding,
            "T-18", SOON, "Answered the code for agreeing to the plan wrongly. Call them.",
        ),
        (
            triage.early_finding,
            "T-29", SOON, "Answered before the question had gone out: see what they meant.",
        ),
        (
            lambda: triage.unconfirmed_finding(in_step_week=False),
            "T-30", SOON, "Nobody has confirmed this phone, so no check-in goes out: call.",
        ),
        (
            lambda: triage.unconfirmed_finding(in_step_week=True),
            "T-30", URGENT, "Nobody has confirmed this phone, so no check-in goes out: call.",
        ),
        (
            triage.start_finding,
            "T-31", SOON, "Texted START, and texts stay stopped: see why they were, and call.",
        ),
        (
            triage.plan_asked_finding,
            "T-19", URGENT,
            ("Asked for the plan while it is not sure what is taken."
            " Call, and write down what is."),
        ),
        (
            lambda: triage.stopped_finding(StopReason.DIED),
            "T-16", SOON,
            "Texts are stopped: the patient has died. Tell whoever else writes or calls.",
        ),
        (
            lambda: triage.stopped_finding(StopReason.OTHER),
            "T-16", SOON, "Texts are stopped: somebody of the team stopped them.",
        ),
        (
            lambda: triage.stranger_finding(found(EMERGENCY, "overdose")),
            "T-15", EMERGENCY, 'A number that no patient has wrote "these words".',
        ),
        (
            lambda: triage.stranger_finding(found(URGENT, "ran_out")),
            "T-15", SOON, "A text came from a number that no patient has.",
        ),
        (
            lambda: triage.undelivered_finding("the phone is off.", crisis=True, in_step_week=False),
            "U-01", EMERGENCY, "The crisis numbers did not arrive: the phone is off.",
        ),
        (
            lambda: triage.undelivered_finding("the phone is off.", crisis=False, in_step_week=True),
            "U-01", URGENT, "A text did not arrive: the phone is off.",
        ),
        (
            lambda: triage.undelivered_finding("the phone is off.", crisis=False, in_step_week=False),
            "U-01", SOON, "A text did not arrive: the phone is off.",
        ),
        (
            lambda: triage.held_finding("nobody answered.", crisis=True),
            "U-02", EMERGENCY, "The crisis numbers may not have gone: nobody answered.",
        ),
        (
            lambda: triage.held_finding("nobody answered.", crisis=False),
            "U-02", SOON, "A text may or may not have gone: nobody answered.",
        ),
        (
            triage.wrong_number_finding,
            "U-02", EMERGENCY, "A text may have gone to another phone than the patient's.",
        ),
        (
            triage.twice_finding,
            "U-02", SOON, "The patient may have got the same text twice.",
        ),
        (
            triage.missed_finding,
            "U-03", SOON,
            "A text could not be sent in time, so it was not sent.",
        ),
        (
            triage.restored_finding,
            "U-04", SOON,
            ("The service was restored from a backup, and a text that waited may have gone before."
            " It was not sent again."),
        ),
        (
            triage.unreadable_finding,
            "R-01", URGENT, "A text came in and could not be read by the service.",
        ),
        (
            triage.unhandled_finding,
            "R-02", URGENT, "A text came in and has not been dealt with yet.",
        ),
        (
            triage.flood_finding,
            "R-03", SOON,
            "So many texts came that they are no longer answered. All are kept: look and call.",
        ),
        (
            lambda: triage.service_finding("sending"),
            "S-01", URGENT, "Part of the service is failing: sending.",
        ),
        (
            lambda: triage.nobody_on_duty_finding(["Pain clinic", "Ward 4"]),
            "S-02", URGENT, "Nobody is on duty today in: Pain clinic, Ward 4.",
        ),
        (
            triage.taken_finding,
            "S-03", EMERGENCY,
            ("Another copy of this service has taken our number, so this one sends nothing more."
            " Ring whoever runs it."),
        ),
        (
            lambda: triage.out_of_reach(Finding("T-02", SOON, "Coping 2 out of 10.")),
            "T-02", SOON, "Coping 2 out of 10. They cannot be texted: call.",
        ),
    ],
)  # fmt: skip
def test_each_finding_is_a_sentence_that_a_nurse_can_read_out(
    finding: Callable[[], Finding | None], rule: str, urgency: Urgency, why: str
) -> None:
    assert finding() == Finding(rule, urgency, why)
