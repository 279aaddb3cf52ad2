"""Today: who needs somebody, why, since when, and who has it; most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField

from companion.services import alerting, enrolment
from companion.services.alerting import AlertError, AlreadyTakenError
from companion.store import accounts, alerts, patients, replies
from companion.store.alerts import Alert, Outcome
from companion.store.database import Scope, Session
from companion.store.patients import Patient
from companion.web.access import CLINICAL, requires
from companion.web.current import (
    current_actor,
    current_runtime,
    current_scope,
    current_user_id,
    now,
)
from companion.web.forms import Form, choices, required
from companion.web.patient_page import AlertView, alert_view
from companion.web.showing import how_long, outcome
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("today", __name__)


@dataclass
class Needing:
    """One patient, or the service itself, with everything that stands about them."""

    patient: Patient | None
    name: str
    alerts: list[AlertView] = field(default_factory=list)


class OutcomeForm(Form):
    """What came of an alert."""

    outcome = RadioField(_l("What happened?"), validators=[required(_l("Choose what happened"))])
    note = TextAreaField(_l("Note"))


@blueprint.get("/")
@requires(*CLINICAL)
def listed() -> ResponseReturnValue:
    """Show who needs somebody today."""
    moment = now()
    with current_runtime().transactions.begin() as session:
        needing = who_needs_somebody(session, current_scope())
        enrolment.view_list(
            session,
            current_scope(),
            [one.patient for one in needing if one.patient],
            what="today viewed",
            actor=current_actor(),
            now=moment,
        )
    return render_template(
        "today.html", needing=needing, now=moment, how_long=how_long, me=current_user_id()
    )


def who_needs_somebody(session: Session, scope: Scope) -> Sequence[Needing]:
    """Return who needs somebody: by their most urgent alert, then by how long it stands."""
    names = accounts.names_of(session, scope.organisation_id)
    found: dict[UUID | None, Needing] = {}
    for alert in alerts.standing_alerts(session, scope):
        key = alert.patient_id or alert.id
        if key not in found:
            found[key] = _needing(session, scope, alert)
        found[key].alerts.append(alert_view(session, alert, names))
    return list(found.values())


def _needing(session: Session, scope: Scope, alert: Alert) -> Needing:
    patient = None
    if alert.patient_id is not None:
        patient = patients.patient_of(session, scope, alert.patient_id)
    if patient is not None:
        return Needing(patient, patients.name_of(session, patient))
    return Needing(None, _("No patient") if alert.reply_id else _("The service itself"))


@blueprint.post("/alerts/<uuid:alert_id>/acknowledge")
@requires(*CLINICAL)
def acknowledge(alert_id: UUID) -> ResponseReturnValue:
    """Write down that the signed-in person has the alert."""
    try:
        with current_runtime().transactions.begin() as session:
            taken = alerting.acknowledge(
                session,
                current_scope(),
                alert_id,
                user_id=current_user_id(),
                now=now(),
                take_over="take_over" in request.form,
            )
    except AlreadyTakenError:
        flash(_("Somebody else has this already. You can take it over."), "error")
    except AlertError as error:
        flash(str(error), "error")
    else:
        if taken is None:
            abort(HTTPStatus.NOT_FOUND)
        flash(_("You have this now."))
    return redirect(url_for("today.listed"))


@blueprint.route("/alerts/<uuid:alert_id>/outcome", methods=["GET", "POST"])
@requires(*CLINICAL)
def close(alert_id: UUID) -> ResponseReturnValue:
    """Record what came of an alert, which closes it."""
    form = OutcomeForm()
    form.outcome.choices = choices(*((o.value, outcome(o)) for o in Outcome))
    if form.validate_on_submit():
        try:
            with current_runtime().transactions.begin() as session:
                closed = alerting.resolve(
                    session,
                    current_scope(),
                    alert_id,
                    user_id=current_user_id(),
                    outcome=Outcome(form.outcome.data),
                    note=form.note.data or "",
                    now=now(),
                )
        except AlertError as error:
            form.take_faults({"note": str(error)})
        else:
            if closed is None:
                abort(HTTPStatus.NOT_FOUND)
            flash(_("Recorded. It is off the list."))
            return redirect(url_for("today.listed"))
    return _outcome_page(form, alert_id)


def _outcome_page(form: OutcomeForm, alert_id: UUID) -> ResponseReturnValue:
    with current_runtime().transactions.begin() as session:
        alert = alerts.alert_of(session, current_scope(), alert_id)
        if alert is None:
            abort(HTTPStatus.NOT_FOUND)
        names = accounts.names_of(session, current_scope().organisation_id)
        view = alert_view(session, alert, names)
        who = _needing(session, current_scope(), alert)
        words = _words(session, alert)
        if who.patient is not None:
            enrolment.view(
                session, who.patient, what="alert viewed", actor=current_actor(), now=now()
            )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template("outcome.html", form=form, view=view, who=who, words=words), status


def _words(session: Session, alert: Alert) -> str:
    if alert.reply_id is None:
        return ""
    return replies.body_of(session, replies.reply_by_id(session, alert.reply_id))
