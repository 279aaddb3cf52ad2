"""Copies of a plan for patient, GP practice and pharmacy: pages, PDF, plain text, calendar."""

from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from companion.core.supply import LONGEST_PRESCRIPTION_DAYS
from companion.ics import CalendarDay, calendar_of
from companion.pdf import can_make_pdf, pdf_of
from companion.services import enrolment
from companion.store import plans
from companion.web.access import CLINICAL, requires
from companion.web.copies import MOST_DRAWN, PlanCopy, plan_copy
from companion.web.current import current_actor, current_runtime, current_scope, now
from companion.web.patients import patient_or_404
from companion.web.words import gettext as _

blueprint = Blueprint("sharing", __name__, url_prefix="/plans/<uuid:version_id>")

STYLE = Path(__file__).parent / "static" / "paper.css"
PERIODS = (28, LONGEST_PRESCRIPTION_DAYS)
"""For how many days a prescription may be."""
READERS = ("gp", "pharmacy")
TEN_FOOTSTEPS = "footsteps-5-to-10"
"""The resource that every copy names."""


def _copy(version_id: UUID, what: str) -> PlanCopy:
    """Gather the copy and record that it was opened."""
    days = request.args.get("days", "")
    with current_runtime().transactions.begin() as session:
        version = plans.version_of(session, current_scope(), version_id)
        if version is None:
            abort(HTTPStatus.NOT_FOUND)
        patient = patient_or_404(session, plans.patient_id_of(session, version))
        enrolment.view(session, patient, what=what, actor=current_actor(), now=now())
        return plan_copy(
            session,
            version,
            now(),
            days=int(days) if days in {str(period) for period in PERIODS} else PERIODS[0],
        )


def _page(template: str, copy: PlanCopy, *, on_paper: bool, **values: object) -> str:
    return render_template(
        template,
        copy=copy,
        large="large" in request.args,
        on_paper=on_paper,
        pdf=can_make_pdf(),
        most_drawn=MOST_DRAWN,
        **values,
    )


def _as_pdf(page: str, name: str) -> Response:
    if not can_make_pdf():
        abort(HTTPStatus.NOT_FOUND)
    return _download(pdf_of(page, STYLE), "application/pdf", name)


def _download(content: bytes | str, kind: str, name: str) -> Response:
    # The name says nothing about anybody: it may stand in a list of downloads.
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _leaflet(copy: PlanCopy) -> list[object]:
    wording = current_runtime().wording
    footsteps = next(one for one in wording.resources if one.key == TEN_FOOTSTEPS)
    return list(
        wording.leaflet_for(
            copy.patient.language,
            team_phone=copy.team.phone,
            hours=copy.team.hours,
            address=footsteps.address,
        )
    )


@blueprint.get("/copy")
@requires(*CLINICAL)
def for_patient(version_id: UUID) -> ResponseReturnValue:
    """Show the patient's copy, for paper; ``?large`` for large print."""
    copy = _copy(version_id, "patient's copy opened")
    return _page("copy_patient.html", copy, on_paper=False, leaflet=_leaflet(copy))


@blueprint.get("/copy.pdf")
@requires(*CLINICAL)
def patient_pdf(version_id: UUID) -> ResponseReturnValue:
    """Return the patient's copy as PDF."""
    copy = _copy(version_id, "patient's copy opened")
    page = _page("copy_patient.html", copy, on_paper=True, leaflet=_leaflet(copy))
    return _as_pdf(page, "plan.pdf")


@blueprint.get("/for/<any(gp, pharmacy):reader>")
@requires(*CLINICAL)
def for_reader(version_id: UUID, reader: str) -> ResponseReturnValue:
    """Show the page for the GP practice or for the community pharmacy."""
    copy = _copy(version_id, f"copy for the {reader} opened")
    return _page("copy_reader.html", copy, on_paper=False, reader=reader, periods=PERIODS)


@blueprint.get("/for/<any(gp, pharmacy):reader>.pdf")
@requires(*CLINICAL)
def reader_pdf(version_id: UUID, reader: str) -> ResponseReturnValue:
    """Return the same as PDF."""
    copy = _copy(version_id, f"copy for the {reader} opened")
    page = _page("copy_reader.html", copy, on_paper=True, reader=reader, periods=PERIODS)
    return _as_pdf(page, f"plan-for-{reader}.pdf")


@blueprint.get("/for/<any(gp, pharmacy):reader>.txt")
@requires(*CLINICAL)
def reader_text(version_id: UUID, reader: str) -> ResponseReturnValue:
    """Return the same as plain text, for pasting into a record."""
    copy = _copy(version_id, f"copy for the {reader} opened")
    text = _page("copy_reader.txt", copy, on_paper=True, reader=reader)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/letter")
@requires(*CLINICAL)
def letter(version_id: UUID) -> ResponseReturnValue:
    """Show a letter that invites the patient to a review."""
    copy = _copy(version_id, "letter opened")
    return _page("copy_letter.html", copy, on_paper=False)


@blueprint.get("/calendar.ics")
@requires(*CLINICAL)
def calendar(version_id: UUID) -> ResponseReturnValue:
    """Return the days of the plan for a calendar. Its titles say nothing of what they are."""
    copy = _copy(version_id, "calendar opened")
    version = copy.view.version
    days = [
        CalendarDay(f"{version.plan_id}-step-{number}", step.starts_on, _("Look at your plan"))
        for number, step in enumerate([row.step for row in copy.rows][1:], 1)
    ]
    if version.review_on is not None:
        title = _("Talk with your team")
        days.append(CalendarDay(f"{version.plan_id}-review", version.review_on, title))
    made = calendar_of(days, sequence=version.number, written_at=version.set_at)
    return _download(made, "text/calendar; charset=utf-8", "days.ics")
