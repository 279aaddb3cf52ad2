"""Patients: identity sealed, found by keyed hashes, reached only as they agreed."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.people import Identity, Pathway, PatientStatus
from companion.core.protocols import Often
from companion.core.triage import Agreed
from companion.store.database import Base, Scope, keyring_of, stored_enum

EVERY_DAY = "0123456"


class Patient(Base):
    """One person in one organisation. Columns marked *sealed* open only through this module."""

    __tablename__ = "patient"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "nhs_number_hash"),
        sa.Index("ix_patient_phone_hash", "phone_hash"),
        sa.Index("ix_patient_organisation_id_name_hash", "organisation_id", "name_hash"),
        sa.Index("ix_patient_organisation_id_team_id", "organisation_id", "team_id"),
        sa.Index("ix_patient_due", "organisation_id", "status", "considered_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("team.id"))
    status: Mapped[PatientStatus] = mapped_column(stored_enum(PatientStatus))
    pathway: Mapped[Pathway] = mapped_column(stored_enum(Pathway))
    registered_at: Mapped[datetime]
    discharged_on: Mapped[date | None]
    finished_at: Mapped[datetime | None]
    revision: Mapped[int]
    """Rises with each change by staff; a form based on an older one is refused."""

    first_name: Mapped[str]  # sealed
    last_name: Mapped[str]  # sealed
    born_on: Mapped[str]  # sealed, ISO date
    nhs_number: Mapped[str]  # sealed
    address: Mapped[str]  # sealed
    phone: Mapped[str]  # sealed, E.164
    emergency_contact: Mapped[str]  # sealed
    communication_needs: Mapped[str]  # sealed
    phone_hash: Mapped[str] = mapped_column(sa.String(64))
    nhs_number_hash: Mapped[str] = mapped_column(sa.String(64))
    name_hash: Mapped[str] = mapped_column(sa.String(64))
    """Surname with date of birth."""
    phone_version: Mapped[int]
    """Rises when the number changes: a text rendered for an older one never leaves."""

    safe_from: Mapped[time]
    safe_until: Mapped[time]
    check_in_at: Mapped[time]
    language: Mapped[str] = mapped_column(sa.String(35))
    detailed: Mapped[bool]
    interpreter: Mapped[bool]
    ways: Mapped[str]  # sealed: who may pick up, when not to ring
    gp_practice: Mapped[str]
    pharmacy: Mapped[str]

    consent_asked_by: Mapped[str]
    consent_how: Mapped[str]
    consent_asked_on: Mapped[date]

    handshake_asked_again: Mapped[bool] = mapped_column(default=False)
    handshake_confirmed_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    considered_on: Mapped[date | None]
    """The newest local day on which it was looked whether a check-in is due."""
    baseline_pain: Mapped[Decimal | None]
    """Pain 0-10 as told at enrolment; used until enough readings exist."""
    pain_at: Mapped[Decimal | None]
    coping_at: Mapped[Decimal | None]
    """From which scores on the team is told, as agreed with the patient (rule T-26)."""
    how_often: Mapped[Often] = mapped_column(
        stored_enum(Often), default=Often.USUAL, server_default=Often.USUAL.value
    )
    chosen_days: Mapped[str] = mapped_column(
        sa.String(7), default=EVERY_DAY, server_default=EVERY_DAY
    )
    """Days of the week on which they may be asked, Monday 0."""

    @property
    def week_days(self) -> frozenset[int]:
        """On which days of the week they may be asked; Monday is 0."""
        return frozenset(map(int, self.chosen_days))

    @week_days.setter
    def week_days(self, days: frozenset[int]) -> None:
        self.chosen_days = "".join(str(day) for day in sorted(days))

    @property
    def agreed(self) -> Agreed:
        """From which scores on the team is told."""
        return Agreed(self.pain_at, self.coping_at)


TABLE = Patient.__tablename__


def seal_identity(session: Session, patient: Patient, identity: Identity) -> None:
    """Seal *identity* into the row of *patient*, whose id is set, and hash what finds it."""
    keyring = keyring_of(session)
    for field in fields(Identity):
        value = getattr(identity, field.name)
        text = value.isoformat() if isinstance(value, date) else value
        _seal(session, patient, field.name, text)
    patient.phone_hash = keyring.fingerprint("phone", identity.phone)
    patient.nhs_number_hash = keyring.fingerprint("nhs_number", identity.nhs_number)
    patient.name_hash = _name_hash(session, identity.last_name, identity.born_on)


def seal_needs(session: Session, patient: Patient, *, ways: str, communication: str) -> None:
    """Seal which ways to reach the patient are safe, and what they need in order to follow."""
    _seal(session, patient, "ways", ways)
    _seal(session, patient, "communication_needs", communication)


def _seal(session: Session, patient: Patient, column: str, text: str) -> None:
    sealed = keyring_of(session).seal(text, table=TABLE, column=column, row_id=patient.id)
    setattr(patient, column, sealed)


def _open(session: Session, patient: Patient, column: str) -> str:
    sealed = getattr(patient, column)
    return keyring_of(session).open(sealed, table=TABLE, column=column, row_id=patient.id)


def identity_of(session: Session, patient: Patient) -> Identity:
    """Open who *patient* is. Showing it to anybody is recorded by the caller."""
    opened = {field.name: _open(session, patient, field.name) for field in fields(Identity)}
    return Identity(**{**opened, "born_on": date.fromisoformat(opened["born_on"])})  # type: ignore[arg-type]  # all others are text


def phone_of(session: Session, patient: Patient) -> str:
    """Open only the number to text, as E.164."""
    return _open(session, patient, "phone")


def name_of(session: Session, patient: Patient) -> str:
    """Open only the name, for a list that staff see."""
    return f"{_open(session, patient, 'first_name')} {_open(session, patient, 'last_name')}"


def needs_of(session: Session, patient: Patient) -> tuple[str, str]:
    """Open which ways to reach the patient are safe, and what they need in order to follow."""
    return _open(session, patient, "ways"), _open(session, patient, "communication_needs")


def _name_hash(session: Session, last_name: str, born_on: date) -> str:
    plain = " ".join(last_name.casefold().split())
    return keyring_of(session).fingerprint("name", f"{plain} {born_on.isoformat()}")


def seen_by(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the condition that *scope* may see a patient."""
    theirs = sa.or_(Patient.team_id.in_(scope.team_ids), Patient.id.in_(scope.patient_ids))
    return sa.and_(Patient.organisation_id == scope.organisation_id, theirs)


