"""How far people's time is ahead of real time: a row, so that every process agrees."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base

THE_ROW = 1


class ClockSetting(Base):
    """The one row that demo and test modes may change."""

    __tablename__ = "clock_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    ahead_seconds: Mapped[int]


def seconds_ahead(session: Session) -> int:
    """Return how many seconds people's time runs ahead of real time; 0 when never set."""
    return session.scalar(sa.select(ClockSetting.ahead_seconds)) or 0


def set_seconds_ahead(session: Session, seconds: int) -> None:
    """Move people's time to *seconds* ahead of real time."""
    session.merge(ClockSetting(id=THE_ROW, ahead_seconds=seconds))
