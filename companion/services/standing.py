"""Whether a patient is at risk just now, so that losing touch with them cannot wait."""

from datetime import datetime

from companion.services.plan_today import plan_today
from companion.store import alerts
from companion.store.database import Session
from companion.store.patients import Patient


def is_at_risk(session: Session, patient: Patient, *, now: datetime) -> bool:
    """Tell whether a reduction came within a week, or an alert about *patient* stands open."""
    in_step_week = plan_today(session, patient, now).in_step_week
    return in_step_week or alerts.has_standing(session, patient)
