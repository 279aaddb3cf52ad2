"""Whether the process lives, and whether it can do its work."""

from http import HTTPStatus

from flask import Blueprint, Response

from companion import health
from companion.web.access import open_to_all
from companion.web.current import current_runtime

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to_all
def alive() -> Response:
    """Say that the process answers."""
    return Response("alive\n", mimetype="text/plain")


@blueprint.get("/readyz")
@open_to_all
def ready() -> Response:
    """Say whether the database answers and each duty of the clock is being done."""
    wrong = health.faults(current_runtime())
    if not wrong:
        return Response("ready\n", mimetype="text/plain")
    words = f"not ready: {'; '.join(wrong)}\n"
    return Response(words, HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
