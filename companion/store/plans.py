"""Plans, their versions, steps and the marks that make a version binding."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.agreement import MarkSide, VersionState
from companion.core.doses import DoseUnit, TimeOfDay
from companion.store.database import Base, stored_enum


class Plan(Base):
    """One taper of one medicine for one patient. What it says stands in its versions."""

    __tablename__ = "plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    created_at: Mapped[datetime]


class PlanVersion(Base):
    """One wording of a plan. Never edited: a change is a new row."""

    __tablename__ = "plan_version"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.Index(
            "uq_plan_version_one_agreed",
            "plan_id",
            unique=True,
            sqlite_where=sa.text("state = 'agreed'"),
            postgresql_where=sa.text("state = 'agreed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(stored_enum(VersionState))
    medicine: Mapped[str]
    """Name and form as on the label, such as ``morphine modified-release tablets``."""
    unit: Mapped[DoseUnit] = mapped_column(stored_enum(DoseUnit))
    goal: Mapped[Decimal]
    """The daily total that the patient aims for, in *unit*; 0 is off altogether."""
    goal_words: Mapped[str]  # sealed: the patient's own words
    prescriber: Mapped[str]
    starts_on: Mapped[date]
    set_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    set_at: Mapped[datetime]


class PlanStep(Base):
    """What is taken at one time of day from one day on."""

    __tablename__ = "plan_step"
    __table_args__ = (sa.UniqueConstraint("version_id", "starts_on", "time_of_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_version.id"))
    starts_on: Mapped[date]
    time_of_day: Mapped[TimeOfDay] = mapped_column(stored_enum(TimeOfDay))
    amount: Mapped[Decimal]


class PlanMark(Base):
    """One side's yes to one version: whose, how, and who wrote it down."""

    __tablename__ = "plan_mark"
    __table_args__ = (sa.UniqueConstraint("version_id", "side"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_version.id"))
    side: Mapped[MarkSide] = mapped_column(stored_enum(MarkSide))
    how: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    recorded_at: Mapped[datetime]


class PlanHold(Base):
    """The patient stays on the dose of *held_on* until a person ends the hold."""

    __tablename__ = "plan_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    held_on: Mapped[date]
    held_at: Mapped[datetime]
    asked_by_text: Mapped[bool]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user.id"))
