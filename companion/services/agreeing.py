"""Agree to a proposed version by texting back a one-time code.

A code is good for one version, a few days and a few tries, from the phone that the patient
confirmed. It never agrees to a version that begins with more than what is taken now.
"""

import secrets
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from companion.core.agreement import MarkSide, VersionState
from companion.core.calendar import local_day
from companion.core.people import PatientStatus
from companion.core.sending import MessageKind
from companion.core.taper import PlanError
from companion.services import planning, queueing
from companion.store import agreeing, organisations, plans
from companion.store.agreeing import PlanCode
from companion.store.audit import PATIENT, Actor
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.wording import Wording

CODE_DIGITS = 6
CODE_GOOD_FOR = timedelta(days=3)
"""Rule C-10: how long a code may be answered."""
CODE_TRIES = 3
"""Rule C-11: a code is over after so many wrong answers, and a person is told."""
CODE_TEXT = "agree_code"


class CodeAnswer(Enum):
    """What came of a code that was texted back."""

    AGREED = "agreed"
    WRONG = "wrong"
    """Another try is left."""
    OVER = "over"
    """There is no code to answer any more: too late, too often, or the plan has changed."""


def send_code(
    session: Session,
    patient: Patient,
    version: PlanVersion,
    wording: Wording,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Text the patient a code for agreeing to *version*.

    Raises:
        PlanError: the version cannot be agreed by text, or the patient cannot be texted.
    """
    if version.state is not VersionState.PROPOSED:
        raise PlanError("code", "This version can no longer be agreed")
    if _has_agreed(session, version):
        raise PlanError("code", "The patient has agreed already")
    if patient.status is not PatientStatus.ACTIVE or patient.opted_out_at is not None:
        raise PlanError("code", "This patient cannot be texted")
    if _rises_now(session, patient, version, now):
        raise PlanError(
            "code", "A plan that begins with more than is taken now is agreed in person"
        )
    assert actor.user_id is not None
    code = "".join(str(secrets.randbelow(10)) for _ in range(CODE_DIGITS))
    kept = agreeing.add_code(session, version, code, sent_by=actor.user_id, now=now)
    team = organisations.team_of(session, patient.organisation_id, patient.team_id)
    queueing.cancel_waiting(
        session, patient, reason="A newer code was sent.", now=now, text_key=CODE_TEXT
    )
    queueing.queue_text(
        session,
        patient=patient,
        kind=MessageKind.TEAM,
        text_key=CODE_TEXT,
        body=wording.text_for(
            CODE_TEXT, patient.language, team=team.name, code=f"{code[:3]} {code[3:]}"
        ),
        dedupe_key=f"code:{kept.id}",
        now=now,
        plan_version_id=version.id,
    )
    planning.record(session, patient, version, actor, "code for agreeing sent", now)


def take_code(session: Session, patient: Patient, code: str, *, now: datetime) -> CodeAnswer:
    """Mark the proposed version as agreed by the patient where *code* is its code."""
    found = agreeing.open_code(session, patient)
    if found is None or patient.status is not PatientStatus.ACTIVE:
        return CodeAnswer.OVER
    kept, version = found
    if _has_agreed(session, version):  # somebody wrote it down meanwhile
        kept.ended_at = now
        return CodeAnswer.AGREED
    if now - kept.sent_at > CODE_GOOD_FOR or _rises_now(session, patient, version, now):
        kept.ended_at = now
        return CodeAnswer.OVER
    given = agreeing.hash_of(session, version.id, code)
    if not secrets.compare_digest(given, kept.code_hash):
        return _count_wrong(kept, now)
    kept.ended_at = now
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    planning.mark(
        session,
        patient,
        version,
        MarkSide.PATIENT,
        how=f"by text, with the code that was sent on {_moment(kept.sent_at, zone)}",
        actor=PATIENT,
        now=now,
        recorded_by=kept.sent_by,
    )
    return CodeAnswer.AGREED


def _has_agreed(session: Session, version: PlanVersion) -> bool:
    return MarkSide.PATIENT in {mark.side for mark in plans.marks_of(session, version)}


def _rises_now(session: Session, patient: Patient, version: PlanVersion, now: datetime) -> bool:
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    return planning.rises(
        session, patient, planning.beginning_of(session, version), local_day(now, zone)
    )


def _count_wrong(kept: PlanCode, now: datetime) -> CodeAnswer:
    kept.tries += 1
    if kept.tries < CODE_TRIES:
        return CodeAnswer.WRONG
    kept.ended_at = now
    return CodeAnswer.OVER


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y at %H:%M}"
