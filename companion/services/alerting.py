"""Open an alert together with its cause, and take it from open to closed by people.

The caller's transaction carries both, so an alert is never lost and never stands without
its cause. Urgency only rises. Only a signed-in person takes or closes an alert; no text
does. Until then :mod:`companion.services.escalating` tells more and more people.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from companion.core.ladder import LAST, forgotten_at, reach_of
from companion.core.triage import Finding
from companion.core.urgency import Urgency
from companion.store import alerts, audit, notices, organisations
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.audit import SYSTEM, Actor
from companion.store.database import Scope, Session, Transactions
from companion.store.messages import Message
from companion.store.patients import Patient

LONGEST_NOTE = 2000
WRITTEN_AGAIN_AFTER = timedelta(minutes=10)
"""People's time between two notes of one lasting fault of the service."""


class AlertError(ValueError):
    """What was asked cannot be done to this alert. The message is for staff."""


class AlreadyTakenError(AlertError):
    """Somebody else has the alert; ``holder`` is their user id."""

    def __init__(self, holder: UUID) -> None:
        super().__init__("Somebody else has this already")
        self.holder = holder


class NoteError(AlertError):
    """The note cannot stand."""


class ChangedError(AlertError):
    """More has come since the alert was read."""

    def __init__(self) -> None:
        super().__init__("Something new has come since you opened this: read it, then save again")


