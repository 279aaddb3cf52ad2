"""Patients: identity sealed, found by keyed hashes, reached only as they agreed."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.people import Pathway, PatientStatus
from companion.store.database import Base, stored_enum


class Patient(Base):
    """One person in one organisation. Columns marked *sealed* open only through this module."""

    __tablename__ = "patient"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "nhs_number_hash"),
        sa.Index("ix_patient_phone_hash", "phone_hash"),
        sa.Index("ix_patient_organisation_id_name_hash", "organisation_id", "name_hash"),
        sa.Index("ix_patient_organisation_id_team_id", "organisation_id", "team_id"),
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
    ways: Mapped[str]
    gp_practice: Mapped[str]
    pharmacy: Mapped[str]

    consent_asked_by: Mapped[str]
    consent_how: Mapped[str]
    consent_asked_on: Mapped[date]

    handshake_confirmed_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    baseline_pain: Mapped[Decimal | None]
    """Pain 0-10 as told at enrolment; used until enough readings exist."""
