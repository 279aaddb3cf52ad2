"""Tell more and more people of an alert until one of them has taken it.

Rungs are rows with deadlines. Each is told at least once: a process that dies while
telling is followed by another. A letter carries the alert's number and nothing about a
patient, and only somebody who signs in can take the alert. A rung that reaches nobody
takes the next one at once.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from companion.core.ladder import LAST, Reach, due_at, reach_of
from companion.core.triage import service_finding
from companion.core.urgency import Urgency
from companion.mail import Letter, Mailer, NotMailed
from companion.services.alerting import raise_alert
from companion.store import accounts, alerts, audit, notices, organisations
from companion.store.alerts import Alert
from companion.store.audit import SYSTEM
from companion.store.database import Session, Transactions
from companion.store.notices import Notice, NoticeState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Real time that one pass may take to tell people; then another process may do it again."""
LONGEST_PASS = timedelta(seconds=30)
"""Real time after which a pass begins no other rung."""
AT_ONCE = 8
"""Letters on their way to the mail server at the same time."""
TRY_AGAIN = timedelta(minutes=5)
"""When even the last rung reached nobody."""

HOW_SOON = {
    Urgency.EMERGENCY: "needs somebody NOW",
    Urgency.URGENT: "needs somebody today",
    Urgency.SOON: "needs somebody on this working day",
}


def number_of(alert: Alert) -> str:
    """Return the number that letters name an alert by."""
    return alert.id.hex[:8].upper()


def escalate_once(
    transactions: Transactions,
    mailer: Mailer,
    *,
    now: datetime,
    real_now: Callable[[], datetime],
    duty_address: str,
    public_url: str,
) -> int:
    """Tell whoever must be told now; return how many rungs were climbed.

    One rung at a time, the most urgent first, so that an emergency never waits behind a
    morning's worth of others. No transaction is open while mail servers are spoken to.
    """
    ends_at = real_now() + LONGEST_PASS
    climbed = 0
    while real_now() < ends_at:
        with transactions.reading() as session:
            if not notices.any_due(session, now=now, real_now=real_now()):
                break
        with transactions.begin() as session:
            claimed = notices.claim_next(
                session, now=now, real_now=real_now(), lease_until=real_now() + LEASE
            )
            letters = (
                [] if claimed is None else _letters(session, *claimed, duty_address, public_url)
            )
        if claimed is None:
            continue  # it was dropped: somebody has the alert
        faults = _send(mailer, letters)
        with transactions.begin() as session:
            _record(session, claimed[0].id, len(letters) - len(faults), faults, now=now)
        climbed += 1
    return climbed


def _send(mailer: Mailer, letters: Sequence[Letter]) -> list[str]:
    """Hand over *letters* side by side; return why some did not go."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(mailer.send, letters))
    return [result.why for result in results if isinstance(result, NotMailed)]


def _letters(
    session: Session, notice: Notice, alert: Alert, duty_address: str, public_url: str
) -> list[Letter]:
    team_id = alert.team_id if notice.reach is Reach.TEAM else None
    addresses = [
        user.email
        for user in accounts.who_work_with_patients(session, alert.organisation_id, team_id)
    ]
    if notice.reach is Reach.DUTY and duty_address:
        addresses.append(duty_address)
    number = number_of(alert)
    return [
        Letter(
            to=address,
            subject=f"Tapering Companion: alert {number} {HOW_SOON[alert.level]}",
            body=_BODY.format(
                number=number, how_soon=HOW_SOON[alert.level], time=notice.rung + 1, url=public_url
            ),
            reference=f"{notice.id.hex}.{index}",
        )
        for index, address in enumerate(dict.fromkeys(addresses))
    ]


_BODY = """\
Alert {number} {how_soon}, and nobody has taken it yet.
This is time {time} that people are told of it.

Sign in and look at Today to see who it is about and why:
{url}

Press "I have this" there, or more people will be told.
This message says nothing about the patient on purpose. Please do not answer it.
"""


def _record(
    session: Session, notice_id: UUID, told: int, faults: Sequence[str], *, now: datetime
) -> None:
    notice = notices.locked(session, notice_id)
    if notice.state is not NoticeState.WAITING:
        return  # The alert was taken meanwhile, or another process told it too.
    alert = alerts.alert_by_id(session, notice.alert_id)
    notice.state = NoticeState.TOLD if told else NoticeState.FAILED
    notice.told, notice.done_at = told, now
    notice.detail = "" if told else ", ".join(sorted(set(faults))) or "nobody works there"
    audit.record(
        session,
        alert.organisation_id,
        actor=SYSTEM,
        action="alert told" if told else "alert could not be told",
        subject=f"alert:{alert.id}",
        patient_id=alert.patient_id,
        detail={"rung": notice.rung, "reach": notice.reach, "people": told},
        now=now,
    )
    _plan_next(session, notice, alert, now=now)
    if not told:
        log.warning("rung %s of an alert reached nobody: %s", notice.rung, notice.detail)
        _tell_of_failure(session, alert, notice, now)


def _plan_next(session: Session, notice: Notice, alert: Alert, *, now: datetime) -> None:
    rung = notice.rung + 1
    zone = organisations.organisation_of(session, alert.organisation_id).time_zone
    due = due_at(alert.level, rung, opened_at=notice.counts_from, last_at=now, zone=zone)
    if notice.state is NoticeState.FAILED:
        due = min(due, now if notice.rung < LAST else now + TRY_AGAIN)
    notices.add(
        session,
        alert,
        round_=notice.round,
        rung=rung,
        reach=reach_of(rung),
        counts_from=notice.counts_from,
        due_at=due,
    )


def _tell_of_failure(session: Session, alert: Alert, notice: Notice, now: datetime) -> None:
    raise_alert(
        session,
        organisation_id=alert.organisation_id,
        team_id=None,
        patient_id=None,
        finding=service_finding(f"e-mail about alerts reaches nobody ({notice.detail})"),
        now=now,
    )
