"""The questions that an organisation adds to its check-ins, and takes away again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from companion.core.own_question import OwnKind, OwnQuestion
from companion.core.questions import OWN, Question
from companion.store import audit, own_questions
from companion.store.audit import Actor
from companion.store.check_ins import CheckIn
from companion.store.database import Session
from companion.store.own_questions import OwnQuestionRow
from companion.store.patients import Patient
from companion.wording import CARRIER_WORDS, Wording


class OwnQuestionError(ValueError):
    """A question that cannot be asked. The message is for staff."""


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """What a member of staff enters. *texts* are by language tag."""

    name: str
    kind: OwnKind
    low: int
    high: int
    protocols: frozenset[str]
    texts: Mapping[str, str]


def add(
    session: Session,
    organisation_id: UUID,
    new: NewQuestion,
    wording: Wording,
    *,
    user_id: UUID,
    now: datetime,
) -> OwnQuestionRow:
    """Ask one more question in check-ins that begin from now on.

    Raises:
        OwnQuestionError: it cannot be asked, or there are three already.
    """
    # A slot that was ever used is not free: another question there would mix their answers.
    free = sorted(OWN - own_questions.ever_asked(session, organisation_id).keys())
    if not free:
        raise OwnQuestionError("There were three questions of your own, and their answers stay")
    asked = OwnQuestion(
        slot=Question(free[0]),
        name=new.name.strip(),
        kind=new.kind,
        low=new.low,
        high=new.high,
        protocols=new.protocols,
        texts={tag: text.strip() for tag, text in new.texts.items() if text.strip()},
    )
    faults = asked.faults(
        frozenset(language.tag for language in wording.languages), frozenset(wording.protocols)
    )
    if any(CARRIER_WORDS.search(text) for text in asked.texts.values()):
        faults.append("Leave out words that carriers act on, such as STOP or YES")
    if faults:
        raise OwnQuestionError(faults[0])
    row = OwnQuestionRow(
        id=uuid4(),
        organisation_id=organisation_id,
        slot=asked.slot,
        name=asked.name,
        kind=asked.kind,
        low=asked.low,
        high=asked.high,
        protocols=",".join(sorted(asked.protocols)),
        texts=json.dumps(asked.texts, ensure_ascii=False),
        added_by=user_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, row, "own question added", user_id, now)
    return row


def withdraw(
    session: Session, organisation_id: UUID, question_id: UUID, *, user_id: UUID, now: datetime
) -> bool:
    """Ask it no more; tell whether the organisation has it."""
    row = own_questions.row_by_id(session, organisation_id, question_id)
    if row is None:
        return False
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        _record(session, row, "own question withdrawn", user_id, now)
    return True


def asked_of(session: Session, patient: Patient, protocol: str) -> tuple[Question, ...]:
    """Return which of their organisation's own questions *patient* is asked, in order."""
    found = own_questions.questions_of(session, patient.organisation_id)
    return tuple(
        slot
        for slot, asked in found.items()
        if protocol in asked.protocols and patient.language in asked.texts
    )


def still_asked(
    session: Session, patient: Patient, check_in: CheckIn, now_open: Question
) -> list[Question]:
    """Return what *check_in* asks without what was withdrawn, or lacks words, since it began."""
    asked = asked_of(session, patient, check_in.kind)
    return [one for one in check_in.asks if one not in OWN or one is now_open or one in asked]


def question_for(session: Session, patient: Patient, slot: Question) -> OwnQuestion:
    """Return the organisation's question in *slot*, which it asked once, withdrawn or not."""
    return own_questions.ever_asked(session, patient.organisation_id)[slot]


def _record(
    session: Session, row: OwnQuestionRow, action: str, user_id: UUID, now: datetime
) -> None:
    audit.record(
        session,
        row.organisation_id,
        actor=Actor.user(user_id),
        action=action,
        subject=f"own_question:{row.id}",
        now=now,
    )
