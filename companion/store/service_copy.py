"""Which copy of the service this database belongs to, and whether it waits to be released."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base, insert_or_ignore

THE_ROW = 1


class ServiceCopy(Base):
    """The one row. A restored database gets a mark of its own."""

    __tablename__ = "service_copy"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(32))
    """What it writes on our number at the provider: random, no secret."""
    restored_at: Mapped[datetime | None]
    """Real time; set while the copy waits for somebody to release it."""
    backup_made_at: Mapped[datetime | None]
    """Real time: the newest that the copy knows of."""


def mark_of(session: Session) -> str:
    """Return this copy's mark; made now if it never had one."""
    insert_or_ignore(session, ServiceCopy, {"id": THE_ROW, "mark": secrets.token_hex(8)})
    return session.get_one(ServiceCopy, THE_ROW).mark


def set_waiting(session: Session, *, restored_at: datetime, backup_made_at: datetime) -> None:
    """Let the copy in this database wait: it sends nothing until it is released."""
    session.merge(
        ServiceCopy(
            id=THE_ROW,
            mark=secrets.token_hex(8),
            restored_at=restored_at,
            backup_made_at=backup_made_at,
        )
    )


def waiting(session: Session) -> ServiceCopy | None:
    """Return the row while the copy waits to be released, else None."""
    return session.scalars(
        sa.select(ServiceCopy).where(ServiceCopy.restored_at.is_not(None))
    ).one_or_none()