def _in(scope: Scope) -> sa.Select[Patient]:
    return sa.select(Patient).where(seen_by(scope))


def patient_of(
    session: Session, scope: Scope, patient_id: UUID, *, to_change: bool = False
) -> Patient | None:
    """Return one patient, or None when *scope* may not see them or there is none.

    With *to_change* as they stand now, locked until the transaction ends: a text of theirs
    may change them at the same moment.
    """
    query = _in(scope).where(Patient.id == patient_id)
    if to_change:
        # What only refers to the patient, such as an audit event, need not wait.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def patients_of(session: Session, scope: Scope) -> Sequence[Patient]:
    """Return the patients of the teams in *scope*, newest first."""
    query = _in(scope).order_by(Patient.registered_at.desc(), Patient.id)
    return session.scalars(query).all()


def find_by_nhs_number(session: Session, scope: Scope, nhs_number: str) -> Sequence[Patient]:
    """Return who in *scope* has that NHS number (ten digits)."""
    wanted = keyring_of(session).fingerprint("nhs_number", nhs_number)
    return session.scalars(_in(scope).where(Patient.nhs_number_hash == wanted)).all()


def find_by_phone(session: Session, scope: Scope, phone: str) -> Sequence[Patient]:
    """Return who in *scope* has that number (E.164)."""
    wanted = keyring_of(session).fingerprint("phone", phone)
    return session.scalars(_in(scope).where(Patient.phone_hash == wanted)).all()


def find_by_name(
    session: Session, scope: Scope, last_name: str, born_on: date
) -> Sequence[Patient]:
    """Return who in *scope* has that surname and date of birth."""
    wanted = _name_hash(session, last_name, born_on)
    return session.scalars(_in(scope).where(Patient.name_hash == wanted)).all()


def is_registered(session: Session, organisation_id: UUID, nhs_number: str) -> bool:
    """Tell whether the organisation has that NHS number already, in any of its teams."""
    wanted = keyring_of(session).fingerprint("nhs_number", nhs_number)
    query = sa.select(Patient.id).where(
        Patient.organisation_id == organisation_id, Patient.nhs_number_hash == wanted
    )
    return session.scalar(query) is not None


def patients_with_phone_everywhere(session: Session, phone: str) -> Sequence[Patient]:
    """Return every patient with that number, in any organisation, finished ones too.

    For texts that come in, which name no organisation, and to keep one number one person.
    """
    wanted = keyring_of(session).fingerprint("phone", phone)
    return patients_with_phone_hash_everywhere(session, wanted)


def patients_with_phone_hash_everywhere(session: Session, phone_hash: str) -> Sequence[Patient]:
    """Return every patient whose number has that hash, as a text that came in carries it."""
    query = (
        sa.select(Patient).where(Patient.phone_hash == phone_hash).order_by(Patient.registered_at)
    )
    return session.scalars(query).all()


def patient_by_id_everywhere(session: Session, patient_id: UUID) -> Patient:
    """Return a patient by id for the service's own duties, never for a page."""
    return session.get_one(Patient, patient_id)


def active_patients_everywhere(session: Session, organisation_id: UUID) -> Sequence[Patient]:
    """Return whoever may be texted a check-in, for looking ahead."""
    query = sa.select(Patient).where(
        Patient.organisation_id == organisation_id,
        Patient.status == PatientStatus.ACTIVE,
        Patient.opted_out_at.is_(None),
    )
    return session.scalars(query).all()


def languages_everywhere(session: Session) -> Sequence[str]:
    """Return the languages of whoever is still followed."""
    query = sa.select(Patient.language).where(Patient.status != PatientStatus.FINISHED)
    return session.scalars(query.distinct().order_by(Patient.language)).all()


def locked(session: Session, patient_id: UUID) -> Patient:
    """Return a patient, locked until the transaction ends: their texts are taken in turn.

    The key is left alone: whoever writes down that the patient was looked at does not wait.
    """
    query = sa.select(Patient).where(Patient.id == patient_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _not_considered(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Patient.status == PatientStatus.ACTIVE,
        Patient.opted_out_at.is_(None),
        sa.or_(Patient.considered_on.is_(None), Patient.considered_on < today),
    )


def to_consider(
    session: Session,
    organisation_id: UUID,
    today: date,
    clock: time,
    *,
    limit: int,
    but: Collection[UUID] = (),
) -> list[UUID]:
    """Return who has reached their hour today and was not considered yet, for the clock.

    *but* are left out.
    """
    query = (
        sa.select(Patient.id)
        .where(
            Patient.organisation_id == organisation_id,
            _not_considered(today),
            Patient.check_in_at <= clock,
            Patient.id.not_in(but),
        )
        .limit(limit)
    )
    return list(session.scalars(query))


def to_consider_locked(session: Session, patient_id: UUID, today: date) -> Patient | None:
    """Return the patient for considering, locked, or None when another process was first."""
    query = (
        sa.select(Patient)
        .where(Patient.id == patient_id, _not_considered(today))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).one_or_none()
