"""Ask the check-ins that are due, remind once, and tell a person about silence.

Each patient is considered once on each of their local days, at the hour they chose. The
database makes asking twice impossible, whoever runs this and however often.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from companion.core import triage
from companion.core.calendar import local_day, next_window, window_on
from companion.core.conversation import question_key
from companion.core.people import Pathway, PatientStatus
from companion.core.protocols import Often, Protocol
from companion.core.questions import OWN, WEEKLY, Question
from companion.core.sending import MessageKind
from companion.services import own_questions, queueing
from companion.services.alerting import tell_about
from companion.services.apart import apart
from companion.services.incoming import texts_for
from companion.services.plan_today import plan_on, plan_today
from companion.store import check_ins, messages, organisations, patients
from companion.store.check_ins import CheckIn, CheckInState
from companion.store.database import Session, Transactions
from companion.store.organisations import Organisation
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.wording import Wording

LONGEST_SLEEP_DAYS = 31
"""Days that are looked back for a check-in that was never asked."""
AT_ONCE = 20
"""Patients looked up at a time, so that nobody waits long for the database."""
STARTS_A_MINUTE = 30
"""Rule C-04: more check-ins than these begin a minute later: most people choose a round hour."""


AFTER_TAPER = timedelta(days=28)
"""Rule C-18: when the last reduction is this long ago, the year after the taper has begun."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How one patient is asked now: by which protocol, counted from when, how often."""

    protocol: Protocol
    anchor: date
    version: PlanVersion | None
    often: Often
    week_days: frozenset[int]

    def is_due(self, day: date) -> bool:
        """Tell whether the patient is asked on *day*."""
        return self.protocol.is_due(day, self.anchor, self.often, self.week_days)

    def questions_on(self, day: date, not_yet: frozenset[Question]) -> tuple[Question, ...]:
        """Return what is asked on *day*, without weekly questions that are *not_yet* due."""
        return self.protocol.questions_on(day, self.anchor, self.often, self.week_days, not_yet)


def queue_due(transactions: Transactions, wording: Wording, *, now: datetime) -> int:
    """Queue the first question of every check-in that is due; return how many."""
    with transactions.reading() as session:
        found = organisations.organisations_everywhere(session)
    asked = 0
    for organisation in found:
        asked += _queue_due_in(transactions, wording, organisation, asked, now)
    return asked


