"""Input that nobody types by accident: it is refused in words, and never breaks a page."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from companion.store.database import Transactions
from companion.store.plans import PlanVersion
from companion.wording import Wording
from tests.rigs import plan_pages
from tests.rigs.clinic import Clinic, open_clinic, runtime_for, words_of
from tests.web import test_patients

ODD = [
    "\x00",
    "a\x00b",
    "9" * 20,
    "9" * 5000,
    "NaN",
    "sNaN",
    "1e400",
    "-1",
    "\u0663",
    "<script>alert(1)</script>",
    "x" * 20_000,
]


@pytest.fixture
def strict_clinic(postgresql: Transactions, wording: Wording) -> Clinic:
    """A clinic on PostgreSQL, which takes less than SQLite does."""
    return open_clinic(runtime_for(postgresql, wording))


def with_each_field_odd(form: dict[str, str]) -> Iterator[dict[str, str]]:
    for field in form:
        for odd in ODD:
            yield {**form, field: odd}


def test_no_odd_field_breaks_registering(strict_clinic: Clinic) -> None:
    person = strict_clinic.signed_in()
    token = person.token()
    form = test_patients.entered(strict_clinic, ways="", gp_practice="", pharmacy="")

    statuses = {
        person.client.post("/patients/register", data={**odd, "csrf_token": token}).status_code
        for odd in with_each_field_odd(form)
    }

    assert statuses <= {302, 422}


def test_no_odd_field_breaks_a_plan(strict_clinic: Clinic) -> None:
    patient, person = strict_clinic.register(), strict_clinic.signed_in()
    token, path = person.token(), plan_pages.path_of(patient)
    rows = {
        name: value
        for name, value in plan_pages.steps_page(person, patient).items()
        if not name.startswith(("step-2", "step-3", "step-4", "step-5", "step-6"))
    }

    statuses = {
        person.client.post(path, data={**odd, "propose": "1", "csrf_token": token}).status_code
        for odd in with_each_field_odd(rows)
    }

    assert statuses <= {302, 400, 409, 422}


def test_no_odd_search_breaks_the_list(clinic: Clinic) -> None:
    person = clinic.signed_in()
    form = {"last_name": "Lane0", "born_on-day": "2", "born_on-month": "1", "born_on-year": "1960"}
    searches = [*with_each_field_odd(form), *({"phone": o} for o in ODD)]
    searches += [{"nhs_number": odd} for odd in ODD]

    statuses = {
        person.get(f"/patients/?{urlencode(odd)}").status_code
        for odd in searches
        if len(urlencode(odd)) < 8000
    }

    assert statuses == {200}


def test_a_letter_that_cannot_be_kept_is_named_at_its_field(strict_clinic: Clinic) -> None:
    person = strict_clinic.signed_in()

    answer = person.post(
        "/patients/register", **test_patients.entered(strict_clinic, pharmacy="Boots\x00")
    )

    assert answer.status_code == 422
    assert "Take out the letter that cannot be shown" in words_of(answer)
    assert 'href="#pharmacy"' in answer.get_data(as_text=True)


def test_a_mark_is_made_without_the_letter_that_cannot_be_kept(strict_clinic: Clinic) -> None:
    patient, person = strict_clinic.register(), strict_clinic.signed_in()
    plan_pages.propose(person, patient)
    version: PlanVersion = plan_pages.versions_of(strict_clinic, patient)[0]

    person.post(f"/plans/{version.id}/mark/patient", how="in\x00 clinic")

    assert "Patient: in clinic" in words_of(person.get(f"/patients/{patient.id}"))
