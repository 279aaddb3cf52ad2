"""The pages on which a plan is written, as a pharmacist fills them in."""

import re

from companion.store import plans
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.clinic import Clinic, Person, words_of

ENTERED = {
    "medicine": "morphine modified-release tablets",
    "unit": "mg",
    "strengths": "10",
    "morning": "60",
    "evening": "60",
    "starts_on-day": "4",
    "starts_on-month": "1",
    "starts_on-year": "2027",
    "first_cut_on-day": "18",
    "first_cut_on-month": "1",
    "first_cut_on-year": "2027",
    "pace_cut": "20",
    "pace_every_days": "14",
    "goal": "0",
    "goal_words": "To sleep without dreams",
    "prescriber": "Dr Anna Lindqvist",
    "based_on": "",
}
CHOSEN = {
    "medicine": "",
    "strengths": "",
    "product": "morphine|modified-release tablet",
    "pace_cut": "10",
    "pace_basis": "start",
    "pace_every_days": "2",
    "pace_period": "weeks",
    "first_cut_on-day": "",
    "first_cut_on-month": "",
    "first_cut_on-year": "",
}
"""Typed over the above: a medicine of the catalogue."""


def path_of(patient: Patient) -> str:
    """Return where a plan of *patient* is written."""
    return f"/patients/{patient.id}/plan"


def rows_in(page: str) -> dict[str, str]:
    """Return every box of the steps page, hidden ones too, as a browser would send them."""
    boxes = re.findall(r"<input[^>]*>", page)
    found = {}
    for box in boxes:
        name, value = re.search(r'name="([^"]+)"', box), re.search(r'value="([^"]*)"', box)
        if name and value and name[1] not in {"csrf_token", "back", "edit_days"}:
            found[name[1]] = value[1]
    return found


def versions_of(clinic: Clinic, patient: Patient) -> list[PlanVersion]:
    """Return every version, the newest first."""
    with clinic.runtime.transactions.reading() as session:
        return list(plans.versions_of(session, patient))


def steps_page(person: Person, patient: Patient, **changes: str) -> dict[str, str]:
    """Press *Show the steps*, and return the boxes of the page that comes."""
    answer = person.post(path_of(patient), **{**ENTERED, **changes})
    assert answer.status_code == 200, words_of(answer)
    return rows_in(answer.get_data(as_text=True))


def propose(person: Person, patient: Patient, **changes: str) -> None:
    """Propose a plan."""
    rows = steps_page(person, patient, **changes)
    answer = person.post(path_of(patient), **rows, propose="1")
    assert answer.status_code == 302, words_of(answer)


def agree(clinic: Clinic, version: PlanVersion) -> None:
    """Record both marks."""
    prescriber = clinic.signed_in("prescriber")
    for side in ("patient", "prescriber"):
        answer = prescriber.post(f"/plans/{version.id}/mark/{side}", how="in clinic")
        assert answer.status_code == 302
