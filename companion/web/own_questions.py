"""The questions that an organisation asks itself: see them, add one, take one away."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.validators import Optional

from companion.core.own_question import OwnKind
from companion.services import own_questions as asking
from companion.services.own_questions import NewQuestion, OwnQuestionError
from companion.store import own_questions
from companion.web.access import CLINICAL, requires
from companion.web.current import current_runtime, current_scope, current_user_id, now
from companion.web.forms import Form, choices, required
from companion.web.showing import own_kind, protocol
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("own_questions", __name__, url_prefix="/own-questions")
TEXT = "text-"
"""What the name of each language's box begins with."""


class QuestionForm(Form):
    """One more question. The boxes for its words are one for each language."""

    name = StringField(
        _l("What do you call it?"), validators=[required(_l("Enter a name for the pages"))]
    )
    kind = RadioField(_l("How is it answered?"), default=OwnKind.NUMBER)
    low = IntegerField(_l("Lowest number"), default=0, validators=[Optional()])
    high = IntegerField(_l("Highest number"), default=10, validators=[Optional()])
    protocols = SelectMultipleField(_l("When is it asked?"))

    def set_choices(self) -> None:
        """Offer kinds of answers and ways of asking."""
        self.kind.choices = choices(*((kind, own_kind(kind)) for kind in OwnKind))
        names = current_runtime().wording.protocols
        self.protocols.choices = choices(*((name, protocol(name)) for name in names))

    def question(self) -> NewQuestion:
        """Return what was entered; the form is valid."""
        return NewQuestion(
            name=self.name.data,
            kind=OwnKind(self.kind.data),
            low=self.low.data or 0,
            high=self.high.data or 0,
            protocols=frozenset(self.protocols.data),
            texts=_texts(),
        )


def _texts() -> dict[str, str]:
    languages = current_runtime().wording.languages
    return {lang.tag: request.form.get(TEXT + lang.tag, "").strip() for lang in languages}


@blueprint.route("/", methods=["GET", "POST"])
@requires(*CLINICAL)
def listed() -> ResponseReturnValue:
    """Show the questions and add one."""
    runtime, scope = current_runtime(), current_scope()
    form = QuestionForm()
    form.set_choices()
    if form.validate_on_submit():
        try:
            with runtime.transactions.begin() as session:
                asking.add(
                    session,
                    scope.organisation_id,
                    form.question(),
                    runtime.wording,
                    user_id=current_user_id(),
                    now=now(),
                )
        except OwnQuestionError as error:
            form.take_faults({"": str(error)})
        else:
            flash(_("Added. It is asked in check-ins that begin from now on."))
            return redirect(url_for("own_questions.listed"))
    with runtime.transactions.reading() as session:
        rows = own_questions.rows_of(session, scope.organisation_id)
        asked = [(row.id, row.question) for row in rows]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template(
        "own_questions.html",
        form=form,
        asked=asked,
        languages=runtime.wording.languages,
        texts=_texts(),
        text=TEXT,
    ), status


@blueprint.post("/<uuid:question_id>/withdraw")
@requires(*CLINICAL)
def withdraw(question_id: UUID) -> ResponseReturnValue:
    """Ask a question no more."""
    with current_runtime().transactions.begin() as session:
        scope = current_scope()
        known = asking.withdraw(
            session, scope.organisation_id, question_id, user_id=current_user_id(), now=now()
        )
    if not known:
        abort(HTTPStatus.NOT_FOUND)
    flash(_("It is asked no more. The answers stay."))
    return redirect(url_for("own_questions.listed"))
