"""A finer form of the same drug: the same milligrams a day in whole units, or nothing at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.finer_form import MOST_PATCHES, Moved, NotOffered, in_units_of, moved
from companion.core.medicines import CATALOGUE, Drug, Form, Kind, form_named

D = Decimal
PAIRS = [(drug, form, other) for drug in CATALOGUE for form in drug.forms for other in drug.forms]
BY_MOUTH = [time for time in TimeOfDay if time not in {TimeOfDay.PATCH, TimeOfDay.DAILY}]


def doses_of(form: Form, *amounts: str) -> DayDoses:
    times = [TimeOfDay.PATCH] if form.kind is Kind.PATCH else BY_MOUTH
    return DayDoses(form.unit, dict(zip(times, map(D, amounts), strict=False)))


def move(drug: str, form: str, finer: str, *amounts: str) -> Moved | NotOffered:
    old, new = form_named(drug, form), form_named(drug, finer)
    assert old is not None
    assert new is not None
    return moved(old[0], old[1], doses_of(old[1], *amounts), new[1])


@pytest.mark.parametrize(
    ("drug", "form", "finer", "amounts", "after"),
    [
        ("oxycodone", "tablet", "oral solution 5 mg/5 ml", ("10", "5"), ("10", "5")),
        ("morphine", "tablet", "oral solution 10 mg/5 ml", ("10", "50"), ("5", "25")),
        ("codeine", "tablet", "oral solution 25 mg/5 ml", ("60", "0", "15"), ("12", "0", "3")),
        ("morphine", "oral solution 20 mg/ml", "oral solution 10 mg/5 ml", ("1.5",), ("15",)),
        ("oxycodone with naloxone", "modified-release tablet 20/10",
         "modified-release tablet 5/2.5", ("1", "2"), ("4", "8")),
        ("morphine", "modified-release capsule", "modified-release tablet", ("90",), ("90",)),
        ("buprenorphine", "96-hour patch", "7-day patch", ("35",), ("35",)),
    ],
)  # fmt: skip
def test_the_same_milligrams_are_taken_at_the_same_times(
    drug: str, form: str, finer: str, amounts: tuple[str, ...], after: tuple[str, ...]
) -> None:
    found = move(drug, form, finer, *amounts)

    assert isinstance(found, Moved)
    assert found.doses == doses_of(found.product.form, *after)


@pytest.mark.parametrize(
    ("drug", "form", "finer", "amounts", "why"),
    [
        ("oxycodone", "modified-release tablet", "oral solution 5 mg/5 ml", ("10", "10"),
         NotOffered.OTHER_TIMES),
        ("morphine", "24-hour capsule", "modified-release tablet", ("60",),
         NotOffered.OTHER_TIMES),
        ("dihydrocodeine", "tablet", "modified-release tablet", ("60",), NotOffered.OTHER_TIMES),
        ("tapentadol", "tablet", "oral solution 20 mg/ml", ("75",), NotOffered.NOT_EXACT),
        ("morphine", "tablet", "orodispersible tablet", ("0.3",), NotOffered.NOT_EXACT),
        ("codeine", "tablet", "oral solution 25 mg/5 ml", ("0.003",), NotOffered.NOT_EXACT),
        ("oxycodone", "tablet", "oral solution 5 mg/5 ml", ("2501",), NotOffered.NOT_EXACT),
        ("co-codamol", "tablet 30/500", "tablet 15/500", ("1",), NotOffered.NOT_EXACT),
        ("buprenorphine", "96-hour patch", "7-day patch", ("52.5",), NotOffered.NOT_EXACT),
        ("buprenorphine", "96-hour patch", "7-day patch", ("70",), NotOffered.MANY_PATCHES),
    ],
)  # fmt: skip
def test_what_cannot_be_the_same_is_not_offered(
    drug: str, form: str, finer: str, amounts: tuple[str, ...], why: NotOffered
) -> None:
    assert move(drug, form, finer, *amounts) is why


def test_a_liquid_is_measured_in_tenths_only_where_halves_do_not_do() -> None:
    halves = move("tramadol", "capsule", "oral solution 50 mg/5 ml", "50")
    tenths = move("morphine", "orodispersible tablet", "oral solution 20 mg/ml", "2", "6")

    assert isinstance(halves, Moved)
    assert isinstance(tenths, Moved)
    assert halves.product.strengths_text == "0.5"
    assert tenths.product.strengths_text == "0.1"


@given(st.sampled_from(PAIRS), st.data())
def test_whatever_is_offered_holds_the_same_of_the_drug_at_each_time_in_whole_units(
    pair: tuple[Drug, Form, Form], data: st.DataObject
) -> None:
    drug, form, finer = pair
    counts = data.draw(st.lists(st.integers(0, 12), min_size=1, max_size=4))
    amounts = [str(min(form.strengths) * count) for count in counts]
    taken = doses_of(form, *amounts)

    found = moved(drug, form, taken, finer)

    if isinstance(found, Moved):
        assert found.product.drug is drug
        assert found.doses.unit is found.product.form.unit is finer.unit
        assert found.doses.amounts.keys() == taken.amounts.keys()
        dispenser = found.product.dispenser([found.doses])
        for time, amount in taken.amounts.items():
            after = found.doses.at(time)
            assert after * finer.mg_per_unit == amount * form.mg_per_unit
            units = dispenser.units_of(after)
            assert units is not None
            assert sum(strength * count for strength, count in units.items()) == after
            assert form.kind is not Kind.PATCH or sum(units.values()) <= MOST_PATCHES


@given(st.sampled_from(PAIRS), st.decimals("0", "1000", places=3))
def test_an_amount_that_went_there_and_back_is_the_same(
    pair: tuple[Drug, Form, Form], amount: Decimal
) -> None:
    _drug, form, finer = pair

    there = in_units_of(finer, form, amount)

    assert there is None or in_units_of(form, finer, there) == amount


def test_a_patch_is_never_written_in_mg_nor_a_tablet_as_a_rate() -> None:
    for drug, form, other in PAIRS:
        is_rate = {one.unit is DoseUnit.MICROGRAM_PER_HOUR for one in (form, other)}
        assert len(is_rate) == 1, f"{drug.name} has both: a move between them must be refused"
