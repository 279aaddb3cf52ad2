"""Plans, their versions, steps and the marks that make a version binding."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.agreement import MarkSide, VersionState
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.product import Product, is_as_strong, product_from
from companion.core.taper import Hold, Step
from companion.store.database import Base, Scope, keyring_of, stored_enum
from companion.store.patients import Patient


class Plan(Base):
    """One taper of one medicine for one patient. What it says stands in its versions."""

    __tablename__ = "plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), unique=True)
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
    reasons: Mapped[str | None]  # sealed: why it is right although concerns stand against it
    prescriber: Mapped[str]
    drug: Mapped[str | None]
    """As the catalogue names it; None for a medicine that is not in it. So are the next two."""
    form: Mapped[str | None]
    strengths: Mapped[str | None]
    """What this patient can get, such as ``5 10 15``."""
    written_as: Mapped[str | None]
    """What the form held, as JSON, to write the next version from; never read for a dose."""
    review_on: Mapped[date | None]
    starts_on: Mapped[date]
    set_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    set_at: Mapped[datetime]

    @property
    def product(self) -> Product | None:
        """What it is made of; None for a medicine that is not in the catalogue."""
        return product_from(self.drug, self.form, self.strengths)

    @property
    def counted_as(self) -> tuple[str, str, Decimal]:
        """What its amounts are of: the same for two versions whose amounts compare as written."""
        product = self.product
        if product is None:
            return self.medicine.casefold(), self.unit, Decimal(1)
        return product.drug.name, self.unit, product.form.mg_per_unit

    def counts_like(self, other: "PlanVersion") -> bool:
        """Tell whether amounts of both compare as written: one unit, as much of the drug in it."""
        return self.unit is other.unit and is_as_strong(self.product, other.product)


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
    how: Mapped[str]  # sealed: in staff's words
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


def seal_goal_words(session: Session, version: PlanVersion, words: str) -> None:
    """Seal why the patient wants this, in their own words, into the row of *version*."""
    version.goal_words = keyring_of(session).seal(
        words, table=PlanVersion.__tablename__, column="goal_words", row_id=version.id
    )


def goal_words_of(session: Session, version: PlanVersion) -> str:
    """Open the patient's own words."""
    return keyring_of(session).open(
        version.goal_words, table=PlanVersion.__tablename__, column="goal_words", row_id=version.id
    )


def seal_reasons(session: Session, version: PlanVersion, words: str) -> None:
    """Seal why the version is right although concerns stand against it."""
    version.reasons = keyring_of(session).seal(
        words, table=PlanVersion.__tablename__, column="reasons", row_id=version.id
    )


def reasons_of(session: Session, version: PlanVersion) -> str:
    """Open why the version is right although concerns stand; empty where none did."""
    if version.reasons is None:
        return ""
    return keyring_of(session).open(
        version.reasons, table=PlanVersion.__tablename__, column="reasons", row_id=version.id
    )


def seal_how(session: Session, mark: PlanMark, words: str) -> None:
    """Seal how somebody agreed into the row of *mark*."""
    mark.how = keyring_of(session).seal(
        words, table=PlanMark.__tablename__, column="how", row_id=mark.id
    )


def how_of(session: Session, mark: PlanMark) -> str:
    """Open how somebody agreed."""
    return keyring_of(session).open(
        mark.how, table=PlanMark.__tablename__, column="how", row_id=mark.id
    )


def add_steps(session: Session, version: PlanVersion, steps: Sequence[Step]) -> None:
    """Write the steps of a new version. They are never changed afterwards."""
    session.add_all(
        PlanStep(
            id=uuid4(),
            version_id=version.id,
            starts_on=step.starts_on,
            time_of_day=time_of_day,
            amount=amount,
        )
        for step in steps
        for time_of_day, amount in step.doses.amounts.items()
    )


def steps_of(session: Session, version: PlanVersion) -> tuple[Step, ...]:
    """Return the steps of *version*, in order of date."""
    query = (
        sa.select(PlanStep)
        .where(PlanStep.version_id == version.id)
        .order_by(PlanStep.starts_on, PlanStep.time_of_day)
    )
    days = groupby(session.scalars(query), key=lambda row: row.starts_on)
    return tuple(
        Step(day, DayDoses(version.unit, {row.time_of_day: row.amount for row in rows}))
        for day, rows in days
    )


def _of(patient: Patient) -> sa.ColumnElement[bool]:
    return sa.and_(Plan.organisation_id == patient.organisation_id, Plan.patient_id == patient.id)


def plan_of(session: Session, patient: Patient) -> Plan | None:
    """Return the patient's one plan, or None."""
    query = sa.select(Plan).where(_of(patient))
    return session.scalars(query).one_or_none()


