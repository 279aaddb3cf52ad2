"""Signposts: the list that everybody has, an organisation's own places, and one sent by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField

from companion.core.signposting import Resource, Topic
from companion.services import enrolment, own_places, signposting
from companion.services.enrolment_checks import EnrolmentError
from companion.services.own_places import NewPlace
from companion.services.signposting import SignpostError
from companion.store import organisations, signposts
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.signposts import LOCAL, SignpostSent
from companion.web.access import CLINICAL, requires
from companion.web.current import (
    current_actor,
    current_runtime,
    current_scope,
    current_user_id,
    now,
)
from companion.web.forms import Form, choices, required
from companion.web.patients import patient_or_404
from companion.web.showing import topic
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("signposts", __name__)


class PlaceForm(Form):
    """A place of the organisation's own."""

    title = StringField(_l("What is it called?"), validators=[required(_l("Enter its name"))])
    address = StringField(
        _l("Web address or telephone number"), validators=[required(_l("Enter how to find it"))]
    )
    topic = SelectField(_l("What does it help with?"))
    language = SelectField(_l("In which language is it?"))
    discreet = BooleanField(
        _l("Name and address say nothing about medicines, so anybody may read it on the phone"),
        default=True,
    )

    def set_choices(self) -> None:
        """Offer topics and languages."""
        wanted = (one for one in Topic if one is not Topic.CRISIS)
        self.topic.choices = choices(*((one, topic(one)) for one in wanted))
        languages = current_runtime().wording.languages
        self.language.choices = choices(*((lang.tag, lang.name) for lang in languages))

    def place(self) -> NewPlace:
        """Return what was entered; the form is valid."""
        return NewPlace(
            title=self.title.data,
            address=self.address.data,
            topic=self.topic.data,
            language=self.language.data,
            discreet=self.discreet.data,
        )


@dataclass(frozen=True, slots=True)
class SentView:
    """One pointer that a patient was sent, with its name as far as it is still known."""

    sent: SignpostSent
    title: str


@blueprint.route("/signposts", methods=["GET", "POST"])
@requires(*CLINICAL)
def listed() -> ResponseReturnValue:
    """Show every signpost, and add a place of the organisation's own."""
    runtime, scope = current_runtime(), current_scope()
    form = PlaceForm()
    form.set_choices()
    if form.validate_on_submit():
        try:
            with runtime.transactions.begin() as session:
                own_places.add(
                    session,
                    scope.organisation_id,
                    form.place(),
                    runtime.wording,
                    user_id=current_user_id(),
                    today=organisations.today_of(session, scope.organisation_id, now()),
                    now=now(),
                )
        except EnrolmentError as error:
            form.take_faults(error.fields)
        else:
            flash(_("Added. Texts may point to it from now on."))
            return redirect(url_for("signposts.listed"))
    with runtime.transactions.reading() as session:
        resources = signposting.resources_for(session, runtime.wording, scope.organisation_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template("signposts.html", form=form, resources=resources, local=LOCAL), status


@blueprint.post("/signposts/<uuid:resource_id>/withdraw")
@requires(*CLINICAL)
def withdraw(resource_id: UUID) -> ResponseReturnValue:
    """Point nobody to one of the organisation's own places any more."""
    with current_runtime().transactions.begin() as session:
        scope = current_scope()
        known = own_places.withdraw(
            session, scope.organisation_id, resource_id, user_id=current_user_id(), now=now()
        )
    if not known:
        abort(HTTPStatus.NOT_FOUND)
    flash(_("Nobody is pointed there any more."))
    return redirect(url_for("signposts.listed"))


class SendForm(Form):
    """Send one patient one signpost."""

    resource = SelectField(_l("What may help?"), validate_choice=False)


@blueprint.route("/patients/<uuid:patient_id>/signpost", methods=["GET", "POST"])
@requires(*CLINICAL)
def send(patient_id: UUID) -> ResponseReturnValue:
    """Point one patient to something by hand, and show what was sent before."""
    runtime = current_runtime()
    form = SendForm()
    with runtime.transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        offered = _offered(session, patient)
        before = _sent_before(session, patient)
        if request.method == "GET":
            enrolment.view(
                session, patient, what="signposts viewed", actor=current_actor(), now=now()
            )
        form.resource.choices = choices(*((r.key, f"{r.title} ({r.owner})") for r in offered))
        if form.validate_on_submit():
            chosen = next((r for r in offered if r.key == form.resource.data), None)
            if chosen is None:
                form.take_faults({"resource": _("Choose one from the list")})
            else:
                _send(session, patient, chosen)
    if form.is_submitted() and not form.faults():
        runtime.wake.set()  # the text is there now, for whoever sends
        return redirect(url_for("patients.shown", patient_id=patient_id))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template(
        "signpost_send.html", form=form, patient_id=patient_id, before=before
    ), status


def _send(session: Session, patient: Patient, chosen: Resource) -> None:
    try:
        signposting.send_by_hand(
            session,
            current_runtime().wording,
            patient,
            chosen,
            user_id=current_user_id(),
            now=now(),
        )
    except SignpostError as error:
        flash(str(error), "error")
    else:
        flash(_("It leaves as soon as texts may come."))


def _offered(session: Session, patient: Patient) -> list[Resource]:
    """Return what may be sent to *patient*: of their nation, and discreet unless they chose."""
    organisation = organisations.organisation_of(session, patient.organisation_id)
    return [
        resource
        for resource in signposting.resources_for(
            session, current_runtime().wording, patient.organisation_id
        )
        if organisation.home in resource.nations and (resource.discreet or patient.detailed)
    ]


def _sent_before(session: Session, patient: Patient) -> Sequence[SentView]:
    titles = {
        resource.key: resource.title
        for resource in signposting.resources_for(
            session, current_runtime().wording, patient.organisation_id
        )
    }
    sent = reversed(signposts.sent_to(session, patient))
    return [SentView(one, titles.get(one.resource, one.resource)) for one in sent]
