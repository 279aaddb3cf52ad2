"""Tell more and more people of an alert until one of them has taken it.

Rungs are rows with deadlines. Each is told at least once: a process that dies while
telling is followed by another. A letter carries the alert's number and nothing about a
patient, and only somebody who signs in can take the alert. A rung that reaches nobody
takes the next one at once, and so does a text to staff that does not arrive.
"""

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from companion.core.calendar import local_day
from companion.core.ladder import LAST, Reach, is_texted, reach_of
from companion.core.sending import MessageKind
from companion.core.triage import service_finding
from companion.core.urgency import Urgency
from companion.mail import Letter, Mailer, NotMailed
from companion.services.alerting import raise_alert
from companion.services.queueing import queue_to_number
from companion.store import accounts, alerts, audit, notices, organisations, rota
from companion.store.accounts import User
from companion.store.alerts import Alert
from companion.store.audit import SYSTEM
from companion.store.database import Session, Transactions
from companion.store.notices import Notice, NoticeState
from companion.store.sealing import SealError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=40)
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


@dataclass(frozen=True, slots=True)
class Routes:
    """Where people are told, apart from their own addresses and phones.

    *duty_address* and *duty_phone* (E.164) are tried from the last rung on; empty for none.
    """

    public_url: str
    duty_address: str = ""
    duty_phone: str = ""


def number_of(alert: Alert) -> str:
    """Return the number that letters name an alert by."""
    return alert.id.hex[:8].upper()


def escalate_once(
    transactions: Transactions,
    mailer: Mailer,
    routes: Routes,
    *,
    now: datetime,
    real_now: Callable[[], datetime],
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
            letters, texts = ([], 0) if claimed is None else _tell(session, *claimed, routes, now)
        if claimed is None:
            continue  # it was dropped: somebody has the alert
        faults = _send(mailer, letters)
        with transactions.begin() as session:
            told = len(letters) - len(faults)
            _record(session, claimed[0].id, told or texts, faults, now=now)
        climbed += 1
    return climbed


REFERENCE = re.compile(r"<([0-9a-f]{32})\.\d+@")
"""How a letter of ours names its rung, in the Message-ID that a bounce quotes."""
LONGEST_BOUNCE = 1_000_000


def take_bounce(session: Session, bounce: str, *, now: datetime) -> bool:
    """Take the next rung at once for each letter that *bounce* says did not arrive.

    *bounce* is the whole message that a mail server sent back. Tell whether it named one.
    """
    found = False
    for name in dict.fromkeys(REFERENCE.findall(bounce[:LONGEST_BOUNCE])):
        notice = notices.find(session, UUID(name))
        if notice is None:
            continue
        found = True
        alert = alerts.alert_by_id(session, notice.alert_id)
        notices.hasten(session, alert.id, up_to=LAST, now=now)
        audit.record(
            session,
            alert.organisation_id,
            actor=SYSTEM,
            action="letter about an alert came back",
            subject=f"alert:{alert.id}",
            patient_id=alert.patient_id,
            detail={"rung": notice.rung},
            now=now,
        )
    return found


def _send(mailer: Mailer, letters: Sequence[Letter]) -> list[str]:
    """Hand over *letters* side by side; return why some did not go."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(mailer.send, letters))
    return [result.why for result in results if isinstance(result, NotMailed)]


def _tell(
    session: Session,
    notice: Notice,
    alert: Alert,
    routes: Routes,
    now: datetime,
) -> tuple[list[Letter], int]:
    """Return the letters to send, and how many texts were queued beside them.

    The texts are committed with the claim and leave through the queue like every other.
    """
    people = _who(session, notice, alert, now)
    addresses = [user.email for user in people]
    phones = {str(user.id): _phone_of(session, user, alert, now) for user in people}
    if notice.reach is Reach.DUTY:
        addresses.append(routes.duty_address)
        phones["duty"] = routes.duty_phone
    number = number_of(alert)
    letters = [
        Letter(
            to=address,
            subject=f"Tapering Companion: alert {number} {HOW_SOON[alert.level]}",
            body=_BODY.format(
                number=number,
                how_soon=HOW_SOON[alert.level],
                time=notice.rung + 1,
                url=routes.public_url,
            ),
            reference=f"{notice.id.hex}.{index}",
        )
        for index, address in enumerate(dict.fromkeys(filter(None, addresses)))
    ]
    if not is_texted(alert.level, notice.rung):
        return letters, 0
    texted = {whose: phone for whose, phone in phones.items() if phone}
    for whose, phone in texted.items():
        queue_to_number(
            session,
            phone=phone,
            kind=MessageKind.STAFF,
            text_key="staff_alert",
            body=_TEXT.format(number=number, how_soon=HOW_SOON[alert.level]),
            dedupe_key=f"notice:{notice.id}:{whose}",
            now=now,
            organisation_id=alert.organisation_id,
            alert_id=alert.id,
        )
    return letters, len(texted)


def _phone_of(session: Session, user: User, alert: Alert, now: datetime) -> str:
    """Return where *user* is texted; empty where there is no number, or it does not open."""
    try:
        return accounts.phone_of(session, user)
    except SealError:
        # One damaged row must not keep all the others from being told.
        log.exception("a phone of the staff does not open", extra={"user_id": str(user.id)})
        _tell_of_fault(session, alert, "the phone of one of the staff cannot be opened", now)
        return ""


def _who(session: Session, notice: Notice, alert: Alert, now: datetime) -> Sequence[User]:
    """Return who is told: those on duty in the team, the lead, or all of the organisation."""
    zone = organisations.organisation_of(session, alert.organisation_id).time_zone
    today = local_day(now, zone)
    team_id = alert.team_id if notice.reach is Reach.TEAM else None
    people = rota.on_duty(session, alert.organisation_id, team_id, today)
    if notice.reach is Reach.LEAD and alert.team_id is not None:
        team = organisations.team_of(session, alert.organisation_id, alert.team_id)
        return [user for user in people if user.id == team.lead_id] or people
    return people


_TEXT = (
    "Tapering Companion: alert {number} {how_soon}, and nobody has it. "
    "Sign in and look at Today, or more people will be told. Please do not answer."
)
"""To staff, so in English. A phone may lie on a table: nothing about a patient."""

_BODY = """\
Alert {number} {how_soon}, and nobody has it.
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
        fault = f"e-mail about alerts reaches nobody ({notice.detail})"
        _tell_of_fault(session, alert, fault, now)


def _plan_next(session: Session, notice: Notice, alert: Alert, *, now: datetime) -> None:
    rung = notice.rung + 1
    organisation = organisations.organisation_of(session, alert.organisation_id)
    due = organisation.ladder.due_at(
        alert.level,
        rung,
        opened_at=notice.counts_from,
        last_at=now,
        work=organisation.working_time,
    )
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


def _tell_of_fault(session: Session, alert: Alert, fault: str, now: datetime) -> None:
    raise_alert(
        session,
        organisation_id=alert.organisation_id,
        team_id=None,
        patient_id=None,
        finding=service_finding(fault),
        now=now,
    )
