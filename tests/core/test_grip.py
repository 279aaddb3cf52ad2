"""Only a copy of the service that lately saw its own mark on the number sends everything."""

from datetime import timedelta

from companion.core.grip import GOOD_FOR, LOOK_EVERY, TOLD_AFTER, Grip, Leave
from tests.rigs.times import MONDAY_NINE as NOW

A_SECOND = timedelta(seconds=1)


def test_where_there_is_no_other_copy_nothing_is_looked_at() -> None:
    grip = Grip(needed=False)

    assert not grip.is_to_look(NOW)
    assert grip.leave(NOW) is Leave.EVERYTHING


def test_before_the_first_look_only_what_may_go_twice_leaves() -> None:
    assert Grip(needed=True).leave(NOW) is Leave.AT_LEAST_ONCE


def test_a_mark_of_ours_is_good_for_a_while() -> None:
    grip = Grip(needed=True)
    grip.note(ours=True, now=NOW)

    assert grip.leave(NOW + GOOD_FOR - A_SECOND) is Leave.EVERYTHING
    assert grip.leave(NOW + GOOD_FOR) is Leave.AT_LEAST_ONCE


def test_after_anothers_mark_nothing_leaves_until_ours_is_seen_again() -> None:
    grip = Grip(needed=True)
    grip.note(ours=True, now=NOW)
    grip.note(ours=False, now=NOW)

    assert grip.lost
    assert grip.leave(NOW) is Leave.NOTHING
    assert grip.leave(NOW + GOOD_FOR) is Leave.NOTHING
    grip.note(ours=True, now=NOW + GOOD_FOR)
    assert grip.leave(NOW + GOOD_FOR) is Leave.EVERYTHING


def test_one_of_all_that_ask_looks_from_time_to_time() -> None:
    grip = Grip(needed=True)

    looks = [grip.is_to_look(NOW + number * A_SECOND) for number in range(60)]

    assert [number for number, look in enumerate(looks) if look] == [0, LOOK_EVERY.seconds]


def test_after_a_look_that_failed_the_next_one_who_asks_looks_again() -> None:
    grip = Grip(needed=True)
    assert grip.is_to_look(NOW)

    grip.note_failed_look(NOW)

    assert grip.is_to_look(NOW + A_SECOND)


def test_a_number_that_cannot_be_read_is_told_after_ten_minutes_and_not_sooner() -> None:
    grip = Grip(needed=True)

    assert not grip.note_failed_look(NOW)
    assert not grip.note_failed_look(NOW + TOLD_AFTER - A_SECOND)
    assert grip.note_failed_look(NOW + TOLD_AFTER)
    grip.note(ours=True, now=NOW + TOLD_AFTER)
    assert not grip.note_failed_look(NOW + TOLD_AFTER + A_SECOND)
