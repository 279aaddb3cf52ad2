"""Who may see which page: every view must say so, and what says nothing is refused."""

from collections.abc import Callable
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from companion.store.accounts import WITH_PATIENTS, RoleName

P = ParamSpec("P")
R = TypeVar("R")

CLINICAL = WITH_PATIENTS
"""Who works with patients."""
PLANNERS = (RoleName.PHARMACIST, RoleName.PRESCRIBER)
"""Who agrees plans."""
ANYBODY = frozenset[RoleName]()
"""No sign-in is needed."""
EVERY_ROLE = frozenset(RoleName)

LIBRARY_VIEWS = frozenset({"static", "security.login", "security.logout"})
"""Views of Flask and Flask-Security, which guard themselves."""


def requires(*roles: RoleName) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be seen only by people with one of *roles*."""
    return _declare(frozenset(roles))


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view be seen by anybody; it holds nothing about patients, or guards itself."""
    return _declare(ANYBODY)(view)


def _declare(roles: frozenset[RoleName]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.access = roles  # type: ignore[attr-defined]  # a mark on the function
        return view

    return declare


def roles_for(endpoint: str) -> frozenset[RoleName] | None:
    """Return who may see a view, or None when it does not say."""
    return getattr(current_app.view_functions[endpoint], "access", None)


def prescribes() -> bool:
    """Tell whether whoever is signed in is a prescriber."""
    return RoleName.PRESCRIBER in current_user.role_names


def guard(app: Flask) -> None:
    """Refuse whoever a view does not name."""
    app.before_request(_refuse)


def _refuse() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in LIBRARY_VIEWS:
        return None
    roles = roles_for(endpoint)
    if roles is None:
        abort(HTTPStatus.FORBIDDEN)
    if roles == ANYBODY:
        return None
    if not current_user.is_authenticated:
        wanted = request.full_path if request.method == "GET" else None
        return redirect(url_for("security.login", next=wanted))
    if not roles & current_user.role_names:
        abort(HTTPStatus.FORBIDDEN)
    return None
