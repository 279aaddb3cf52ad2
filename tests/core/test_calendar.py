"""Local days and hours, also when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from companion.core.calendar import local_day, moment_on, next_window, window_on

LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
NOW = st.datetimes(datetime(2026, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds; the zone is set beside them


def test_a_check_in_stays_at_its_hour_when_the_clocks_change() -> None:
    for day in (SPRING, AUTUMN):
        for ahead in (-1, 0, 1):
            moment = moment_on(day + timedelta(days=ahead), time(9), LONDON)
            assert moment.astimezone(LONDON).time() == time(9)


def test_a_day_with_a_gap_or_a_repeat_is_still_one_day() -> None:
    assert window_on(SPRING, time(8), time(20), LONDON).opens_at.hour == 7
    assert window_on(AUTUMN, time(8), time(20), LONDON).opens_at.hour == 8


@given(NOW)
def test_the_next_safe_hours_are_never_over_and_never_far(now: datetime) -> None:
    window = next_window(time(8), time(20), LONDON, now)

    assert now < window.closes_at
    assert window.opens_at - now <= timedelta(hours=13)
    assert timedelta(hours=11) <= window.closes_at - window.opens_at <= timedelta(hours=13)


@given(NOW)
def test_a_moment_lies_in_the_hours_of_its_own_local_day(now: datetime) -> None:
    window = window_on(local_day(now, LONDON), time(8), time(20), LONDON)

    assert window.covers(now) is (time(8) <= now.astimezone(LONDON).time() < time(20))
