"""When nothing may be tried, and when the harmless question may be put."""

from datetime import timedelta

from companion.core.breaker import PROBE_EVERY, REFUSALS, Breaker
from tests.rigs.times import MONDAY_NINE

A_MOMENT = timedelta(seconds=1)


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(REFUSALS):
        breaker.note(refused=True, now=MONDAY_NINE)
    return breaker


def test_it_opens_after_refusals_in_a_row_and_not_before() -> None:
    breaker = Breaker()
    for refused in (True, True, False, True, True):
        breaker.note(refused=refused, now=MONDAY_NINE)
    assert not breaker.is_open

    breaker.note(refused=True, now=MONDAY_NINE)
    assert breaker.is_open


def test_one_asker_a_minute_may_put_the_question() -> None:
    breaker = opened()

    assert not breaker.may_probe(MONDAY_NINE + PROBE_EVERY - A_MOMENT)
    assert breaker.may_probe(MONDAY_NINE + PROBE_EVERY)
    assert not breaker.may_probe(MONDAY_NINE + PROBE_EVERY)
    assert breaker.may_probe(MONDAY_NINE + 2 * PROBE_EVERY)


def test_only_closing_it_lets_things_through_again() -> None:
    breaker = opened()
    breaker.note(refused=False, now=MONDAY_NINE)
    before = breaker.is_open

    breaker.close()

    assert (before, breaker.is_open) == (True, False)
    assert not breaker.may_probe(MONDAY_NINE + PROBE_EVERY)


def test_later_refusals_do_not_put_the_question_off() -> None:
    breaker = opened()
    breaker.note(refused=True, now=MONDAY_NINE + PROBE_EVERY - A_MOMENT)

    assert breaker.may_probe(MONDAY_NINE + PROBE_EVERY)
