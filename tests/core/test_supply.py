"""How many of each strength, and how long they last at a dose that is held."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay, plain
from companion.core.medicines import drug_named
from companion.core.product import Product, product_from
from companion.core.supply import (
    Quantities,
    Supplied,
    balance,
    held_until,
    prescriptions,
    quantities,
    stock,
)
from companion.core.taper import Hold, Step

BEGINS = date(2027, 1, 4)


def on(day: int) -> date:
    return BEGINS + timedelta(days=day)


def mr_morphine(*strengths: int) -> Product:
    drug = drug_named("morphine")
    assert drug is not None
    form = drug.form("modified-release tablet")
    assert form is not None
    return Product(drug, form, tuple(Decimal(s) for s in strengths))


def counted_in(found: Quantities | None) -> dict[str, int] | None:
    return None if found is None else {plain(strength): n for strength, n in found.items()}


def lasts(
    held: DayDoses,
    today: int,
    until: int,
    product: Product | None = None,
    *,
    issued: int | None = None,
    holds: Sequence[Hold] = (),
) -> date:
    """Return how long a supply, issued today unless told, lasts at *held*."""
    supplied = Supplied(on(today if issued is None else issued), on(until))
    return held_until(TABLETS, held, supplied, holds, on(today), product)


def twice(day: int, morning: int, evening: int) -> Step:
    amounts = {TimeOfDay.MORNING: Decimal(morning), TimeOfDay.EVENING: Decimal(evening)}
    return Step(on(day), DayDoses(DoseUnit.MILLIGRAM, amounts))


def patches(*parts: tuple[int, str]) -> tuple[Step, ...]:
    unit = DoseUnit.MICROGRAM_PER_HOUR
    return tuple(
        Step(on(day), DayDoses(unit, {TimeOfDay.PATCH: Decimal(amount)})) for day, amount in parts
    )


TABLETS = (twice(0, 60, 60), twice(14, 60, 45), twice(28, 45, 45))


def test_a_prescription_counts_every_strength_of_every_day() -> None:
    product = mr_morphine(15, 30, 60)

    first, second = prescriptions(product, TABLETS, on(0), days=28)

    assert counted_in(first.quantities) == {"60": 14 * 2 + 14, "30": 14, "15": 14}
    assert (first.begins, first.last_day, first.ask_on) == (on(0), on(27), on(20))
    assert counted_in(second.quantities) == {"30": 28 * 2, "15": 28 * 2}


def test_a_plan_that_ends_at_nothing_needs_nothing_more() -> None:
    found = prescriptions(mr_morphine(15, 30, 60), (*TABLETS, twice(35, 0, 0)), on(0), days=30)

    assert [(p.begins, p.last_day) for p in found] == [(on(0), on(29)), (on(30), on(34))]


def test_patches_are_counted_by_the_days_on_which_they_are_changed() -> None:
    fentanyl = product_from("fentanyl", "72-hour patch", "12 25 50")
    assert fentanyl is not None
    steps = patches((0, "50"), (15, "25"), (30, "12.5"))

    assert counted_in(quantities(fentanyl, steps, on(0), on(32))) == {"50": 5, "25": 5, "12.5": 1}
    stays = quantities(fentanyl, steps, on(1), on(2))
    assert counted_in(stays) == {"50": 0}, "the one that is on stays on"


def test_a_dose_that_cannot_be_made_is_said_and_not_counted() -> None:
    assert quantities(mr_morphine(30), (twice(0, 45, 30),), on(0), on(6)) is None


def test_strengths_far_too_small_for_a_dose_are_not_counted() -> None:
    tiny = product_from("morphine", "modified-release tablet", "0.001")
    assert tiny is not None

    assert quantities(tiny, TABLETS, on(0), on(6)) is None
    assert lasts(TABLETS[0].doses, 0, 27, tiny) == on(25), "by amount"


def test_a_supply_for_lower_doses_to_come_does_not_last_as_long_when_held() -> None:
    product = mr_morphine(15, 30, 60)

    # 28 days from day 0: 42 sixties, of which two a day are needed to stay on 120.
    assert lasts(TABLETS[0].doses, 0, 27, product) == on(20)
    assert lasts(TABLETS[0].doses, 0, 27) == on(25), "by amount alone"


def test_where_nothing_of_the_strength_is_left_it_ended_yesterday() -> None:
    product = mr_morphine(15, 30, 60)

    assert lasts(TABLETS[0].doses, 28, 40, product) == on(27)


def test_a_supply_that_is_over_and_a_dose_of_nothing_are_left_as_they_are() -> None:
    nothing = twice(0, 0, 0).doses

    assert lasts(TABLETS[0].doses, 28, 20) == on(20)
    assert lasts(nothing, 28, 40) == on(40)


def test_what_the_catalogue_lost_is_no_product() -> None:
    assert product_from(None, None, None) is None
    assert product_from("morphine", "tablet", "") is None
    assert product_from("morphine", "balloon", "5") is None
    assert product_from("no such drug", "tablet", "5") is None


@given(
    st.lists(st.sampled_from([0, 15, 30, 45, 60, 75, 90]), min_size=1, max_size=6).map(
        lambda doses: sorted(doses, reverse=True)
    ),
    st.integers(0, 100),
    st.integers(0, 60),
)
def test_the_units_counted_hold_exactly_the_milligrams_planned(
    doses: list[int], first: int, more: int
) -> None:
    steps = tuple(twice(14 * index, dose, dose) for index, dose in enumerate(doses))
    product = mr_morphine(15, 30, 60)

    counted = quantities(product, steps, on(first), on(first + more))

    assert counted is not None
    planned = sum(
        2 * doses[min(day // 14, len(doses) - 1)] for day in range(first, first + more + 1)
    )
    assert sum(strength * count for strength, count in counted.items()) == planned


@given(st.integers(1, 31).filter(lambda days: days > 0), st.integers(0, 60))
def test_prescriptions_leave_no_day_out_and_have_none_twice(days: int, since: int) -> None:
    found = prescriptions(mr_morphine(15, 30, 60), TABLETS, on(since), days=days)

    covered = [
        p.begins + timedelta(days=n) for p in found for n in range((p.last_day - p.begins).days + 1)
    ]
    assert covered == [on(since + n) for n in range(len(covered))]
    assert all((p.last_day - p.begins).days < days for p in found)


@pytest.mark.parametrize("held", [0, 1, 2])
def test_held_never_lasts_longer_than_the_amounts_allow(held: int) -> None:
    product = mr_morphine(15, 30, 60)

    by_units = lasts(TABLETS[held].doses, 0, 41, product)

    assert by_units <= lasts(TABLETS[held].doses, 0, 41)


def test_a_slower_plan_leaves_small_tablets_over_and_needs_more_large_ones() -> None:
    product = mr_morphine(15, 30, 60)
    slower = (twice(0, 60, 60), twice(28, 60, 45))

    # 28 days: 14 evenings of 60 in the place of 30 and 15.
    found = balance(product, TABLETS, slower, Supplied(on(0), on(27)), (), on(0))

    assert counted_in(found) == {"60": -14, "30": 14, "15": 14}
    assert balance(product, TABLETS, TABLETS, Supplied(on(0), on(27)), (), on(0)) == {}
    assert balance(product, TABLETS, slower, Supplied(on(0), on(27)), (), on(28)) == {}, (
        "the supply is over"
    )
    assert balance(mr_morphine(60), TABLETS, slower, Supplied(on(0), on(27)), (), on(0)) is None


def test_before_the_plan_starts_it_needs_nothing() -> None:
    assert counted_in(quantities(mr_morphine(15, 30, 60), TABLETS, on(-5), on(-1))) == {}


def test_a_held_dose_that_nothing_makes_is_compared_by_amount() -> None:
    odd = twice(0, 61, 61).doses

    found = lasts(odd, 0, 27, mr_morphine(15, 30, 60))

    assert found == lasts(odd, 0, 27)


# --- With holds -----------------------------------------------------------------------------


def test_a_held_plan_needs_its_held_dose_and_nothing_lower() -> None:
    product, holds = mr_morphine(15, 30, 60), [Hold(on(5))]

    assert counted_in(quantities(product, TABLETS, on(20), on(33), holds)) == {"60": 28}
    (one,) = prescriptions(product, TABLETS, on(50), days=28, holds=holds)
    assert counted_in(one.quantities) == {"60": 56}
    assert one.last_day == on(77)


def test_a_plan_that_stays_on_its_last_dose_goes_on_being_prescribed() -> None:
    (one,) = prescriptions(mr_morphine(15, 30, 60), TABLETS, on(200), days=28)

    assert counted_in(one.quantities) == {"30": 56, "15": 56}


def test_what_is_there_follows_what_was_taken_under_the_hold() -> None:
    product, supplied = mr_morphine(15, 30, 60), Supplied(on(0), on(27))

    # 42 sixties, 14 of 30 and of 15; held from day 5, two sixties went on each of 20 days.
    there = stock(product, TABLETS, supplied, [Hold(on(5))], on(20))

    assert counted_in(there) == {"60": 2, "30": 14, "15": 14}
    assert lasts(TABLETS[0].doses, 20, 27, product, issued=0, holds=[Hold(on(5))]) == on(20)


def test_a_supply_that_was_issued_under_the_hold_is_counted_for_the_held_dose() -> None:
    product = mr_morphine(15, 30, 60)

    found = lasts(TABLETS[0].doses, 20, 40, product, issued=14, holds=[Hold(on(5))])

    assert found == on(40)
    assert lasts(TABLETS[0].doses, 20, 40, issued=14, holds=[Hold(on(5))]) == on(40)


def test_a_supply_that_should_have_run_out_ended_yesterday_at_the_latest() -> None:
    product = mr_morphine(15, 30, 60)

    found = lasts(TABLETS[0].doses, 25, 27, product, issued=0, holds=[Hold(on(5))])

    assert found == on(24)


def test_after_a_hold_what_is_left_counts_what_was_really_taken() -> None:
    product, supplied = mr_morphine(15, 30, 60), Supplied(on(0), on(27))
    goes_on = (twice(20, 60, 60), twice(27, 60, 45))

    found = balance(product, TABLETS, goes_on, supplied, [Hold(on(5))], on(20))

    # Two sixties are there; seven days of two and one of one need fifteen.
    assert counted_in(found) == {"60": -13, "30": 13, "15": 13}


def test_patches_of_a_held_plan_keep_the_days_on_which_they_are_changed() -> None:
    fentanyl = product_from("fentanyl", "72-hour patch", "12 25 50")
    assert fentanyl is not None
    steps = patches((1, "50"), (15, "25"))  # changed on days 3, 6, 9, 12, 15 ...

    counted = quantities(fentanyl, steps, on(1), on(2), [Hold(on(2))])
    both = quantities(fentanyl, steps, on(1), on(3), [Hold(on(2))])

    assert (counted_in(counted), counted_in(both)) == ({"50": 0}, {"50": 1})


def test_no_prescription_goes_beyond_the_day_from_which_another_version_counts() -> None:
    product = mr_morphine(15, 30, 60)

    first, second = prescriptions(product, TABLETS, on(0), days=28, until=on(40))

    assert (first.last_day, second.last_day) == (on(27), on(39))
    assert prescriptions(product, TABLETS, on(40), days=28, until=on(40)) == []
