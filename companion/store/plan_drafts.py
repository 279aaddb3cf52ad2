"""A plan as somebody left it in the form: it is nobody's version yet."""

import json
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base, keyring_of
from companion.store.patients import Patient


class PlanDraft(Base):
    """The one draft of a patient. A newer one takes its place."""

    __tablename__ = "plan_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), unique=True)
    written_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    written_at: Mapped[datetime]
    content: Mapped[str]  # sealed: what stood in the form, by field, as JSON


def draft_of(session: Session, patient: Patient) -> PlanDraft | None:
    """Return the patient's draft, or None."""
    query = sa.select(PlanDraft).where(PlanDraft.patient_id == patient.id)
    return session.scalars(query).one_or_none()


def content_of(session: Session, draft: PlanDraft) -> dict[str, str]:
    """Open what stood in the form."""
    text = keyring_of(session).open(
        draft.content, table=PlanDraft.__tablename__, column="content", row_id=draft.id
    )
    found: dict[str, str] = json.loads(text)
    return found


def replace_draft(
    session: Session, patient: Patient, content: dict[str, str], *, by: UUID, now: datetime
) -> None:
    """Keep *content* in the place of any draft before it."""
    remove_draft(session, patient)
    draft = PlanDraft(id=uuid4(), patient_id=patient.id, written_by=by, written_at=now)
    draft.content = keyring_of(session).seal(
        json.dumps(content), table=PlanDraft.__tablename__, column="content", row_id=draft.id
    )
    session.add(draft)
    session.flush()


def remove_draft(session: Session, patient: Patient) -> bool:
    """Forget the patient's draft; tell whether there was one."""
    standing = draft_of(session, patient)
    if standing is None:
        return False
    session.delete(standing)
    session.flush()
    return True
