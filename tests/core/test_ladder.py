"""When a team works, and when more people are told of an alert."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.ladder import (
    LAST,
    Ladder,
    LadderError,
    Reach,
    forgotten_at,
    overdue_at,
    reach_of,
)
from companion.core.urgency import Urgency
from companion.core.working import Nation, WorkingTime

LONDON = ZoneInfo("Europe/London")
WORK = WorkingTime(LONDON)
URGENCIES = st.sampled_from([Urgency.SOON, Urgency.URGENT, Urgency.EMERGENCY])
MOMENTS = st.integers(0, 11 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def told(urgency: Urgency, opened: str, *, rungs: int = 4) -> list[str]:
    """Return when each rung of an alert is due, on the team's own clock."""
    last, moments = london(opened), []
    for rung in range(rungs):
        last = Ladder().due_at(urgency, rung, opened_at=london(opened), last_at=last, work=WORK)
        moments.append(f"{last.astimezone(LONDON):%a %d %b %H:%M}")
    return moments


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2027-01-04", True),
        ("2027-01-03", False),  # a Sunday
        ("2027-01-01", False),
        ("2026-12-25", False),
        ("2026-12-28", False),  # instead of Boxing Day, a Saturday
        ("2027-03-26", False),  # Good Friday
        ("2027-03-29", False),  # Easter Monday
        ("2027-08-30", False),
        ("2027-08-02", True),  # a bank holiday in Scotland only
    ],
)
def test_a_team_works_on_weekdays_but_for_englands_bank_holidays(day: str, works: bool) -> None:
    assert WORK.is_working_day(date.fromisoformat(day)) is works


def test_an_emergency_goes_by_minutes_at_any_hour_and_does_not_end() -> None:
    assert told(Urgency.EMERGENCY, "2027-01-03T03:00", rungs=6) == [
        "Sun 03 Jan 03:00",
        "Sun 03 Jan 03:05",
        "Sun 03 Jan 03:10",
        "Sun 03 Jan 03:15",
        "Sun 03 Jan 03:45",
        "Sun 03 Jan 04:15",
    ]


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (
            "2027-01-04T10:00",
            ["Mon 04 Jan 10:00", "Mon 04 Jan 12:00", "Mon 04 Jan 13:00", "Mon 04 Jan 14:00"],
        ),
        (
            "2027-01-04T16:00",
            ["Mon 04 Jan 16:00", "Tue 05 Jan 10:00", "Tue 05 Jan 11:00", "Tue 05 Jan 12:00"],
        ),
        (
            "2027-01-08T18:00",
            ["Mon 11 Jan 09:00", "Mon 11 Jan 11:00", "Mon 11 Jan 12:00", "Mon 11 Jan 13:00"],
        ),
        (
            "2027-01-04T05:00",
            ["Mon 04 Jan 09:00", "Mon 04 Jan 11:00", "Mon 04 Jan 12:00", "Mon 04 Jan 13:00"],
        ),
        # Over Good Friday, Easter Monday and the hour that does not exist.
        (
            "2027-03-25T16:30",
            ["Thu 25 Mar 16:30", "Tue 30 Mar 10:30", "Tue 30 Mar 11:30", "Tue 30 Mar 12:30"],
        ),
    ],
)
def test_what_is_urgent_goes_by_working_hours(opened: str, expected: list[str]) -> None:
    assert told(Urgency.URGENT, opened) == expected


def test_what_is_soon_goes_by_working_days_and_then_daily() -> None:
    assert told(Urgency.SOON, "2026-12-23T11:00", rungs=5) == [
        "Thu 24 Dec 09:00",
        "Tue 29 Dec 09:00",
        "Wed 30 Dec 09:00",
        "Thu 31 Dec 09:00",
        "Mon 04 Jan 09:00",
    ]


@given(URGENCIES, MOMENTS)
def test_a_ladder_only_goes_up_and_reaches_further(urgency: Urgency, opened: datetime) -> None:
    last = opened
    for rung in range(6):
        due = Ladder().due_at(urgency, rung, opened_at=opened, last_at=last, work=WORK)
        assert due > last or (rung == 0 and due == opened)
        last = due
    assert [reach_of(rung) for rung in range(5)] == [
        Reach.TEAM,
        Reach.EVERYBODY,
        Reach.LEAD,
        Reach.DUTY,
        Reach.DUTY,
    ]
    assert LAST == 3


