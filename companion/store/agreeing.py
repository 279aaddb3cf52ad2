"""Codes by which a patient agrees, and what patients ask of their plan."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.agreement import VersionState
from companion.core.pace import Say
from companion.store.database import Base, Scope, keyring_of, stored_enum
from companion.store.patients import Patient
from companion.store.plans import Plan, PlanVersion


class PlanCode(Base):
    """A code that was texted to agree to one version. Here stands only its keyed hash."""

    __tablename__ = "plan_code"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_version.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    tries: Mapped[int]
    """How many wrong codes came."""
    ended_at: Mapped[datetime | None]


class PlanRequest(Base):
    """What a patient asked of the plan, until a clinician has proposed a version or said no."""

    __tablename__ = "plan_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    say: Mapped[Say] = mapped_column(stored_enum(Say))
    asked_at: Mapped[datetime]
    asked_by_text: Mapped[bool]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user.id"))
    version_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_version.id"))
    """What was proposed, where something was."""


def hash_of(session: Session, version_id: UUID, code: str) -> str:
    """Return the keyed hash of *code*, good for one version only."""
    return keyring_of(session).fingerprint(f"plan_code:{version_id}", code)


def add_code(
    session: Session, version: PlanVersion, code: str, *, sent_by: UUID, now: datetime
) -> PlanCode:
    """Write down that *code* goes out; the ones before it are over."""
    for older in _open_codes(session, version.id):
        older.ended_at = now
    added = PlanCode(
        id=uuid4(),
        version_id=version.id,
        code_hash=hash_of(session, version.id, code),
        sent_at=now,
        sent_by=sent_by,
        tries=0,
        ended_at=None,
    )
    session.add(added)
    session.flush()
    return added


def _open_codes(session: Session, version_id: UUID) -> list[PlanCode]:
    query = sa.select(PlanCode).where(
        PlanCode.version_id == version_id, PlanCode.ended_at.is_(None)
    )
    return list(session.scalars(query))


def open_code(session: Session, patient: Patient) -> tuple[PlanCode, PlanVersion] | None:
    """Return the code that *patient* may still answer, with its version; or None.

    It stays while its version is neither agreed nor taken back.
    """
    query = (
        sa.select(PlanCode, PlanVersion)
        .join(PlanVersion, PlanVersion.id == PlanCode.version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Plan.organisation_id == patient.organisation_id,
            Plan.patient_id == patient.id,
            PlanCode.ended_at.is_(None),
            PlanVersion.state == VersionState.PROPOSED,
        )
        .order_by(PlanCode.sent_at.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def open_request(session: Session, plan_id: UUID) -> PlanRequest | None:
    """Return what the patient asked last and nobody has settled, or None."""
    query = (
        sa.select(PlanRequest)
        .where(PlanRequest.plan_id == plan_id, PlanRequest.settled_at.is_(None))
        .order_by(PlanRequest.asked_at.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def lock_request(session: Session, request: PlanRequest) -> None:
    """Hold *request* as it stands now: of two clicks at once the second finds it settled."""
    session.refresh(request, with_for_update={"key_share": True})


def request_of(session: Session, scope: Scope, request_id: UUID) -> PlanRequest | None:
    """Return one request, or None when *scope* may not see its patient."""
    query = (
        sa.select(PlanRequest)
        .join(Plan, Plan.id == PlanRequest.plan_id)
        .join(Patient, Patient.id == Plan.patient_id)
        .where(
            PlanRequest.id == request_id,
            Patient.organisation_id == scope.organisation_id,
            Patient.team_id.in_(scope.team_ids),
        )
    )
    return session.scalars(query).one_or_none()


def patient_id_of(session: Session, request: PlanRequest) -> UUID:
    """Return who asked."""
    return session.get_one(Plan, request.plan_id).patient_id
