"""When each duty of the clock was last done: how every process knows that another is alive."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base


class Pulse(Base):
    """One duty, and when it was last done without a fault, as real time."""

    __tablename__ = "pulse"

    duty: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    done_at: Mapped[datetime]


def note(session: Session, duties: Iterable[str], *, real_now: datetime) -> None:
    """Write down that *duties* were just done."""
    for duty in duties:
        session.merge(Pulse(duty=duty, done_at=real_now))


def last_done(session: Session) -> dict[str, datetime]:
    """Return when each duty was last done."""
    return {pulse.duty: pulse.done_at for pulse in session.scalars(sa.select(Pulse))}
