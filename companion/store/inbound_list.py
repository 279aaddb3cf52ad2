"""How far the provider's own list of texts to us has been read."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base

THE_ROW = 1


class InboundList(Base):
    """The one row: everything older than *read_until* has been taken from the list."""

    __tablename__ = "inbound_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    read_until: Mapped[datetime]
    """Real time."""


def read_until(session: Session) -> datetime | None:
    """Return up to when the list was read, as real time; None when it never was."""
    return session.scalar(sa.select(InboundList.read_until))


def set_read_until(session: Session, moment: datetime) -> None:
    """Note up to when the list was read. It never goes back."""
    before = read_until(session)
    if before is None or before < moment:
        session.merge(InboundList(id=THE_ROW, read_until=moment))
