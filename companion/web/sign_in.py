"""Signing in: Flask-Security over Flask-Login, on our own store.

The library checks passwords and guards its form; people are read from the store at each
request, so somebody who was made inactive is out at once. A wrong address and a wrong
password look the same.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import user_logged_in
from flask_security import RoleMixin, Security, UserMixin
from flask_security.datastore import UserDatastore

from companion.runtime import Runtime
from companion.store import accounts
from companion.store.accounts import RoleName, User

TRIES = "10 per minute; 60 per hour"
"""Sign-ins from one address; counted also when the form's token is missing."""


@dataclass
class Person(UserMixin):
    """Somebody who signs in, as this request knows them."""

    id: UUID  # type: ignore[assignment]  # the library takes any kind of id
    organisation_id: UUID
    email: str
    name: str
    password: str | None = field(repr=False)
    active: bool
    role_names: frozenset[RoleName]
    fs_uniquifier: str = field(default="", repr=False)

    @classmethod
    def from_user(cls, user: User) -> "Person":
        """Return *user* apart from the database."""
        return cls(
            id=user.id,
            organisation_id=user.organisation_id,
            email=user.email,
            name=user.name,
            password=user.password,
            active=user.active,
            fs_uniquifier=user.fs_uniquifier,
            role_names=frozenset(RoleName(role.name) for role in user.roles),
        )

    def has_role(self, role: object) -> bool:
        """Tell whether they have a role by name."""
        return role in self.role_names

    def __hash__(self) -> int:
        """Flask-Login compares people by id."""
        return hash(self.id)


class People(UserDatastore):
    """What Flask-Security may ask of the store: to find somebody. It changes nobody."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(Person, RoleMixin)
        self._transactions = runtime.transactions

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Person | None:
        """Return who has that address or carries that uniquifier."""
        with self._transactions.reading() as session_:
            if "email" in wanted:
                found = accounts.user_with_email(session_, str(wanted["email"]))
            else:
                found = accounts.user_with_uniquifier(session_, str(wanted["fs_uniquifier"]))
            return None if found is None else Person.from_user(found)

    def put(self, model: Any) -> Any:
        """Keep nothing: people are changed by the command line only."""
        return model

    def commit(self) -> None:
        """Nothing waits to be committed."""


def set_up_sign_in(app: Flask, runtime: Runtime) -> None:
    """Add the sign-in and sign-out pages, throttled by address."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT="argon2 makes its own",  # noqa: S106 - not used
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_LOGIN_USER_TEMPLATE="sign_in.html",
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_REDIRECT_VALIDATE_MODE=["absolute"],
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_FRESHNESS=timedelta(hours=12),
        SECURITY_TRACKABLE=False,
        RATELIMIT_STORAGE_URI="memory://",
    )
    limiter = Limiter(get_remote_address, app=app)
    Security(app, People(runtime))
    # On the blueprint, so that it counts before the form's token is looked at.
    pages: Any = app.blueprints["security"]
    limiter.limit(TRIES, methods=["POST"])(pages)
    user_logged_in.connect(_rotate, app)


def _rotate(_app: Flask, **_signal: object) -> None:
    session.rotate()  # type: ignore[attr-defined]  # a proxy for our ServerSession
