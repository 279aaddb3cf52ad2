"""What stands behind an alert: the patient's own words, and what they answered lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from companion.store import check_ins, own_questions, replies
from companion.store.alerts import Alert
from companion.store.database import Session
from companion.store.patients import Patient
from companion.web.showing import short_day
from companion.web.showing_answers import answer, short_question

CHECK_INS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A text that an alert is about. *phone* is empty where the patient is known."""

    at: datetime
    phone: str
    body: str


def texts_behind(session: Session, alert: Alert) -> list[Written]:
    """Return the texts behind an alert, newest first: its first one, and what came since.

    Bare numbers that came since are answers, which stand on a line of their own.
    """
    if alert.reply_id is None:
        return []
    first = replies.reply_by_id(session, alert.reply_id)
    found = []
    for reply in replies.joined(session, first, alert.patient_id, alert.last_at):
        phone = "" if alert.patient_id else replies.reply_phone_of(session, reply)
        written = Written(reply.received_at, phone, replies.body_of(session, reply))
        if reply is first or not written.body.strip().isdecimal():
            found.append(written)
    return found


def newest_answers(session: Session, patient: Patient) -> Sequence[str]:
    """Return the newest check-ins that were answered, such as ``4 Jan: pain 7, use as agreed``."""
    given = check_ins.answers_of(session, patient)
    own = own_questions.ever_asked(session, patient.organisation_id)
    lines = []
    for check_in in check_ins.check_ins_of(session, patient):
        said = [
            f"{own[one.question].name if one.question in own else short_question(one.question)}"
            f" {answer(one.question, one.value)}"
            for one in given
            if one.check_in_id == check_in.id
        ]
        if said:
            lines.append(f"{short_day(check_in.local_day)}: {', '.join(said)}")
    return lines[:CHECK_INS_SHOWN]
