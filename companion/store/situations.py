"""What was answered to the questions about risk: each time a new row, all of it sealed."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.doses import plain
from companion.core.people import PatientStatus
from companion.core.situation import Risk, Situation, Use, other_from
from companion.store.database import Base, Scope, keyring_of
from companion.store.patients import Patient


class SituationRow(Base):
    """One time that the questions were answered. Never edited."""

    __tablename__ = "situation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    answered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    answered_at: Mapped[datetime]
    answers: Mapped[str]  # sealed: what was answered, as JSON


def seal_answers(session: Session, row: SituationRow, situation: Situation) -> None:
    """Seal what was answered into *row*, whose id is set."""
    said = {
        "use": situation.use,
        "risks": sorted(situation.risks),
        "others": [
            {
                "drug": other.drug.name,
                "form": other.form.name,
                "daily": plain(other.daily),
                "as_needed": other.as_needed,
            }
            for other in situation.others
        ],
    }
    row.answers = keyring_of(session).seal(
        json.dumps(said), table=SituationRow.__tablename__, column="answers", row_id=row.id
    )


def situation_in(session: Session, row: SituationRow) -> Situation:
    """Open what was answered. An opioid that the catalogue has lost since is left out."""
    said = json.loads(
        keyring_of(session).open(
            row.answers, table=SituationRow.__tablename__, column="answers", row_id=row.id
        )
    )
    others = (
        other_from(one["drug"], one["form"], Decimal(one["daily"]), as_needed=one["as_needed"])
        for one in said["others"]
    )
    return Situation(
        None if said["use"] is None else Use(said["use"]),
        frozenset(Risk(risk) for risk in said["risks"]),
        tuple(other for other in others if other is not None),
    )


def newest_of(session: Session, patient: Patient) -> SituationRow | None:
    """Return the last answers about *patient*, or None when nobody has asked."""
    query = (
        sa.select(SituationRow)
        .where(SituationRow.patient_id == patient.id)
        .order_by(SituationRow.answered_at.desc(), SituationRow.id)
        .limit(1)
    )
    return session.scalars(query).first()


def asked_patients(session: Session, scope: Scope) -> Sequence[Patient]:
    """Return who has answered and is still followed, of those that *scope* may see."""
    query = (
        sa.select(Patient)
        .where(
            Patient.organisation_id == scope.organisation_id,
            Patient.team_id.in_(scope.team_ids),
            Patient.status != PatientStatus.FINISHED,
            Patient.id.in_(sa.select(SituationRow.patient_id)),
        )
        .order_by(Patient.registered_at, Patient.id)
    )
    return session.scalars(query).all()