@given(MOMENTS, st.integers(0, 40))
def test_work_is_only_done_in_working_hours(since: datetime, hours: int) -> None:
    moment = WORK.after_work_of(timedelta(hours=hours), since).astimezone(LONDON)

    assert WORK.is_working_day(moment.date())
    assert 9 * 60 <= moment.hour * 60 + moment.minute <= 17 * 60
    assert moment >= since


@given(MOMENTS)
def test_a_working_moment_is_now_or_the_next_opening(now: datetime) -> None:
    moment = WORK.working_moment(now)
    local = moment.astimezone(LONDON)

    assert moment == now or (local.hour, local.minute) == (9, 0)
    assert moment - now < timedelta(days=6)
    assert WORK.is_working_day(local.date())
    assert WORK.next_working_day(local.date()) > local.date()


@pytest.mark.parametrize(
    ("nation", "day", "works"),
    [
        (Nation.SCOTLAND, "2027-08-02", False),
        (Nation.SCOTLAND, "2027-08-30", True),
        (Nation.NORTHERN_IRELAND, "2027-07-12", False),
        (Nation.WALES, "2027-08-30", False),
    ],
)
def test_each_nation_keeps_its_own_bank_holidays(nation: Nation, day: str, works: bool) -> None:
    assert WorkingTime(LONDON, nation).is_working_day(date.fromisoformat(day)) is works


def test_each_organisation_has_its_own_hours() -> None:
    work = WorkingTime(LONDON, opens=time(8), closes=time(12))

    due = work.after_work_of(timedelta(hours=5), london("2027-01-04T08:00"))

    assert due == london("2027-01-05T09:00")
    with pytest.raises(ValueError, match="open before it closes"):
        WorkingTime(LONDON, opens=time(9), closes=time(9))


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ({"emergency_minutes": (0, 5, 10)}, "emergency: give 4 times"),
        ({"urgent_hours": (0, 2, 2, 3)}, "urgent: each time must be later"),
        ({"soon_days": (-1, 2, 3, 4)}, "soon: each time must be later"),
        ({"emergency_minutes": (1, 5, 10, 15)}, "the first time is 0"),
        ({"emergency_minutes": (0, 5, 10, 61)}, "emergency: the last rung may be 60 at most"),
        ({"urgent_hours": (0, 2, 3, 17)}, "urgent: the last rung may be 16 at most"),
        ({"soon_days": (1, 2, 3, 11)}, "soon: the last rung may be 10 at most"),
    ],
)
def test_a_ladder_that_forgets_an_alert_for_too_long_cannot_be(
    times: dict[str, tuple[int, ...]], says: str
) -> None:
    with pytest.raises(LadderError, match=says):
        Ladder(**times)


@pytest.mark.parametrize(
    ("urgency", "forgotten"),
    [
        (Urgency.EMERGENCY, "2027-01-08T17:00"),
        (Urgency.URGENT, "2027-01-11T15:00"),
        (Urgency.SOON, "2027-01-15T09:00"),
    ],
)
def test_what_was_taken_and_never_written_about_counts_as_forgotten(
    urgency: Urgency, forgotten: str
) -> None:
    assert forgotten_at(urgency, london("2027-01-08T15:00"), WORK) == london(forgotten)


@pytest.mark.parametrize(
    ("urgency", "opened", "overdue"),
    [
        (Urgency.EMERGENCY, "2027-01-03T03:00", "Sun 03 Jan 03:15"),
        (Urgency.URGENT, "2027-01-04T08:00", "Mon 04 Jan 17:00"),
        (Urgency.URGENT, "2027-01-04T14:00", "Mon 04 Jan 17:00"),
        (Urgency.URGENT, "2027-01-08T18:00", "Mon 11 Jan 17:00"),
        (Urgency.SOON, "2027-01-04T14:00", "Tue 05 Jan 17:00"),
        (Urgency.SOON, "2027-01-08T14:00", "Mon 11 Jan 17:00"),
        (Urgency.SOON, "2027-01-09T14:00", "Mon 11 Jan 17:00"),
    ],
)
def test_what_stands_for_longer_than_its_urgency_allows_is_overdue(
    urgency: Urgency, opened: str, overdue: str
) -> None:
    found = overdue_at(urgency, london(opened), WORK).astimezone(LONDON)

    assert f"{found:%a %d %b %H:%M}" == overdue