def _queue_due_in(
    transactions: Transactions,
    wording: Wording,
    organisation: Organisation,
    before: int,
    now: datetime,
) -> int:
    zone = organisation.time_zone
    today, clock = local_day(now, zone), now.astimezone(zone).time()
    asked, failed = 0, set[UUID]()
    while True:
        # Looked for without the write lock: nearly always there is nobody.
        with transactions.reading() as session:
            ids = patients.to_consider(
                session, organisation.id, today, clock, limit=AT_ONCE, but=failed
            )
        if not ids:
            return asked
        for patient_id in ids:
            starts_at = now + timedelta(minutes=(before + asked) // STARTS_A_MINUTE)
            one = partial(
                _consider,
                wording=wording,
                patient_id=patient_id,
                zone=zone,
                now=now,
                starts_at=starts_at,
            )
            count = apart(transactions, patient_id, one, duty="asking check-ins", now=now)
            asked += count or 0
            failed |= {patient_id} if count is None else set()


def _consider(
    session: Session,
    wording: Wording,
    patient_id: UUID,
    zone: ZoneInfo,
    now: datetime,
    starts_at: datetime,
) -> int:
    today = local_day(now, zone)
    patient = patients.to_consider_locked(session, patient_id, today)
    if patient is None:
        return 0
    slept_from, patient.considered_on = patient.considered_on, today
    if slept_from is not None:
        _tell_of_missed_days(session, wording, patient, slept_from, now)
    _tell_of_review(session, patient, slept_from, today, now)
    schedule = schedule_of(session, wording, patient, today)
    if schedule is None or not schedule.is_due(today) or _is_asked(session, patient, today):
        return 0
    window = window_on(today, patient.safe_from, patient.safe_until, zone)
    if not window.covers(now):
        # The service slept through the patient's hours: nothing is sent late at night.
        tell_about(session, patient, triage.missed_finding(), now=now)
        return 0
    return _ask(
        session,
        wording,
        patient,
        schedule,
        today,
        now,
        starts_at if window.covers(starts_at) else now,
    )


def _is_asked(session: Session, patient: Patient, today: date) -> bool:
    """Tell whether today's check-in is open: who texted STOP and START is considered twice."""
    check_in = check_ins.open_check_in(session, patient)
    return check_in is not None and check_in.local_day == today


def _tell_of_missed_days(
    session: Session, wording: Wording, patient: Patient, after: date, now: datetime
) -> None:
    """Tell a person when a check-in was due on a day that the service slept through."""
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    slept = (local_day(now, zone) - after).days - 1
    for ahead in range(1, min(slept, LONGEST_SLEEP_DAYS) + 1):
        day = after + timedelta(days=ahead)
        schedule = schedule_of(session, wording, patient, day)
        if schedule is not None and schedule.is_due(day):
            tell_about(session, patient, triage.missed_finding(), now=now)
            return


def _tell_of_review(
    session: Session, patient: Patient, before: date | None, today: date, now: datetime
) -> None:
    """Tell the team once that the review two weeks after discharge is due (rule T-28)."""
    if patient.discharged_on is None or patient.pathway is not Pathway.DISCHARGE:
        return
    due = patient.discharged_on + timedelta(days=triage.REVIEW_AFTER_DAYS)
    first_look = before is None or before < due
    if first_look and due <= today <= due + timedelta(days=LONGEST_SLEEP_DAYS):
        tell_about(session, patient, triage.review_finding(), now=now)


def schedule_of(
    session: Session, wording: Wording, patient: Patient, today: date
) -> Schedule | None:
    """Return how *patient* is asked on *today*, or None when nothing asks them."""
    found = _protocol_of(session, patient, today)
    if found is None:
        return None
    name, anchor, version = found
    return Schedule(wording.protocols[name], anchor, version, patient.how_often, patient.week_days)


def _protocol_of(
    session: Session, patient: Patient, today: date
) -> tuple[str, date, PlanVersion | None] | None:
    plan = plan_on(session, patient, today)
    if plan.version is not None:
        cut = plan.last_cut_on
        if plan.held_on is not None:
            return "hold", max(plan.held_on, cut or plan.held_on), plan.agreed
        if cut is not None and plan.next_cut_on is None and today - cut >= AFTER_TAPER:
            return "after-taper", cut, plan.agreed
        return "taper", cut or plan.version.starts_on, plan.agreed
    if patient.pathway is Pathway.DISCHARGE and patient.discharged_on is not None:
        return "post-discharge", patient.discharged_on, None
    return None


def _ask(
    session: Session,
    wording: Wording,
    patient: Patient,
    schedule: Schedule,
    today: date,
    now: datetime,
    starts_at: datetime,
) -> int:
    expire_open(session, patient, now)
    asked = check_ins.answered_since(session, patient, now - WEEK)
    questions = schedule.questions_on(today, asked & WEEKLY) + own_questions.asked_of(
        session, patient, schedule.protocol.name
    )
    question = questions[0]
    check_in = check_ins.start(
        session,
        organisation_id=patient.organisation_id,
        patient_id=patient.id,
        local_day=today,
        kind=schedule.protocol.name,
        questions=questions,
        now=now,
    )
    if check_in is None:
        return 0
    queueing.queue_text(
        session,
        patient=patient,
        kind=MessageKind.CHECK_IN,
        text_key=question_key(question),
        body=question_text(session, wording, patient, question, today),
        dedupe_key=f"check-in:{check_in.id}",
        now=now,
        not_before=starts_at,
        check_in_id=check_in.id,
        plan_version_id=schedule.version.id if schedule.version else None,
    )
    return 1


WEEK = timedelta(days=6, hours=12)
"""Rule C-15: weekly questions are asked once in seven days; half a day is left for the hour."""


def question_text(
    session: Session, wording: Wording, patient: Patient, question: Question, day: date
) -> str:
    """Return the text that asks *question*; the first one of a check-in names its day."""
    if question in OWN:
        own = own_questions.question_for(session, patient, question)
        return own.text_in(patient.language)
    named = wording.short_day(day, patient.language)
    return texts_for(session, wording, patient, question_key(question), {"day": named})


def expire_open(session: Session, patient: Patient, now: datetime) -> None:
    """End the check-in that is still open, because the next one is due or texts are off.

    A question that was asked and never answered is silence: a person is told.
    """
    check_in = check_ins.open_check_in(session, patient)
    if check_in is None:
        return
    check_in.state, check_in.question = CheckInState.EXPIRED, None
    session.flush()
    if check_in.answered_at is None and messages.was_asked(session, check_in.id):
        _tell_of_silence(session, patient, check_in, now)


def notice_silence(transactions: Transactions, wording: Wording, *, now: datetime) -> int:
    """Remind who has been silent for a day, tell a person after three; return how many."""
    with transactions.reading() as session:
        quiet = check_ins.open_check_ins_everywhere(
            session, asked_before=now - triage.REMINDER_AFTER
        )
        found = [(one.id, one.patient_id) for one in quiet if _has_work(one, now)]
    noticed = 0
    for check_in_id, patient_id in found:
        one = partial(_notice, wording=wording, check_in_id=check_in_id, now=now)
        noticed += apart(transactions, patient_id, one, duty="noticing silence", now=now) or 0
    return noticed


def _has_work(check_in: CheckIn, now: datetime) -> bool:
    since = _last_word(check_in)
    if triage.is_silent(asked_at=since, now=now):
        return True
    return triage.needs_reminder(asked_at=since, reminded=check_in.reminded_at is not None, now=now)


def _last_word(check_in: CheckIn) -> datetime:
    return check_in.answered_at or check_in.asked_at


def _notice(session: Session, wording: Wording, check_in_id: UUID, now: datetime) -> int:
    check_in = check_ins.open_locked(session, check_in_id)
    if check_in is None or not _has_work(check_in, now):
        return 0
    patient = patients.patient_by_id_everywhere(session, check_in.patient_id)
    if not messages.was_asked(session, check_in.id):
        # The question never left: whoever held it back has told a person why.
        check_in.state, check_in.question = CheckInState.EXPIRED, None
        return 0
    if triage.is_silent(asked_at=_last_word(check_in), now=now):
        check_in.state, check_in.question = CheckInState.EXPIRED, None
        _tell_of_silence(session, patient, check_in, now)
        return 1
    return _remind(session, wording, patient, check_in, now)


def _remind(
    session: Session, wording: Wording, patient: Patient, check_in: CheckIn, now: datetime
) -> int:
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    window = next_window(patient.safe_from, patient.safe_until, zone, now)
    if not window.covers(now) or not may_be_asked(patient):
        return 0
    assert check_in.question is not None
    check_in.reminded_at = now
    question = question_text(session, wording, patient, check_in.question, check_in.local_day)
    queueing.queue_text(
        session,
        patient=patient,
        kind=MessageKind.REMINDER,
        text_key="reminder",
        body=wording.text_for("reminder", patient.language, question=question),
        dedupe_key=f"reminder:{check_in.id}:{patient.revision}",
        now=now,
        check_in_id=check_in.id,
    )
    return 1


def may_be_asked(patient: Patient) -> bool:
    """Tell whether *patient* may be sent what answers nothing."""
    return patient.status is PatientStatus.ACTIVE and patient.opted_out_at is None


def _tell_of_silence(session: Session, patient: Patient, check_in: CheckIn, now: datetime) -> None:
    if check_in.silence_alerted_at is not None:
        return
    check_in.silence_alerted_at = now
    hours = int((now - _last_word(check_in)) / timedelta(hours=1))
    step_week = plan_today(session, patient, now).in_step_week
    tell_about(
        session, patient, triage.silence_finding(hours=hours, in_step_week=step_week), now=now
    )
    missed = triage.missed_check_ins_finding(
        check_ins.missed_running(session, patient), in_step_week=step_week
    )
    if missed is not None:
        tell_about(session, patient, missed, now=now)
