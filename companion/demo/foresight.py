"""When the next thing happens, so that a button can wind the clock to it."""

from datetime import datetime, timedelta

from companion.core import triage
from companion.core.calendar import local_day, moment_on, next_window
from companion.services.checking_in import schedule_of
from companion.store import check_ins, messages, organisations, patients
from companion.store.database import Session
from companion.store.organisations import Organisation
from companion.store.patients import Patient
from companion.wording import Wording

DAYS_AHEAD = 31


def next_moment(session: Session, wording: Wording, now: datetime) -> datetime | None:
    """Return when the next text leaves or silence is noticed, or None in a month to come."""
    moments = [*_waiting(session, now), *_silences(session, now)]
    for organisation in organisations.organisations_everywhere(session):
        for patient in patients.active_patients_everywhere(session, organisation.id):
            found = _next_check_in(session, wording, organisation, patient, now)
            moments += [] if found is None else [found]
    return min(moments, default=None)


def _waiting(session: Session, now: datetime) -> list[datetime]:
    return [moment for moment in messages.waiting_moments(session) if moment > now]


def _silences(session: Session, now: datetime) -> list[datetime]:
    moments = []
    for check_in in check_ins.open_check_ins_everywhere(session, asked_before=now):
        since = check_in.answered_at or check_in.asked_at
        patient = patients.patient_by_id_everywhere(session, check_in.patient_id)
        zone = organisations.organisation_of(session, patient.organisation_id).time_zone
        reminder = since + triage.REMINDER_AFTER
        window = next_window(patient.safe_from, patient.safe_until, zone, reminder)
        if check_in.reminded_at is None:
            moments.append(max(reminder, window.opens_at))
        moments.append(since + triage.SILENCE_AFTER)
    return [moment for moment in moments if moment > now]


def _next_check_in(
    session: Session,
    wording: Wording,
    organisation: Organisation,
    patient: Patient,
    now: datetime,
) -> datetime | None:
    zone = organisation.time_zone
    for ahead in range(DAYS_AHEAD):
        day = local_day(now, zone) + timedelta(days=ahead)
        moment = moment_on(day, patient.check_in_at, zone)
        if moment <= now:
            continue
        schedule = schedule_of(session, wording, patient, day)
        if schedule is not None and schedule.protocol.is_due(day, schedule.anchor):
            return moment
    return None