def versions_of(session: Session, patient: Patient) -> Sequence[PlanVersion]:
    """Return every version of the patient's plan as it stands now, newest first."""
    query = (
        sa.select(PlanVersion)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(_of(patient))
        .order_by(PlanVersion.number.desc())
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


BOUND = (VersionState.AGREED, VersionState.SUPERSEDED)
"""Versions that both agreed to. One that was replaced may still be in force: see the timeline."""


def bound_of(session: Session, patient: Patient) -> list[PlanVersion]:
    """Return the versions that were agreed since a taper was last finished, oldest first."""
    found: list[PlanVersion] = []
    for version in versions_of(session, patient):
        if version.state is VersionState.FINISHED:
            break
        if version.state in BOUND:
            found.insert(0, version)
    return found


def has_finished(session: Session, patient: Patient) -> bool:
    """Tell whether a taper of the patient is over."""
    return any(v.state is VersionState.FINISHED for v in versions_of(session, patient))


def agreed_version(session: Session, patient: Patient) -> PlanVersion | None:
    """Return the newest version that both agreed to, or None; its first day may be to come."""
    return next((v for v in versions_of(session, patient) if v.state is VersionState.AGREED), None)


def proposed_version(session: Session, patient: Patient) -> PlanVersion | None:
    """Return the version that waits for agreement, or None."""
    proposed = VersionState.PROPOSED
    return next((v for v in versions_of(session, patient) if v.state is proposed), None)


def proposed_in(session: Session, scope: Scope) -> Sequence[tuple[PlanVersion, Patient]]:
    """Return every version that waits for agreement, with its patient, oldest first."""
    query = (
        sa.select(PlanVersion, Patient)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .join(Patient, Patient.id == Plan.patient_id)
        .where(
            PlanVersion.state == VersionState.PROPOSED,
            Patient.organisation_id == scope.organisation_id,
            Patient.team_id.in_(scope.team_ids),
        )
        .order_by(PlanVersion.set_at, PlanVersion.id)
    )
    return [(version, patient) for version, patient in session.execute(query)]


def version_of(session: Session, scope: Scope, version_id: UUID) -> PlanVersion | None:
    """Return one version, or None when *scope* may not see its patient."""
    query = (
        sa.select(PlanVersion)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .join(Patient, Patient.id == Plan.patient_id)
        .where(
            PlanVersion.id == version_id,
            Patient.organisation_id == scope.organisation_id,
            Patient.team_id.in_(scope.team_ids),
        )
    )
    return session.scalars(query).one_or_none()


def lock(session: Session, version: PlanVersion) -> None:
    """Hold the plan of *version*, and *version* as it stands now, until the transaction ends.

    Two marks that come at once must see each other, or neither binds; and a version that is
    being agreed must not be taken back.
    """
    lock_plan(session, session.get_one(Plan, version.plan_id))
    session.refresh(version)


def lock_plan(session: Session, plan: Plan) -> None:
    """Hold *plan* with all its versions until the transaction ends."""
    session.refresh(plan, with_for_update={"key_share": True})


def patient_id_of(session: Session, version: PlanVersion) -> UUID:
    """Return whose plan *version* is of."""
    return session.get_one(Plan, version.plan_id).patient_id


def marks_of(session: Session, version: PlanVersion) -> Sequence[PlanMark]:
    """Return the marks that stand under *version*, oldest first."""
    query = (
        sa.select(PlanMark)
        .where(PlanMark.version_id == version.id)
        .order_by(PlanMark.recorded_at, PlanMark.id)
    )
    return session.scalars(query).all()


def holds_of(session: Session, plan_id: UUID) -> Sequence[PlanHold]:
    """Return every hold of a plan, oldest first, ended ones too."""
    query = sa.select(PlanHold).where(PlanHold.plan_id == plan_id).order_by(PlanHold.held_at)
    return session.scalars(query).all()


def agreed_at_of(session: Session, version: PlanVersion) -> datetime | None:
    """Return when the newest mark under *version* was made, or None without any."""
    return max((mark.recorded_at for mark in marks_of(session, version)), default=None)


def binding_holds(session: Session, version: PlanVersion) -> tuple[Hold, ...]:
    """Return the holds made since *version* was agreed, ended ones too.

    Ending a hold releases nothing: the dose stays until a newer version is agreed.
    """
    return tuple(Hold(hold.held_on) for hold in holds_since_agreed(session, version))


def holds_since_agreed(session: Session, version: PlanVersion) -> list[PlanHold]:
    """Return the holds made since *version* was agreed, oldest first."""
    agreed_at = agreed_at_of(session, version)
    return [
        hold
        for hold in holds_of(session, version.plan_id)
        if agreed_at is None or hold.held_at >= agreed_at
    ]


def open_hold(session: Session, plan_id: UUID) -> PlanHold | None:
    """Return the hold that nobody has ended yet, or None."""
    query = sa.select(PlanHold).where(PlanHold.plan_id == plan_id, PlanHold.ended_at.is_(None))
    return session.scalars(query).one_or_none()
