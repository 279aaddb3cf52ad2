"""What each patient was pointed to, whether it was useful, and an organisation's own places."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.signposting import Resource, Seen, Sure, Topic
from companion.core.working import Nation
from companion.store.database import Base
from companion.store.patients import Patient

LOCAL = "local:"
"""What the key of an organisation's own resource begins with."""


class SignpostSent(Base):
    """One pointer that one patient was sent."""

    __tablename__ = "signpost_sent"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    resource: Mapped[str] = mapped_column(sa.String(60))
    """Its key in ``resources.toml``, or of an organisation's own."""
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID | None]
    """Who sent it by hand; None when the service chose it. No foreign key: people leave."""
    asked_at: Mapped[datetime | None]
    """When the patient was asked whether it was useful."""
    useful: Mapped[bool | None]


class LocalResource(Base):
    """A place that one organisation added: a walking group, a soundscape, a support group."""

    __tablename__ = "local_resource"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    address: Mapped[str]
    topic: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(35))
    discreet: Mapped[bool]
    added_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    checked_on: Mapped[date]
    withdrawn_at: Mapped[datetime | None]

    def as_resource(self, owner: str) -> Resource:
        """Return it as what signposts are chosen from; *owner* is the organisation's name."""
        return Resource(
            key=f"{LOCAL}{self.id}",
            title=self.title,
            address=self.address,
            topics=frozenset({Topic(self.topic)}),
            languages=(self.language,),
            nations=frozenset(Nation),
            owner=owner,
            checked_on=self.checked_on,
            sure=Sure.SEEN,
            discreet=self.discreet,
        )


def add(
    session: Session, patient: Patient, resource: str, *, now: datetime, by: UUID | None = None
) -> None:
    """Write down what the patient is pointed to."""
    session.add(
        SignpostSent(id=uuid4(), patient_id=patient.id, resource=resource, sent_at=now, sent_by=by)
    )
    session.flush()


def sent_to(session: Session, patient: Patient) -> Sequence[SignpostSent]:
    """Return what the patient was pointed to, oldest first."""
    query = (
        sa.select(SignpostSent)
        .where(SignpostSent.patient_id == patient.id)
        .order_by(SignpostSent.sent_at, SignpostSent.id)
    )
    return session.scalars(query).all()


def seen_by(session: Session, patient: Patient) -> Seen:
    """Return what choosing the next one must know."""
    sent = sent_to(session, patient)
    return Seen(
        tuple(one.resource for one in sent),
        frozenset(one.resource for one in sent if one.useful is False),
    )


def asked_about(session: Session, patient: Patient, since: datetime) -> SignpostSent | None:
    """Return the signpost that the patient was asked about *since* then and has not rated."""
    query = (
        sa.select(SignpostSent)
        .where(
            SignpostSent.patient_id == patient.id,
            SignpostSent.asked_at >= since,
            SignpostSent.useful.is_(None),
        )
        .order_by(SignpostSent.asked_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def local_of(session: Session, organisation_id: UUID) -> Sequence[LocalResource]:
    """Return the places that an organisation added and has not withdrawn."""
    query = (
        sa.select(LocalResource)
        .where(
            LocalResource.organisation_id == organisation_id, LocalResource.withdrawn_at.is_(None)
        )
        .order_by(LocalResource.title)
    )
    return session.scalars(query).all()


def local_by_id(session: Session, organisation_id: UUID, resource_id: UUID) -> LocalResource | None:
    """Return one of an organisation's own places, or None."""
    query = sa.select(LocalResource).where(
        LocalResource.organisation_id == organisation_id, LocalResource.id == resource_id
    )
    return session.scalars(query).one_or_none()


RATED_WITHIN = timedelta(days=3)
"""How long the answer to whether something was useful is waited for."""