def raise_alert(
    session: Session,
    *,
    organisation_id: UUID,
    team_id: UUID | None,
    patient_id: UUID | None,
    finding: Finding,
    now: datetime,
    reply_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Alert:
    """Open an alert, or add to the one that stands for the same patient and rule.

    A repeat brings the newest reason; a risen urgency opens it again for everybody, and so
    does an emergency about a person that comes again when somebody has it (rule L-07).
    """
    alert = alerts.standing_alert(session, organisation_id, patient_id, finding.rule, reply_id)
    if alert is not None:
        about_somebody = any((patient_id, reply_id, message_id))
        _repeat(session, alert, finding, now, about_somebody=about_somebody)
        alert.reply_id = alert.reply_id or reply_id
    else:
        alert = _opened(
            session,
            finding,
            now,
            organisation_id=organisation_id,
            team_id=team_id,
            patient_id=patient_id,
            reply_id=reply_id,
            message_id=message_id,
        )
        _start_ladder(session, alert, now)
    _record(session, alert, SYSTEM, "alert raised", now)
    return alert


def _opened(session: Session, finding: Finding, now: datetime, **about: UUID | None) -> Alert:
    """Open an alert; *about* names the organisation, and whom and what it concerns."""
    alert = Alert(
        id=uuid4(),
        urgency=int(finding.urgency),
        rule=finding.rule,
        opened_at=now,
        state=AlertState.OPEN,
        times=1,
        last_at=now,
        **about,
    )
    alerts.seal_why(session, alert, finding.why)
    session.add(alert)
    session.flush()
    return alert


def tell_about(
    session: Session,
    patient: Patient,
    finding: Finding,
    *,
    now: datetime,
    reply_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Alert:
    """Raise *finding* about *patient* with the patient's team."""
    return raise_alert(
        session,
        organisation_id=patient.organisation_id,
        team_id=patient.team_id,
        patient_id=patient.id,
        finding=finding,
        now=now,
        reply_id=reply_id,
        message_id=message_id,
    )


def tell_every_organisation(
    session: Session,
    finding: Finding,
    *,
    now: datetime,
    reply_id: UUID | None = None,
    message_id: UUID | None = None,
) -> None:
    """Raise *finding* with everybody: for what is no one patient's, such as a fault of ours.

    A fault that lasts is written down again every ten minutes, not at every tick.
    """
    for organisation in organisations.organisations_everywhere(session):
        about_a_text = reply_id is not None or message_id is not None
        if not about_a_text and _was_just_told(session, organisation.id, finding, now):
            continue
        raise_alert(
            session,
            organisation_id=organisation.id,
            team_id=None,
            patient_id=None,
            finding=finding,
            now=now,
            reply_id=reply_id,
            message_id=message_id,
        )


def _was_just_told(
    session: Session, organisation_id: UUID, finding: Finding, now: datetime
) -> bool:
    standing = alerts.standing_alert(session, organisation_id, None, finding.rule)
    return (
        standing is not None
        and now - standing.last_at < WRITTEN_AGAIN_AFTER
        and alerts.why_of(session, standing) == finding.why
    )


def take_next_rung(session: Session, message: Message, *, now: datetime) -> None:
    """Tell the next people at once: *message*, to one of the staff, did not reach them.

    The repeats after the last rung keep their time, or one dead phone would have everybody
    told without end.
    """
    assert message.alert_id is not None  # every text to staff is about an alert
    notices.hasten(session, message.alert_id, up_to=LAST, now=now)


def _repeat(
    session: Session, alert: Alert, finding: Finding, now: datetime, *, about_somebody: bool
) -> None:
    alert.times += 1
    alert.last_at = now
    if finding.urgency >= alert.urgency:
        alerts.seal_why(session, alert, finding.why)
    is_taken = alert.state is AlertState.ACKNOWLEDGED
    # A fault of ours that lasts is no news; each emergency of a person may be another one.
    comes_again = about_somebody and finding.urgency is Urgency.EMERGENCY and is_taken
    if finding.urgency > alert.urgency or comes_again:
        alert.urgency = int(finding.urgency)
        _open_again(session, alert, now)


def _open_again(session: Session, alert: Alert, now: datetime) -> None:
    """Let nobody have the alert, so that people are told of it from the first rung on."""
    alert.state = AlertState.OPEN
    alert.acknowledged_by = alert.acknowledged_at = None
    _start_ladder(session, alert, now)


def _start_ladder(session: Session, alert: Alert, now: datetime) -> None:
    """Plan the first rung, in the same transaction as the alert and its cause."""
    before = notices.drop_waiting(session, alert, now=now)
    organisation = organisations.organisation_of(session, alert.organisation_id)
    notices.add(
        session,
        alert,
        round_=before + 1,
        rung=0,
        reach=reach_of(0),
        counts_from=now,
        due_at=organisation.ladder.due_at(
            alert.level, 0, opened_at=now, last_at=now, work=organisation.working_time
        ),
    )


def acknowledge(
    session: Session,
    scope: Scope,
    alert_id: UUID,
    *,
    user_id: UUID,
    now: datetime,
    take_over: bool = False,
) -> Alert | None:
    """Write down that *user_id* has the alert; None when *scope* may not see it.

    Raises:
        AlreadyTakenError: somebody else has it and *take_over* was not said.
        AlertError: it is closed.
    """
    alert = alerts.alert_of(session, scope, alert_id)
    if alert is None:
        return None
    if alert.state is AlertState.RESOLVED:
        raise AlertError("This has been closed already")
    if alert.acknowledged_by not in {None, user_id} and not take_over:
        assert alert.acknowledged_by is not None
        raise AlreadyTakenError(alert.acknowledged_by)
    if alert.acknowledged_by != user_id:
        alert.state = AlertState.ACKNOWLEDGED
        alert.acknowledged_by, alert.acknowledged_at = user_id, now
        _record(session, alert, Actor.user(user_id), "alert acknowledged", now)
    return alert


def acknowledge_open(
    session: Session, scope: Scope, patient_id: UUID, *, user_id: UUID, now: datetime
) -> int:
    """Take every alert about a patient that nobody has; return how many.

    What somebody else takes at the same moment stays theirs.
    """
    standing = alerts.alerts_about(session, scope, patient_id)
    taken = 0
    for alert in [one for one in standing if one.state is AlertState.OPEN]:
        try:
            acknowledge(session, scope, alert.id, user_id=user_id, now=now)
        except AlertError:
            continue
        taken += 1
    return taken


def reopen_forgotten(transactions: Transactions, *, now: datetime) -> int:
    """Open again what somebody took and wrote nothing about (rule L-06); return how many."""
    with transactions.reading() as session:
        taken = [
            alert.id
            for alert in alerts.taken_everywhere(session)
            if _is_forgotten(session, alert, now)
        ]
    reopened = 0
    for alert_id in taken:
        with transactions.begin() as session:
            alert = alerts.locked(session, alert_id)
            if alert.state is AlertState.ACKNOWLEDGED and _is_forgotten(session, alert, now):
                _open_again(session, alert, now)
                _record(session, alert, SYSTEM, "alert opened again: nothing was written", now)
                reopened += 1
    return reopened


def _is_forgotten(session: Session, alert: Alert, now: datetime) -> bool:
    assert alert.acknowledged_at is not None  # somebody has it
    work = organisations.organisation_of(session, alert.organisation_id).working_time
    return forgotten_at(alert.level, alert.acknowledged_at, work) <= now


def resolve(
    session: Session,
    scope: Scope,
    alert_id: UUID,
    *,
    user_id: UUID,
    outcome: Outcome,
    note: str,
    now: datetime,
    seen: int | None = None,
) -> Alert | None:
    """Close the alert with what came of it; None when *scope* may not see it.

    An emergency, or what is urgent, that nobody answered the call about is not closed:
    the try is kept, and it is told anew like what somebody took and forgot (rule L-08).
    *seen* is how many times it had come when it was read; None when it is read in this
    very transaction.

    Raises:
        ChangedError: it has come again since, and nobody has read that.
        NoteError: the note is too long, or does not say what must be said.
        AlertError: it is closed already.
    """
    alert = alerts.alert_of(session, scope, alert_id)
    if alert is None:
        return None
    if alert.state is AlertState.RESOLVED:
        raise AlertError("This has been closed already")
    if seen not in {None, alert.times}:
        raise ChangedError
    _check_note(alert, outcome, note)
    _keep_note(session, alert, note)
    alert.outcome = outcome
    if outcome is Outcome.NO_ANSWER and alert.level >= Urgency.URGENT:
        alert.state = AlertState.ACKNOWLEDGED
        alert.acknowledged_by, alert.acknowledged_at = user_id, now
        done = "alert tried, no answer"
    else:
        alert.state = AlertState.RESOLVED
        alert.resolved_by, alert.resolved_at = user_id, now
        done = "alert resolved"
    _record(session, alert, Actor.user(user_id), done, now)
    return alert


def _check_note(alert: Alert, outcome: Outcome, note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise NoteError(f"The note must be {LONGEST_NOTE} letters or fewer")
    says_something = any(letter.isalpha() for letter in note)
    if outcome is Outcome.OTHER and not says_something:
        raise NoteError("Say in the note what came of it")
    is_settled = outcome is not Outcome.NO_ANSWER
    if alert.level is Urgency.EMERGENCY and is_settled and not says_something:
        raise NoteError("This was an emergency: say in the note how they are and what was done")


def _keep_note(session: Session, alert: Alert, note: str) -> None:
    """Add *note* to what was written at an earlier try, if anything was."""
    if note.strip():
        before = alerts.note_of(session, alert)
        alerts.seal_note(session, alert, "\n".join(filter(None, (before, note.strip()))))


def _record(session: Session, alert: Alert, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        session,
        alert.organisation_id,
        actor=actor,
        action=action,
        subject=f"alert:{alert.id}",
        patient_id=alert.patient_id,
        detail={"rule": alert.rule, "urgency": alert.urgency, "times": alert.times},
        now=now,
    )
