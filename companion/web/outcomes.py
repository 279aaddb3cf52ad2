"""One alert: what stands behind it, who was told, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField, TextAreaField

from companion.services import alerting, enrolment
from companion.services.alerting import AlertError, ChangedError, NoteError
from companion.store import accounts, alerts, notices
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.database import Scope, Session
from companion.store.notices import Notice, NoticeState
from companion.web.access import CLINICAL, requires
from companion.web.contact import Contact, contact_of
from companion.web.current import (
    current_actor,
    current_runtime,
    current_scope,
    current_user_id,
    now,
)
from companion.web.evidence import Written, texts_behind
from companion.web.forms import Form, choices, required
from companion.web.patient_page import AlertView, alert_view
from companion.web.showing import outcome
from companion.web.today import Needing, needing
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("outcomes", __name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """One alert as the page shows it."""

    view: AlertView
    written: Sequence[Written]
    """The texts behind it, newest first."""

    @property
    def id(self) -> UUID:
        """The alert's own."""
        return self.view.alert.id

    @property
    def label(self) -> str:
        """The reason with the texts behind it, for ticking."""
        # Isolated, or a text that is read from the right would turn the others round.
        texts = "".join(f" \u201c\u2068{text.body}\u2069\u201d" for text in self.written)
        return self.view.why + texts


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One alert with what is needed to close it."""

    seen: Seen
    who: Needing
    contact: Contact | None
    """None where it is about no patient."""
    others: Sequence[Seen]
    """What else stands about the same patient."""
    notices: Sequence[Notice]
    """Whom the service has told, and whom it will."""


class OutcomeForm(Form):
    """What came of an alert."""

    outcome = RadioField(_l("What happened?"), validators=[required(_l("Choose what happened"))])
    note = TextAreaField(_l("Note"))
    also = SelectMultipleField(_l("What else does this settle?"), validate_choice=False)


@blueprint.route("/alerts/<uuid:alert_id>/outcome", methods=["GET", "POST"])
@requires(*CLINICAL)
def record(alert_id: UUID) -> ResponseReturnValue:
    """Record what came of an alert, which closes it and whatever else it settled.

    What is pressing stays when nobody answered.
    """
    page = _alert_page(alert_id, viewed="alert viewed" if request.method == "GET" else "")
    form = OutcomeForm()
    _offer_choices(form, page)
    if form.validate_on_submit():
        settled = [other.id for other in page.others if str(other.id) in form.also.data]
        try:
            stands = _resolve([alert_id, *settled], form)
        except NoteError as error:
            form.take_faults({"note": str(error)})
        except AlertError as error:
            form.take_faults({"": str(error)})
        else:
            flash(
                _("Recorded. It stays on Today until somebody has reached them: try again.")
                if stands
                else _("Recorded. It is off the list.")
            )
            return redirect(url_for("today.listed"))
    elif form.is_submitted() and _times_seen(alert_id) != page.seen.view.alert.times:
        form.take_faults({"": str(ChangedError())})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template("outcome.html", form=form, page=page), status


@blueprint.post("/alerts/<uuid:alert_id>/phone-shown")
@requires(*CLINICAL)
def phone_shown(alert_id: UUID) -> ResponseReturnValue:
    """Show the alert with the whole phone number of its patient; that is recorded."""
    page = _alert_page(alert_id, viewed="phone number shown", reveal=True)
    form = OutcomeForm(formdata=None)
    _offer_choices(form, page)
    return render_template("outcome.html", form=form, page=page)


def _offer_choices(form: OutcomeForm, page: AlertPage) -> None:
    form.outcome.choices = choices(*((o.value, outcome(o)) for o in Outcome))
    form.also.choices = choices(*((str(other.id), other.label) for other in page.others))


def _resolve(alert_ids: Sequence[UUID], form: OutcomeForm) -> bool:
    """Close every alert with the same outcome, or none of them; tell whether any stands still."""
    moment = now()
    with current_runtime().transactions.begin() as session:
        closed = [
            alerting.resolve(
                session,
                current_scope(),
                alert_id,
                user_id=current_user_id(),
                outcome=Outcome(form.outcome.data),
                note=form.note.data or "",
                now=moment,
                seen=_times_seen(alert_id),
            )
            for alert_id in alert_ids
        ]
        return any(one is not None and one.state is not AlertState.RESOLVED for one in closed)


def _times_seen(alert_id: UUID) -> int:
    """Return how many times the alert had come when the page was shown."""
    return request.form.get(f"seen-{alert_id}", default=0, type=int)


def _alert_page(alert_id: UUID, *, viewed: str, reveal: bool = False) -> AlertPage:
    """Gather one alert for showing; *viewed* is what is recorded of that, empty for nothing."""
    scope = current_scope()
    with current_runtime().transactions.begin() as session:
        alert = alerts.alert_of(session, scope, alert_id)
        if alert is None:
            abort(HTTPStatus.NOT_FOUND)
        who = needing(session, scope, alert)
        if who.patient is not None and viewed:
            enrolment.view(session, who.patient, what=viewed, actor=current_actor(), now=now())
        return AlertPage(
            seen=_seen(session, scope, alert),
            who=who,
            contact=contact_of(session, who.patient, reveal=reveal) if who.patient else None,
            notices=[
                n for n in notices.notices_of(session, alert) if n.state is not NoticeState.DROPPED
            ],
            others=[_seen(session, scope, other) for other in _others(session, scope, alert)],
        )


def _seen(session: Session, scope: Scope, alert: Alert) -> Seen:
    names = accounts.names_of(session, scope.organisation_id)
    return Seen(alert_view(session, alert, names), texts_behind(session, alert))


def _others(session: Session, scope: Scope, alert: Alert) -> list[Alert]:
    if alert.patient_id is None:
        return []
    about = alerts.alerts_about(session, scope, alert.patient_id)
    return [a for a in about if a.id != alert.id and a.state is not AlertState.RESOLVED]
