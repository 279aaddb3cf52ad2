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
from companion.web.showing import short_day

blueprint = Blueprint("sharing", __name__, url_prefix="/plans/<uuid:version_id>")

STYLE = Path(__file__).parent / "static" / "paper.css"
PERIODS = (28, LONGEST_PRESCRIPTION_DAYS)
"""For how many days a prescription may be."""
READERS = ("gp", "pharmacy")
PATIENTS_COPY = "copy_patient.html"
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


def _patients_page(template: str, copy: PlanCopy, *, on_paper: bool) -> str:
    """Return a page in the patient's language, as far as it is translated."""
    wording = current_runtime().wording
    words = wording.copies_for(copy.patient.language)
    tongue = words["doses" if template == PATIENTS_COPY else "letter"].tongue
    return _page(
        template,
        copy,
        on_paper=on_paper,
        words=words,
        tongue=tongue,
        chart=copy.chart(words["doses"].tongue.day_in_picture),
        leaflet=wording.leaflet_for(copy.patient.language),
        footsteps=next(one for one in wording.resources if one.key == TEN_FOOTSTEPS),
    )


def _readers_page(template: str, copy: PlanCopy, reader: str, *, on_paper: bool) -> str:
    risks, concerns = copy.for_reader(reader)
    return _page(
        template,
        copy,
        on_paper=on_paper,
        reader=reader,
        risks=risks,
        concerns=concerns,
        periods=PERIODS,
        chart=copy.chart(short_day),
    )


@blueprint.get("/copy")
@requires(*CLINICAL)
def for_patient(version_id: UUID) -> ResponseReturnValue:
    """Show the patient's copy, for paper; ``?large`` for large print."""
    copy = _copy(version_id, "patient's copy opened")
    return _patients_page(PATIENTS_COPY, copy, on_paper=False)


@blueprint.get("/copy.pdf")
@requires(*CLINICAL)
def patient_pdf(version_id: UUID) -> ResponseReturnValue:
    """Return the patient's copy as PDF."""
    copy = _copy(version_id, "patient's copy opened")
    return _as_pdf(_patients_page(PATIENTS_COPY, copy, on_paper=True), "plan.pdf")


@blueprint.get("/for/<any(gp, pharmacy):reader>")
@requires(*CLINICAL)
def for_reader(version_id: UUID, reader: str) -> ResponseReturnValue:
    """Show the page for the GP practice or for the community pharmacy."""
    copy = _copy(version_id, f"copy for the {reader} opened")
    return _readers_page("copy_reader.html", copy, reader, on_paper=False)


@blueprint.get("/for/<any(gp, pharmacy):reader>.pdf")
@requires(*CLINICAL)
def reader_pdf(version_id: UUID, reader: str) -> ResponseReturnValue:
    """Return the same as PDF."""
    copy = _copy(version_id, f"copy for the {reader} opened")
    page = _readers_page("copy_reader.html", copy, reader, on_paper=True)
    return _as_pdf(page, f"plan-for-{reader}.pdf")


@blueprint.get("/for/<any(gp, pharmacy):reader>.txt")
@requires(*CLINICAL)
def reader_text(version_id: UUID, reader: str) -> ResponseReturnValue:
    """Return the same as plain text, for pasting into a record."""
    copy = _copy(version_id, f"copy for the {reader} opened")
    text = _readers_page("copy_reader.txt", copy, reader, on_paper=True)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/letter")
@requires(*CLINICAL)
def letter(version_id: UUID) -> ResponseReturnValue:
    """Show a letter that invites the patient to a review."""
    copy = _copy(version_id, "letter opened")
    return _patients_page("copy_letter.html", copy, on_paper=False)


@blueprint.get("/calendar.ics")
@requires(*CLINICAL)
def calendar(version_id: UUID) -> ResponseReturnValue:
    """Return the days of the plan for a calendar. Its titles say nothing of what they are."""
    copy = _copy(version_id, "calendar opened")
    version = copy.view.version
    titles = current_runtime().wording.copies_for(copy.patient.language)["reminders"].texts
    days = [
        CalendarDay(f"{version.plan_id}-step-{number}", step.starts_on, titles["step"])
        for number, step in enumerate([row.step for row in copy.rows][1:], 1)
    ]
    if version.review_on is not None:
        key = f"{version.plan_id}-review"
        days.append(CalendarDay(key, version.review_on, titles["review"]))
    made = calendar_of(days, sequence=version.number, written_at=version.set_at)
    return _download(made, "text/calendar; charset=utf-8", "days.ics")
