"""What can wait leaves no faster than the number may text; what cannot takes its share."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.core.send_rate import LONGEST_BURST_SECONDS, SendRate
from tests.rigs.times import MONDAY_NINE as NOW


@given(
    st.floats(0.5, 100),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 10)), min_size=5, max_size=80),
)
def test_over_any_time_no_more_leaves_than_the_number_may_send(
    per_second: float, tries: list[tuple[int, int]]
) -> None:
    rate, moment, sent = SendRate(per_second), NOW, 0
    for wait, segments in tries:
        moment += timedelta(milliseconds=wait)
        if rate.has_room(moment):
            rate.take(segments, moment)
            sent += segments

    seconds = (moment - NOW).total_seconds() + LONGEST_BURST_SECONDS
    assert sent <= per_second * seconds + 10  # the last one may overdraw


def test_an_idle_number_saves_up_one_burst_and_no_more() -> None:
    rate = SendRate(10)
    assert rate.has_room(NOW)
    hours_later = NOW + timedelta(hours=5)

    for _ in range(10):
        assert rate.has_room(hours_later)
        rate.take(1, hours_later)

    assert not rate.has_room(hours_later)


def test_answers_take_from_what_waits() -> None:
    rate = SendRate(10)
    rate.take(30, NOW)

    assert not rate.has_room(NOW + timedelta(seconds=2))
    assert rate.has_room(NOW + timedelta(seconds=2.1))


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    rate = SendRate(10)
    rate.take(10, NOW)

    assert not rate.has_room(NOW - timedelta(hours=1))


def sent_within(rate: SendRate, seconds: int, start: datetime) -> int:
    """Send what may be sent, one segment at a time, and count."""
    sent = 0
    for tenth in range(seconds * 10):
        moment = start + timedelta(seconds=tenth / 10)
        while rate.has_room(moment):
            rate.take(1, moment)
            sent += 1
    return sent


def test_a_provider_that_asks_to_slow_down_is_left_alone_and_then_texted_at_half_speed() -> None:
    rate = SendRate(10)

    rate.slow_down(30, NOW)
    rate.slow_down(30, NOW)  # the same crowd of refusals

    assert not rate.has_room(NOW + timedelta(seconds=29))
    assert 145 <= sent_within(rate, 30, NOW + timedelta(seconds=30)) <= 160


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    rate = SendRate(10)
    rate.slow_down(60, NOW)

    rate.slow_down(5, NOW + timedelta(seconds=1))

    assert not rate.has_room(NOW + timedelta(seconds=59))
    assert rate.has_room(NOW + timedelta(seconds=60))


def test_the_speed_grows_back_while_texts_are_taken_and_never_beyond_what_is_allowed() -> None:
    rate = SendRate(10)
    rate.slow_down(1, NOW)
    for _ in range(500):
        rate.note_taken()

    assert 290 <= sent_within(rate, 30, NOW + timedelta(minutes=1)) <= 310


def test_it_never_stops_for_good() -> None:
    rate = SendRate(16)
    moment = NOW
    for _ in range(50):
        rate.slow_down(1, moment)
        moment += timedelta(seconds=2)

    assert sent_within(rate, 60, moment) >= 59
