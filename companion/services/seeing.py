"""What a member of staff may see: what they are told of must be there when they sign in."""

from datetime import datetime

from companion.core.calendar import local_day
from companion.store import notices, organisations, rota
from companion.store.accounts import User
from companion.store.database import Scope, Session


def scope_of(session: Session, user: User, *, now: datetime) -> Scope:
    """Return the teams that *user* is on duty for today, and whom everybody was told of.

    The ladder tells everybody of an alert that its team did not take: they see its patient
    until somebody has closed it.
    """
    organisation = organisations.organisation_of(session, user.organisation_id)
    today = local_day(now, organisation.time_zone)
    return Scope(
        organisation.id,
        rota.teams_on_duty(session, user.id, today),
        notices.told_to_everybody(session, organisation.id),
    )
