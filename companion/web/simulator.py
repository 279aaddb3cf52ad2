"""The demonstration's phone and clock: text as a patient would, and wind time forward.

Neither exists outside demo mode: the pages are not found there.
"""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from companion.config import Mode
from companion.core.numbers import NumberError, parse_phone
from companion.demo.phone import conversation, phones
from companion.demo.winding import next_moment, wind_to
from companion.services import receiving
from companion.ticking import send_now, tick
from companion.web.access import open_to_all
from companion.web.current import current_runtime, now, real_now
from companion.web.forms import Form, required
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("simulator", __name__)

LONGEST_TEXT = 1600
FORWARD = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@blueprint.before_request
def only_in_a_demonstration() -> None:
    """Be not found unless this is a demonstration."""
    if current_runtime().settings.service.mode is not Mode.DEMO:
        abort(HTTPStatus.NOT_FOUND)


class StrangerForm(Form):
    """A text from a phone that is nobody's here."""

    phone = StringField(_l("From this number"), validators=[required(_l("Enter a mobile number"))])
    body = StringField(_l("Text"), validators=[required(_l("Write something first."))])


@blueprint.route("/phone", methods=["GET", "POST"])
@open_to_all
def phone_list() -> ResponseReturnValue:
    """Show the patients whose phone can be picked up; text from any other number."""
    form = StrangerForm()
    if form.validate_on_submit():
        try:
            _text_in(parse_phone(form.phone.data, allow_examples=True), form.body.data)
        except NumberError as error:
            form.take_faults({"phone": str(error)})
        else:
            flash(_("Sent. What nobody here has the number of stands on Today."))
            return redirect(url_for("simulator.phone_list"))
    with current_runtime().transactions.reading() as session:
        found = phones(session)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template("phones.html", phones=found, form=form), status


@blueprint.get("/phone/<uuid:patient_id>")
@open_to_all
def phone(patient_id: UUID) -> ResponseReturnValue:
    """Show one patient's phone."""
    with current_runtime().transactions.reading() as session:
        view = conversation(session, patient_id)
    if view is None:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("phone.html", view=view)


@blueprint.post("/phone/<uuid:patient_id>")
@open_to_all
def text(patient_id: UUID) -> ResponseReturnValue:
    """Send a text from one patient's phone, and let the answer leave at once."""
    with current_runtime().transactions.reading() as session:
        view = conversation(session, patient_id)
    if view is None:
        abort(HTTPStatus.NOT_FOUND)
    body = request.form.get("body", "")
    if body.strip():
        _text_in(view.number, body)
    else:
        flash(_("Write something first."), "error")
    return redirect(url_for("simulator.phone", patient_id=patient_id) + "#newest")


def _text_in(phone: str, body: str) -> None:
    runtime = current_runtime()
    receiving.receive(
        runtime.transactions,
        runtime.wording,
        provider_id=f"SIM{uuid4().hex}",
        phone=phone,
        body=body[:LONGEST_TEXT],
        opt_out_type=None,
        now=now(),
        real_now=real_now(),
    )
    send_now(runtime)


@blueprint.post("/clock")
@open_to_all
def wind() -> ResponseReturnValue:
    """Wind people's time forward, then do all that is due by then."""
    runtime = current_runtime()
    by = request.form.get("by", "")
    moment = runtime.clock.now()
    if by in FORWARD:
        wanted = moment + FORWARD[by]
    else:
        tick(runtime)  # what is due already is not what comes next
        wanted = next_moment(runtime) or moment + FORWARD["day"]
    wind_to(runtime, wanted)
    return redirect(_back())


def _back() -> str:
    """Return the page that the button was on, if it is one of ours."""
    path = request.form.get("back", "/")
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
