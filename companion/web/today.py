"""Today: who needs somebody, why, since when, and who has it; most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from companion.core.ladder import overdue_at
from companion.services import alerting, enrolment
from companion.services.alerting import AlertError, AlreadyTakenError
from companion.store import accounts, alerts, organisations, patients
from companion.store.alerts import Alert
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
from companion.web.evidence import Written, newest_answers, texts_behind
from companion.web.patient_page import AlertView, alert_view
from companion.web.patients import patient_or_404
from companion.web.showing import how_long
from companion.web.waiting_plans import waiting_plans
from companion.web.words import gettext as _

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
    overdue: set[UUID] = field(default_factory=set)
    """Which of the alerts have stood for longer than their urgency allows."""

    @property
    def untaken(self) -> int:
        """How many of the alerts nobody has."""
        return sum(view.alert.acknowledged_by is None for view in self.alerts)


@blueprint.get("/")
@requires(*CLINICAL)
def listed() -> ResponseReturnValue:
    """Show who needs somebody today."""
    moment = now()
    with current_runtime().transactions.begin() as session:
        needing = who_needs_somebody(session, current_scope(), moment)
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


def who_needs_somebody(session: Session, scope: Scope, now: datetime) -> Sequence[Needing]:
    """Return who needs somebody: by their most urgent alert, then by how long it stands."""
    names = accounts.names_of(session, scope.organisation_id)
    work = organisations.organisation_of(session, scope.organisation_id).working_time
    found: dict[UUID | None, Needing] = {}
    for alert in alerts.standing_alerts(session, scope):
        key = alert.patient_id or alert.id
        if key not in found:
            found[key] = needing(session, scope, alert)
        found[key].alerts.append(alert_view(session, alert, names))
        found[key].written[alert.id] = texts_behind(session, alert)
        if overdue_at(alert.level, alert.opened_at, work) <= now:
            found[key].overdue.add(alert.id)
    return list(found.values())


def needing(session: Session, scope: Scope, alert: Alert) -> Needing:
    """Return whom an alert is about, with nothing of what stands yet."""
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
