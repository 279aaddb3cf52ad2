"""Whether the process lives, and whether it can do its work."""

from http import HTTPStatus

from flask import Blueprint, Response

from companion import schema_version
from companion.store.database import DATABASE_TROUBLE
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
    """Say whether the database answers, is up to date, and the clock can be read."""
    runtime = current_runtime()
    try:
        well = schema_version.is_current(runtime.transactions)
        runtime.clock.now()
    except DATABASE_TROUBLE:
        well = False
    if well:
        return Response("ready\n", mimetype="text/plain")
    return Response("not ready\n", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
