"""Who may see what, on every page there is."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from companion.store.accounts import RoleName
from companion.web import access, security
from tests.rigs.clinic import Clinic, open_clinic, words_of

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
SIGNED_BY_THE_PROVIDER = {"webhook.incoming", "webhook.status"}


def rules_of(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield each rule with one of its methods and a path that fits it."""
    for rule in app.url_map.iter_rules():
        ids: dict[str, object] = {name: uuid4() for name in rule.arguments}
        ids.update(dict.fromkeys(rule.arguments & {"side"}, "patient"))
        ids.update(dict.fromkeys(rule.arguments & {"reader"}, "gp"))
        ids.update(dict.fromkeys(rule.arguments & {"say"}, "slower"))
        ids.update(dict.fromkeys(rule.arguments & {"token", "filename"}, "x"))
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, ids)
        for method in sorted((rule.methods or set()) & {"GET", *UNSAFE}):
            yield rule, method, path


def test_every_page_says_who_may_see_it(clinic: Clinic) -> None:
    with clinic.app.app_context():
        silent = [
            rule.endpoint
            for rule in clinic.app.url_map.iter_rules()
            if rule.endpoint not in access.LIBRARY_VIEWS and access.roles_for(rule.endpoint) is None
        ]

    assert not [name for name in silent if not name.startswith("security.")]


def test_what_a_library_brings_and_nobody_declared_is_refused(clinic: Clinic) -> None:
    person = clinic.signed_in()
    refused = {
        rule.endpoint: person.client.open(path, method=method).status_code
        for rule, method, path in rules_of(clinic.app)
        if rule.endpoint.startswith("security.") and rule.endpoint not in access.LIBRARY_VIEWS
        if method == "GET"
    }

    assert set(refused.values()) <= {403}


def test_a_visitor_is_sent_to_sign_in_from_every_page_with_patients(clinic: Clinic) -> None:
    visitor = clinic.visitor()

    for rule, method, path in rules_of(clinic.app):
        with clinic.app.app_context():
            roles = access.roles_for(rule.endpoint)
        if roles and method == "GET":
            answer = visitor.get(path)
            assert answer.status_code == 302, path
            assert answer.location.startswith("/sign-in"), path


def test_every_form_without_its_token_is_refused(clinic: Clinic) -> None:
    person = clinic.signed_in()

    for rule, method, path in rules_of(clinic.app):
        if method in UNSAFE and rule.endpoint not in SIGNED_BY_THE_PROVIDER:
            answer = person.client.open(path, method=method, data={})
            assert answer.status_code in {400, 403, 405}, path


def test_every_answer_carries_the_headers_that_keep_a_browser_in(clinic: Clinic) -> None:
    person = clinic.signed_in()
    paths = [path for _rule, method, path in rules_of(clinic.app) if method == "GET"]

    for path in [*paths, "/nowhere", "/static/companion.css"]:
        answer = person.get(path)
        for name, value in security.HEADERS.items():
            assert answer.headers[name] == value, path


@pytest.mark.parametrize("role", [RoleName.ADMINISTRATOR, RoleName.TRANSLATOR, RoleName.AUDITOR])
def test_who_does_not_work_with_patients_sees_none(clinic: Clinic, role: RoleName) -> None:
    patient = clinic.register()
    person = clinic.signed_in(role.value)

    for path in ("/", "/patients/", "/patients/register", f"/patients/{patient.id}"):
        answer = person.get(path)
        assert answer.status_code == 403
        assert "Lane0" not in words_of(answer)


def test_a_nurse_agrees_no_plans(clinic: Clinic) -> None:
    patient = clinic.register()

    answer = clinic.signed_in("follow-up").get(f"/patients/{patient.id}/plan")

    assert answer.status_code == 403


def test_another_organisation_finds_nobody_of_ours(clinic: Clinic) -> None:
    patient = clinic.register()
    others = open_clinic(clinic.runtime, clinic.app, name="Elsewhere")
    stranger = others.signed_in()

    for path in (
        f"/patients/{patient.id}",
        f"/patients/{patient.id}/details",
        f"/patients/{patient.id}/phone",
        f"/patients/{patient.id}/plan",
    ):
        assert stranger.get(path).status_code == 404, path
    for verb in ("pause", "resume", "finish", "hold", "end-hold", "phone-shown"):
        assert stranger.post(f"/patients/{patient.id}/{verb}").status_code == 404, verb
    assert "Lane0" not in words_of(stranger.get("/patients/"))


def test_a_form_from_another_site_is_refused(clinic: Clinic) -> None:
    person = clinic.signed_in()

    answer = person.client.post(
        "/sign-out",
        data={"csrf_token": person.token()},
        headers={"Origin": "https://elsewhere.example"},
    )

    assert answer.status_code == 403
    assert person.get("/").status_code == 200


def test_our_own_forms_name_our_own_origin(clinic: Clinic) -> None:
    person = clinic.signed_in()

    answer = person.client.post(
        "/sign-out",
        data={"csrf_token": person.token()},
        headers={"Origin": "http://localhost"},
    )

    assert answer.status_code == 302


def test_a_page_that_declares_nothing_is_refused(clinic: Clinic) -> None:
    clinic.app.view_functions["about.how_it_works"] = lambda: "no mark"

    assert clinic.visitor().get("/how-it-works").status_code == 403
