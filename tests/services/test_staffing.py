"""Organisations, teams and the people in them."""

import pytest

from companion.services import staffing
from companion.services.staffing import StaffingError
from companion.store import accounts, organisations
from companion.store.accounts import RoleName
from companion.store.organisations import Organisation
from tests.rigs.enrolled import Ward


def organisation(ward: Ward, name: str = "Riverside", zone: str = "Europe/London") -> Organisation:
    with ward.transactions.begin() as session:
        return staffing.add_organisation(session, name=name, zone=zone, now=ward.now)


def add_user(ward: Ward, of: Organisation, email: str, password: str, name: str = "") -> None:
    with ward.transactions.begin() as session:
        staffing.add_user(
            session,
            of,
            email=email,
            name=name,
            password=password,
            role=RoleName.PRESCRIBER,
            now=ward.now,
        )


def test_somebody_added_works_in_every_team_of_the_organisation(ward: Ward) -> None:
    of = organisation(ward)
    with ward.transactions.begin() as session:
        team = staffing.add_team(
            session, of.id, name="Team", phone="01632 960001", hours="Always", now=ward.now
        )

    add_user(ward, of, "anna@example.com", "three random words")

    with ward.transactions.reading() as session:
        found = accounts.user_with_email(session, "Anna@Example.com")
        assert found is not None
        assert accounts.team_ids_of(session, found.id) == {team.id}
        assert found.name == "anna@example.com"
        assert found.password is not None
        assert found.password.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("name", "zone"), [(" ", "Europe/London"), ("Elsewhere", "Europe/Nowhere"), ("X", "../x")]
)
def test_an_organisation_that_cannot_stand_is_refused(ward: Ward, name: str, zone: str) -> None:
    with pytest.raises(StaffingError):
        organisation(ward, name, zone)


def test_a_name_is_taken_once(ward: Ward) -> None:
    organisation(ward)

    with pytest.raises(StaffingError, match="already"):
        organisation(ward)


@pytest.mark.parametrize(
    ("name", "phone", "hours"),
    [
        ("", "1", "x"),
        ("x" * 31, "1", "x"),
        ("x", "", "x"),
        ("x", "1" * 17, "x"),
        ("x", "1", "x" * 41),
        ("x", "1", "Mon–Fri"),
    ],
)
def test_a_team_that_would_not_fit_the_texts_is_refused(
    ward: Ward, name: str, phone: str, hours: str
) -> None:
    with ward.transactions.begin() as session, pytest.raises(StaffingError):
        staffing.add_team(
            session, ward.scope.organisation_id, name=name, phone=phone, hours=hours, now=ward.now
        )


def test_two_teams_of_one_name_are_refused(ward: Ward) -> None:
    with ward.transactions.begin() as session, pytest.raises(StaffingError, match="already"):
        staffing.add_team(
            session,
            ward.scope.organisation_id,
            name="the team",
            phone="1",
            hours="x",
            now=ward.now,
        )


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("no address", "three random words"),
        ("a@b", "three random words"),
        ("a b@example.com", "three random words"),
        ("a@example.com", "short"),
        ("a@example.com", "x" * 257),
        ("a@example.com", "my a@example.com word"),
    ],
)
def test_an_account_that_cannot_stand_is_refused(ward: Ward, email: str, password: str) -> None:
    with pytest.raises(StaffingError):
        add_user(ward, organisation(ward), email, password)


def test_an_address_signs_one_person_in(ward: Ward) -> None:
    of = organisation(ward)
    add_user(ward, of, "anna@example.com", "three random words")

    with pytest.raises(StaffingError, match="already"):
        add_user(ward, of, "ANNA@example.com", "three other words")

    with ward.transactions.reading() as session:
        assert organisations.organisation_named(session, "Riverside") is not None
