"""Today: who needs somebody, why, since when, and who has it; most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField, TextAreaField

from companion.services import alerting, enrolment
from companion.services.alerting import AlertError, AlreadyTakenError
from companion.store import accounts, alerts, notices, patients
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.database import Scope, Session
from companion.store.notices import Notice, NoticeState
from companion.store.patients import Patient
from companion.web.access import CLINICAL, requires
from companion.web.current import (
    current_actor,
    current_runtime,
    current_scope,
    current_user_id,
    now,
)
from companion.web.evidence import Written, newest_answers, texts_behind
from companion.web.forms import Form, choices, required
from companion.web.patient_page import AlertView, alert_view
from companion.web.patients import patient_or_404
from companion.web.showing import how_long, outcome
from companion.web.waiting_plans import waiting_plans
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("today", __name__)


@dataclass
class Needing:
    """One patient, or the service itself, with everything that stands about them."""

    patient: Patient | None
    name: str
    answers: Sequence[str] = ()
    """Their newest check-ins, a line each."""
    alerts: list[AlertView] = field(default_factory=list)
    written: dict[UUID, Sequence[Written]] = field(default_factory=dict)
    """The texts behind each alert, by its id."""

    @property
    def untaken(self) -> int:
        """How many of the alerts nobody has."""
        return sum(view.alert.acknowledged_by is None for view in self.alerts)


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One alert with what is needed to close it."""

    view: AlertView
    who: Needing
    written: Sequence[Written]
    others: Sequence[AlertView]
    """What else stands about the same patient."""
    notices: Sequence[Notice]
    """Whom the service has told, and whom it will."""


class OutcomeForm(Form):
    """What came of an alert."""

    outcome = RadioField(_l("What happened?"), validators=[required(_l("Choose what happened"))])
    note = TextAreaField(_l("Note"))
    also = SelectMultipleField(_l("What else does this settle?"), validate_choice=False)


@blueprint.get("/")
@requires(*CLINICAL)
def listed() -> ResponseReturnValue:
    """Show who needs somebody today."""
    moment = now()
    with current_runtime().transactions.begin() as session:
        needing = who_needs_somebody(session, current_scope())
        waiting = waiting_plans(session, current_scope())
        enrolment.view_list(
            session,
            current_scope(),
            [one.patient for one in needing if one.patient] + [one.patient for one in waiting],
            what="today viewed",
            actor=current_actor(),
            now=moment,
        )
    return render_template(
        "today.html",
        needing=needing,
        waiting=waiting,
        now=moment,
        how_long=how_long,
        me=current_user_id(),
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
        found[key].written[alert.id] = texts_behind(session, alert)
    return list(found.values())


def _needing(session: Session, scope: Scope, alert: Alert) -> Needing:
    patient = None
    if alert.patient_id is not None:
        patient = patients.patient_of(session, scope, alert.patient_id)
    if patient is not None:
        return Needing(
            patient, patients.name_of(session, patient), newest_answers(session, patient)
        )
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


@blueprint.post("/patients/<uuid:patient_id>/acknowledge")
@requires(*CLINICAL)
def acknowledge_all(patient_id: UUID) -> ResponseReturnValue:
    """Write down that the signed-in person has all that nobody has about one patient."""
    with current_runtime().transactions.begin() as session:
        patient_or_404(session, patient_id)
        alerting.acknowledge_open(
            session, current_scope(), patient_id, user_id=current_user_id(), now=now()
        )
    flash(_("You have this now."))
    return redirect(url_for("today.listed"))


@blueprint.route("/alerts/<uuid:alert_id>/outcome", methods=["GET", "POST"])
@requires(*CLINICAL)
def close(alert_id: UUID) -> ResponseReturnValue:
    """Record what came of an alert, which closes it and whatever else it settled."""
    form = OutcomeForm()
    form.outcome.choices = choices(*((o.value, outcome(o)) for o in Outcome))
    page = _alert_page(alert_id)
    form.also.choices = choices(*((str(other.alert.id), other.why) for other in page.others))
    if form.validate_on_submit():
        settled = [other.alert.id for other in page.others if str(other.alert.id) in form.also.data]
        try:
            _resolve([alert_id, *settled], form)
        except AlertError as error:
            form.take_faults({"note": str(error)})
        else:
            flash(_("Recorded. It is off the list."))
            return redirect(url_for("today.listed"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template("outcome.html", form=form, page=page), status


def _resolve(alert_ids: Sequence[UUID], form: OutcomeForm) -> None:
    """Close every alert with the same outcome, or none of them."""
    moment = now()
    with current_runtime().transactions.begin() as session:
        for alert_id in alert_ids:
            alerting.resolve(
                session,
                current_scope(),
                alert_id,
                user_id=current_user_id(),
                outcome=Outcome(form.outcome.data),
                note=form.note.data or "",
                now=moment,
            )


def _alert_page(alert_id: UUID) -> AlertPage:
    """Gather one alert for showing; that its patient was looked at is recorded."""
    scope = current_scope()
    with current_runtime().transactions.begin() as session:
        alert = alerts.alert_of(session, scope, alert_id)
        if alert is None:
            abort(HTTPStatus.NOT_FOUND)
        names = accounts.names_of(session, scope.organisation_id)
        who = _needing(session, scope, alert)
        if who.patient is not None and request.method == "GET":
            enrolment.view(
                session, who.patient, what="alert viewed", actor=current_actor(), now=now()
            )
        return AlertPage(
            view=alert_view(session, alert, names),
            who=who,
            written=texts_behind(session, alert),
            notices=[
                n for n in notices.notices_of(session, alert) if n.state is not NoticeState.DROPPED
            ],
            others=[alert_view(session, other, names) for other in _others(session, scope, alert)],
        )


def _others(session: Session, scope: Scope, alert: Alert) -> list[Alert]:
    if alert.patient_id is None:
        return []
    about = alerts.alerts_about(session, scope, alert.patient_id)
    return [a for a in about if a.id != alert.id and a.state is not AlertState.RESOLVED]
