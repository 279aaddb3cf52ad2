"""What can wait leaves no faster than the number may text; what cannot takes its share."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.core.pace import LONGEST_BURST_SECONDS, Pace
from tests.rigs.times import MONDAY_NINE as NOW


@given(
    st.floats(0.5, 100),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 10)), min_size=5, max_size=80),
)
def test_over_any_time_no_more_leaves_than_the_number_may_send(
    per_second: float, tries: list[tuple[int, int]]
) -> None:
    pace, moment, sent = Pace(per_second), NOW, 0
    for wait, segments in tries:
        moment += timedelta(milliseconds=wait)
        if pace.has_room(moment):
            pace.take(segments, moment)
            sent += segments

    seconds = (moment - NOW).total_seconds() + LONGEST_BURST_SECONDS
    assert sent <= per_second * seconds + 10  # the last one may overdraw


def test_an_idle_number_saves_up_one_burst_and_no_more() -> None:
    pace = Pace(10)
    assert pace.has_room(NOW)
    hours_later = NOW + timedelta(hours=5)

    for _ in range(10):
        assert pace.has_room(hours_later)
        pace.take(1, hours_later)

    assert not pace.has_room(hours_later)


def test_answers_take_from_what_waits() -> None:
    pace = Pace(10)
    pace.take(30, NOW)

    assert not pace.has_room(NOW + timedelta(seconds=2))
    assert pace.has_room(NOW + timedelta(seconds=2.1))


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    pace = Pace(10)
    pace.take(10, NOW)

    assert not pace.has_room(NOW - timedelta(hours=1))
