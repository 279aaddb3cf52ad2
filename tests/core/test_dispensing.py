"""A dose as whole units: the fewest, then the fewest strengths, then more of the largest."""

from collections import Counter
from decimal import Decimal
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.dispensing import MOST_AMOUNTS, Dispenser, TooFineError, dispenser_for
from companion.core.medicines import CATALOGUE, Drug, Form, meant_by

STRENGTHS = st.lists(
    st.sampled_from([Decimal(s) for s in ("1", "2.5", "5", "10", "15", "20", "30", "60", "100")]),
    min_size=1,
    max_size=4,
    unique=True,
)


def by_trying_all(
    strengths: list[Decimal], amount: Decimal, most: int
) -> dict[Decimal, int] | None:
    """Return the best way by trying every number of every strength."""
    sizes = sorted(strengths, reverse=True)
    ways = [
        counts
        for counts in product(range(most + 1), repeat=len(sizes))
        if sum(c * s for c, s in zip(counts, sizes, strict=True)) == amount
    ]
    if not ways:
        return None
    best = min(ways, key=lambda c: (sum(c), sum(1 for n in c if n), [-n for n in c]))
    return {size: count for size, count in zip(sizes, best, strict=True) if count}


@given(STRENGTHS, st.integers(0, 24))
def test_the_best_way_is_found_as_if_every_way_were_tried(
    strengths: list[Decimal], halves: int
) -> None:
    amount = halves * Decimal("2.5")
    most = int(amount / min(strengths))
    if most ** len(strengths) > 40_000:
        return  # trying them all would take too long

    found = Dispenser(strengths, Decimal(60)).units_of(amount)

    assert found == by_trying_all(strengths, amount, most)


@pytest.mark.parametrize(
    ("strengths", "amount", "units"),
    [
        ("60 100", "120", {"60": 2}),
        ("10 15 30 60 100", "85", {"60": 1, "15": 1, "10": 1}),
        ("5 10 15 30 60", "80", {"60": 1, "10": 2}),
        ("15 30 60 100 200", "90", {"60": 1, "30": 1}),
        ("15 30 60 100 200", "0", {}),
        ("60 100", "90", None),
        ("60 100", "0.5", None),
        ("8 16", "600", None),
    ],
)
def test_known_doses(strengths: str, amount: str, units: dict[str, int] | None) -> None:
    dispenser = Dispenser([Decimal(s) for s in strengths.split()], Decimal(200))

    found = dispenser.units_of(Decimal(amount))

    expected = None if units is None else {Decimal(s): n for s, n in units.items()}
    assert found == expected
    assert dispenser.can_make(Decimal(amount)) is (units is not None)


def test_no_more_units_than_allowed_make_a_dose() -> None:
    patches = [Decimal(p) for p in ("12.5", "25", "50")]

    assert Dispenser(patches, Decimal(100), most_units=1).units_of(Decimal("37.5")) is None
    assert Dispenser(patches, Decimal(100), most_units=2).units_of(Decimal("37.5")) == {
        Decimal(25): 1,
        Decimal("12.5"): 1,
    }


@given(STRENGTHS, st.integers(1, 160))
def test_the_next_dose_below_is_the_largest_that_can_be_made(
    strengths: list[Decimal], halves: int
) -> None:
    dispenser, amount = Dispenser(strengths, Decimal(100)), halves * Decimal("0.5")

    below = dispenser.next_below(amount)

    assert below < amount
    assert dispenser.can_make(below)
    between = [Decimal(n) / 2 for n in range(int(below * 2) + 1, int(amount * 2))]
    assert not any(dispenser.can_make(one) for one in between)


def test_strengths_that_nobody_could_mean_are_refused() -> None:
    with pytest.raises(TooFineError):
        Dispenser([Decimal("0.001")], Decimal(100))


FORMS = [(drug, form) for drug in CATALOGUE for form in drug.forms]


@pytest.mark.parametrize(("drug", "form"), FORMS, ids=lambda each: each.name)
def test_every_strength_set_of_the_catalogue_is_held_against_every_way_of_few_units(
    drug: Drug, form: Form
) -> None:
    sizes = sorted((meant_by(drug, strength) for strength in form.strengths), reverse=True)
    most = 6 if len(sizes) < 8 else 5
    best: dict[Decimal, tuple[int, int, list[int]]] = {}
    for units in range(1, most + 1):
        for way in combinations_with_replacement(sizes, units):
            counted = Counter(way)
            rank = (units, len(counted), [-counted[size] for size in sizes])
            amount = sum(way, Decimal(0))
            best[amount] = min(best.get(amount, rank), rank)
    dispenser = Dispenser(sizes, max(best))

    for amount, (_units, _kinds, counts) in best.items():
        expected = {size: -n for size, n in zip(sizes, counts, strict=True) if n}
        assert dispenser.units_of(amount) == expected


def test_nothing_above_the_largest_dose_is_made() -> None:
    dispenser = Dispenser([Decimal(10), Decimal(20)], Decimal(60))

    assert dispenser.units_of(Decimal(60)) == {Decimal(20): 3}
    assert dispenser.units_of(Decimal(70)) is None


def test_as_many_doses_as_are_allowed_are_worked_out_and_no_more() -> None:
    unit = Decimal("0.5")

    assert Dispenser([unit], unit * MOST_AMOUNTS).can_make(unit * MOST_AMOUNTS)
    with pytest.raises(TooFineError, match="these strengths are too small for such a dose"):
        Dispenser([unit], unit * (MOST_AMOUNTS + 1))


@pytest.mark.parametrize(
    ("current", "named", "made", "not_made"),
    [
        ("150", None, "125", "87.5"),  # 100 and 50 are worn: two at once, never three
        ("50", None, "25", "62"),
        ("60", None, "50", "62.5"),  # nothing makes it: one at a time
        ("50", 2, "37.5", "62"),
    ],
)
def test_no_more_patches_are_worn_than_now_unless_somebody_says_so(
    current: str, named: int | None, made: str, not_made: str
) -> None:
    sizes = [Decimal(size) for size in ("12.5", "25", "50", "100")]

    dispenser = dispenser_for(
        sizes, Decimal(current), Decimal(200), is_patch=True, patches_at_once=named
    )

    assert dispenser.can_make(Decimal(made))
    assert not dispenser.can_make(Decimal(not_made))
    two = dispenser.can_make(Decimal("37.5"))
    assert two is (current == "150" or named == 2)


def test_tablets_are_as_many_as_it_takes() -> None:
    dispenser = dispenser_for([Decimal(5)], Decimal(60), Decimal(60), is_patch=False)

    assert dispenser.units_of(Decimal(60)) == {Decimal(5): 12}


def test_a_smaller_patch_may_do_where_the_largest_would_be_too_many() -> None:
    sizes = [Decimal(size) for size in (50, 30, 5)]

    # 50 would leave 10, which is two more: three at once.
    assert Dispenser(sizes, Decimal(100), most_units=2).units_of(Decimal(60)) == {Decimal(30): 2}
