"""Even cuts beside a percentage, and a finer form of the same drug."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.dispensing import Dispenser, whole_step
from companion.core.even_cuts import EvenCut, even_cuts
from companion.core.medicines import CATALOGUE, Kind, drug_named

D = Decimal


def test_codeine_at_ten_percent_of_240_mg() -> None:
    assert even_cuts(D(240), D(10), [D(15), D(30), D(60)]) == (
        EvenCut(D(15), D("6.3")),
        EvenCut(D(30), D("12.5")),
    )


def test_what_is_even_already_needs_no_choice() -> None:
    assert even_cuts(D(300), D(10), [D(15), D(30), D(60)]) == ()


def test_the_only_even_cut_may_be_the_larger_one() -> None:
    assert even_cuts(D(120), D(10), [D(30), D(60)]) == (EvenCut(D(30), D("25.0")),)


def test_nothing_even_is_left_below_one_tablet() -> None:
    assert even_cuts(D(30), D(10), [D(30)]) == ()


@given(
    st.sets(st.sampled_from([5, 10, 15, 20, 25, 30, 40, 50, 60, 100]), min_size=1, max_size=4),
    st.integers(1, 40),
    st.integers(1, 50),
)
def test_even_cuts_stand_on_both_sides_of_what_was_asked(
    strengths: set[int], units: int, asked: int
) -> None:
    sizes = [D(size) for size in strengths]
    start = whole_step(sizes) * units

    found = even_cuts(start, D(asked), sizes)

    wanted = start * asked / 100
    assert all(cut.amount % whole_step(sizes) == 0 for cut in found)
    assert all(abs(cut.amount - wanted) < whole_step(sizes) for cut in found)
    assert len([cut for cut in found if cut.amount < wanted]) <= 1
    assert all(cut.amount < start for cut in found)


@pytest.mark.parametrize(
    ("drug", "form", "finer"),
    [
        ("oxycodone", "modified-release tablet", "oral solution 5 mg/5 ml"),
        ("morphine", "modified-release capsule", "modified-release tablet"),
        ("morphine", "oral solution 10 mg/5 ml", None),
        ("codeine", "tablet", "oral solution 25 mg/5 ml"),
        ("fentanyl", "72-hour patch", None),
        ("buprenorphine", "96-hour patch", "7-day patch"),
    ],
)
def test_a_finer_form_of_the_same_drug_is_named(drug: str, form: str, finer: str | None) -> None:
    found = drug_named(drug)
    assert found is not None
    coarse = found.form(form)
    assert coarse is not None

    named = found.finer_than(coarse)

    assert (named.name if named else None) == finer


def test_a_finer_form_is_finer_and_never_a_patch_for_a_tablet() -> None:
    for drug in CATALOGUE:
        for form in drug.forms:
            finer = drug.finer_than(form)
            if finer is not None:
                assert finer.smallest_mg < form.smallest_mg
                assert (finer.kind is Kind.PATCH) is (form.kind is Kind.PATCH)
                assert not finer.paracetamol_mg


@pytest.mark.parametrize("strengths", [["5", "10"], ["15", "30", "60"], ["12.5", "25"], ["0.5"]])
def test_every_dose_is_whole_steps(strengths: list[str]) -> None:
    sizes = [D(strength) for strength in strengths]
    dispenser = Dispenser(sizes, D(200))
    amount = dispenser.next_below(D(200))
    while amount > 0:
        assert amount % whole_step(sizes) == 0
        amount = dispenser.next_below(amount)
