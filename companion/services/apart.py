"""A duty about one patient, apart from all others.

A fault over one of them, such as words that cannot be built, keeps nobody else from their
turn: it is told about that patient, and the clock's next tick tries again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from companion.core.triage import service_finding
from companion.services.alerting import tell_about
from companion.store import alerts, patients
from companion.store.database import Session, Transactions

TOLD_AGAIN_AFTER = timedelta(days=1)
"""People's time: a fault that lasts is tried at every tick, and told once a day."""

log = logging.getLogger(__name__)


def apart(
    transactions: Transactions,
    patient_id: UUID,
    do: Callable[[Session], int],
    *,
    duty: str,
    now: datetime,
) -> int | None:
    """Do *do* in a transaction of its own and return what it counts; None after a fault."""
    try:
        with transactions.begin() as session:
            return do(session)
    except Exception:  # whatever it is must not reach the next patient
        # The trace holds no patient data.
        log.exception("a duty failed", extra={"duty": duty, "patient_id": str(patient_id)})
        with transactions.begin() as session:
            _tell(session, patient_id, duty, now)
        return None


def _tell(session: Session, patient_id: UUID, duty: str, now: datetime) -> None:
    patient = patients.patient_by_id_everywhere(session, patient_id)
    finding = service_finding(f"{duty} of this patient")
    if not alerts.was_raised_since(session, patient, finding.rule, now - TOLD_AGAIN_AFTER):
        tell_about(session, patient, finding, now=now)
