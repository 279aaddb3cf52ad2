"""What people read when something went wrong: plain words, and what to do next."""

from http import HTTPStatus

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from companion.store.database import DATABASE_TROUBLE
from companion.web.words import gettext as _


def words_for(status: int) -> tuple[str, str]:
    """Return the heading and the advice for an HTTP status."""
    words = {
        HTTPStatus.FORBIDDEN: (
            _("You cannot see this page"),
            _("Ask the person who set up your account."),
        ),
        HTTPStatus.NOT_FOUND: (
            _("There is no such page"),
            _("Check the address, or go back to Today."),
        ),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
            _("That was too long"),
            _("Shorten what you entered. Nothing was saved."),
        ),
        HTTPStatus.TOO_MANY_REQUESTS: (
            _("Too many tries"),
            _("Wait a minute, then try again."),
        ),
        HTTPStatus.SERVICE_UNAVAILABLE: (
            _("The service is busy"),
            _("Nothing was saved. Try again in a minute."),
        ),
        HTTPStatus.INTERNAL_SERVER_ERROR: (
            _("Something went wrong here"),
            _("Nothing was saved. It has been noted."),
        ),
    }
    otherwise = (
        _("That did not work"),
        _("Go back, load the page again, and try once more."),
    )
    return words.get(HTTPStatus(status), otherwise)


def show_errors(app: Flask) -> None:
    """Show our own page for every error."""
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(CSRFError, _show_stale_form)
    for fault in DATABASE_TROUBLE:
        app.register_error_handler(fault, _show_busy)


def _page(status: int, heading: str, advice: str) -> ResponseReturnValue:
    return render_template("error.html", heading=heading, advice=advice), status


def _show(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    return _page(status, *words_for(status))


def _show_stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(
        HTTPStatus.BAD_REQUEST,
        _("This page was open for too long"),
        _("Nothing was saved. Go back, load the page again, and try once more."),
    )


def _show_busy(_error: Exception) -> ResponseReturnValue:
    return _page(HTTPStatus.SERVICE_UNAVAILABLE, *words_for(HTTPStatus.SERVICE_UNAVAILABLE))
