"""What a request may ask for: the runtime, who is signed in, what they may see, the time."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_login import current_user

from companion.clock import real_now
from companion.runtime import Runtime
from companion.services import seeing
from companion.store import organisations
from companion.store.audit import Actor
from companion.store.database import Scope

__all__ = [
    "current_actor",
    "current_runtime",
    "current_scope",
    "current_user_id",
    "current_zone",
    "now",
    "real_now",
]

RUNTIME = "companion"


def current_runtime() -> Runtime:
    """Return what this application runs on."""
    runtime = current_app.extensions[RUNTIME]
    assert isinstance(runtime, Runtime)
    return runtime


def now() -> datetime:
    """Return people's time."""
    return current_runtime().clock.now()


def current_user_id() -> UUID:
    """Return who is signed in."""
    user_id = current_user.id
    assert isinstance(user_id, UUID)
    return user_id


def current_actor() -> Actor:
    """Return who acts, for the audit trail."""
    return Actor.user(current_user_id())


def current_scope() -> Scope:
    """Return the organisation and what of it the signed-in user may see."""
    if "scope" not in g:
        with current_runtime().transactions.reading() as session:
            g.scope = seeing.scope_of(session, current_user, now=now())
    scope = g.scope
    assert isinstance(scope, Scope)
    return scope


def current_zone() -> ZoneInfo:
    """Return the time zone of the organisation, in which pages show moments."""
    if "zone" not in g:
        with current_runtime().transactions.reading() as session:
            found = organisations.organisation_of(session, current_scope().organisation_id)
        g.zone = found.time_zone
    zone = g.zone
    assert isinstance(zone, ZoneInfo)
    return zone
