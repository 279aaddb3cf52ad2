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
    """Return the text behind an alert; a stranger's with every other that joined the alert."""
    if alert.reply_id is None:
        return []
    first = replies.reply_by_id(session, alert.reply_id)
    if alert.patient_id is not None:
        return [Written(first.received_at, "", replies.body_of(session, first))]
    return [
        Written(r.received_at, replies.reply_phone_of(session, r), replies.body_of(session, r))
        for r in replies.joined(session, first, None, alert.last_at)
    ]


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
