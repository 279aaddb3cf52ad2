"""Somebody is on duty in every team: leave, cover, and a look at each working day."""

from datetime import date, timedelta

import pytest

from companion.core.urgency import Urgency
from companion.services import rota as planning_rota
from companion.services.staffing import StaffingError
from companion.store import accounts, organisations, rota
from companion.store.accounts import User
from tests.rigs.enrolled import Ward

MONDAY, FRIDAY, SATURDAY = date(2027, 1, 11), date(2027, 1, 15), date(2027, 1, 16)


def user(ward: Ward, user_id: object) -> User:
    with ward.transactions.reading() as session:
        return session.get_one(User, user_id)


def away(ward: Ward, who: User, first: date, last: date, cover: User | None = None) -> None:
    with ward.transactions.begin() as session:
        planning_rota.plan_absence(
            session, who, first_day=first, last_day=last, cover=cover, now=ward.now
        )


def on_duty(ward: Ward, day: date) -> set[str]:
    with ward.transactions.reading() as session:
        found = rota.on_duty(session, ward.scope.organisation_id, ward.team_id, day)
        return {one.name for one in found}


@pytest.fixture
def priya(ward: Ward) -> User:
    return user(ward, ward.user_id)


@pytest.fixture
def nick(ward: Ward) -> User:
    return user(ward, ward.colleague_id)


def test_who_is_away_is_not_on_duty_on_those_days(ward: Ward, priya: User) -> None:
    away(ward, priya, MONDAY, FRIDAY)

    assert on_duty(ward, MONDAY - timedelta(days=1)) == {"Priya Shah", "Nick Byrne"}
    assert on_duty(ward, MONDAY) == {"Nick Byrne"}
    assert on_duty(ward, FRIDAY) == {"Nick Byrne"}
    assert on_duty(ward, SATURDAY) == {"Priya Shah", "Nick Byrne"}


def test_leave_that_leaves_a_team_with_nobody_is_refused_and_kept_nowhere(
    ward: Ward, priya: User, nick: User
) -> None:
    away(ward, priya, MONDAY, FRIDAY)

    with pytest.raises(StaffingError, match="Nobody of team the team would be on duty on 15 Jan"):
        away(ward, nick, FRIDAY, FRIDAY)

    assert on_duty(ward, FRIDAY) == {"Nick Byrne"}


def test_leave_over_a_weekend_needs_no_cover(ward: Ward, priya: User, nick: User) -> None:
    away(ward, priya, SATURDAY, SATURDAY)
    away(ward, nick, SATURDAY, SATURDAY)

    assert on_duty(ward, SATURDAY) == set()


@pytest.fixture
def outsider(ward: Ward) -> User:
    """A colleague who works in none of the teams."""
    with ward.transactions.begin() as session:
        return accounts.add_user(
            session,
            ward.scope.organisation_id,
            email="cover@example.com",
            name="Cover",
            password_hash="unused",
            roles=[accounts.RoleName.FOLLOW_UP],
            team_ids=[],
            now=ward.now,
        )


def test_a_colleague_of_another_team_may_cover(
    ward: Ward, priya: User, nick: User, outsider: User
) -> None:
    away(ward, priya, MONDAY, FRIDAY)

    away(ward, nick, MONDAY, MONDAY, outsider)

    assert on_duty(ward, MONDAY) == {"Cover"}


def test_a_team_that_had_nobody_before_is_not_held_against_leave_in_another(
    ward: Ward, priya: User
) -> None:
    with ward.transactions.begin() as session:
        organisations.add_team(
            session, ward.scope.organisation_id, name="empty", phone="01632 960002", hours="never"
        )

    away(ward, priya, MONDAY, MONDAY)

    assert on_duty(ward, MONDAY) == {"Nick Byrne"}


def test_a_second_absence_without_cover_does_not_lose_the_first_ones(
    ward: Ward, priya: User, outsider: User
) -> None:
    away(ward, priya, MONDAY, FRIDAY, outsider)

    away(ward, priya, MONDAY, MONDAY)

    assert on_duty(ward, MONDAY) == {"Nick Byrne", "Cover"}


def test_nobody_covers_for_themselves(ward: Ward, priya: User) -> None:
    with pytest.raises(StaffingError, match="cannot cover"):
        away(ward, priya, MONDAY, FRIDAY, priya)


def test_a_cover_who_is_away_too_does_not_count(ward: Ward, priya: User, nick: User) -> None:
    away(ward, priya, MONDAY, FRIDAY)

    with pytest.raises(StaffingError, match="Nobody"):
        away(ward, nick, MONDAY, MONDAY, priya)


def test_days_the_wrong_way_round_are_refused(ward: Ward, priya: User) -> None:
    with pytest.raises(StaffingError, match="on or after the first"):
        away(ward, priya, FRIDAY, MONDAY)


def test_who_is_back_is_on_duty_again(ward: Ward, priya: User) -> None:
    away(ward, priya, MONDAY, FRIDAY)

    with ward.transactions.begin() as session:
        count = planning_rota.end_absences(session, priya, today=MONDAY, now=ward.now)

    assert count == 1
    assert on_duty(ward, MONDAY) == {"Priya Shah", "Nick Byrne"}


def test_a_team_with_nobody_is_noticed_once_a_day_it_stands(ward: Ward) -> None:
    with ward.transactions.begin() as session:
        for user_id in (ward.user_id, ward.colleague_id):
            session.get_one(User, user_id).active = False

    first = planning_rota.notice_empty_teams(ward.transactions, now=ward.now)
    second = planning_rota.notice_empty_teams(ward.transactions, now=ward.now)

    assert (first, second) == (1, 0)
    assert ward.alerts()["S-02"].level is Urgency.URGENT
    assert ward.why("S-02") == "Nobody is on duty today in: the team."


def test_a_team_with_people_is_left_alone(ward: Ward) -> None:
    assert planning_rota.notice_empty_teams(ward.transactions, now=ward.now) == 0


def test_a_weekend_is_nobodys_duty(ward: Ward) -> None:
    with ward.transactions.begin() as session:
        for user_id in (ward.user_id, ward.colleague_id):
            session.get_one(User, user_id).active = False
    saturday = ward.now + timedelta(days=5)

    assert planning_rota.notice_empty_teams(ward.transactions, now=saturday) == 0
