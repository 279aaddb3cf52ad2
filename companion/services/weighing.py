"""What the newest answer of a patient means: by itself, against the ones before, on this day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from companion.core import triage
from companion.core.calendar import local_day
from companion.core.questions import Question
from companion.core.triage import Finding, ScoreReading
from companion.services.plan_today import PlanToday, plan_today
from companion.store import check_ins, organisations
from companion.store.check_ins import CheckIn
from companion.store.database import Session
from companion.store.patients import Patient


def weigh(
    session: Session, patient: Patient, question: Question, *, now: datetime
) -> Sequence[Finding]:
    """Return the findings that the newest answer to *question* brings about."""
    plan, readings = plan_today(session, patient, now), readings_of(session, patient, question)
    rule = _RULES.get(question)
    found = [] if rule is None else [rule(session, patient, plan, readings)]
    if question in {Question.PAIN, Question.COPING}:
        found.append(triage.trend_finding(question, readings))
    return [finding for finding in found if finding is not None]


def readings_of(session: Session, patient: Patient, question: Question) -> list[ScoreReading]:
    """Return a patient's answers to one question, oldest first, each with its local day."""
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    return [
        ScoreReading(answer.value, local_day(answer.answered_at, zone))
        for answer in check_ins.answers_of(session, patient, question)
    ]


Rule = Callable[[Session, Patient, PlanToday, Sequence[ScoreReading]], Finding | None]


def _pain(
    _session: Session, patient: Patient, plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    usual = triage.baseline(readings, plan.first_cut_on, patient.baseline_pain)
    return triage.pain_finding(readings, usual, patient.agreed)


def _coping(
    _session: Session, patient: Patient, _plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    return triage.coping_finding(readings[-1].value, patient.agreed)


def _use(
    _session: Session, _patient: Patient, _plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    return triage.use_finding(readings[-1].value)


def _tablets(
    _session: Session, _patient: Patient, plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    return triage.tablets_finding(readings[-1].value, plan.units_today)


def _withdrawal(
    _session: Session, _patient: Patient, plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    return triage.withdrawal_finding(readings, plan.last_cut_on)


def _interest(
    _session: Session, _patient: Patient, _plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    # Told at once, for nobody knows whether the second item will be answered.
    return triage.mood_finding(readings[-1].value, None)


def _mood(
    session: Session, patient: Patient, plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    interest = readings_of(session, patient, Question.INTEREST)
    return triage.mood_finding(triage.newest_within_week(interest, plan.today), readings[-1].value)


def _confidence(
    _session: Session, _patient: Patient, plan: PlanToday, readings: Sequence[ScoreReading]
) -> Finding | None:
    return triage.confidence_finding(readings[-1].value, plan.next_cut_on)


_RULES: Mapping[Question, Rule] = {
    Question.PAIN: _pain,
    Question.COPING: _coping,
    Question.USE: _use,
    Question.TABLETS: _tablets,
    Question.WITHDRAWAL: _withdrawal,
    Question.INTEREST: _interest,
    Question.MOOD: _mood,
    Question.CONFIDENCE: _confidence,
}


def most_tablets(session: Session, patient: Patient, *, now: datetime) -> Decimal:
    """Return the highest count that is taken without a person."""
    return triage.most_tablets(plan_today(session, patient, now).units_today)


def answers_in(session: Session, patient: Patient, check_in: CheckIn) -> dict[Question, Decimal]:
    """Return what was answered in one check-in."""
    return {
        answer.question: answer.value
        for answer in check_ins.answers_of(session, patient)
        if answer.check_in_id == check_in.id
    }
