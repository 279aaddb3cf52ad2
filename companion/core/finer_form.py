"""What is taken now, written in a finer form of the same drug: the same amount, to the last mg.

The only sum is through what one unit of each form holds of the drug. Nothing is rounded, no
time of day changes, and nothing here goes from one drug to another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from companion.core.dispensing import SMALLEST, TooFineError
from companion.core.doses import DayDoses, plain
from companion.core.medicines import MEASURES, Drug, Form, Kind
from companion.core.product import Product

MOST_PATCHES = 2
"""Rule C-19: more than so many patches at once are not offered."""


class NotOffered(StrEnum):
    """Why a finer form cannot take the place of another as it is taken."""

    OTHER_TIMES = "other times"
    """It lasts longer or shorter, and is taken at other times of day. Rule C-19."""
    NOT_EXACT = "not exact"
    MANY_PATCHES = "many patches"


@dataclass(frozen=True, slots=True)
class Moved:
    """What is taken in the finer form: the same amount of the drug at the same times of day."""

    product: Product
    doses: DayDoses


def moved(drug: Drug, form: Form, doses: DayDoses, finer: Form) -> Moved | NotOffered:
    """Return *doses* of *form* in whole units of *finer*, both forms of *drug*, or why not."""
    if finer.doses_a_day != form.doses_a_day:
        return NotOffered.OTHER_TIMES
    if finer.paracetamol_mg:  # more tablets of less opioid hold more of it
        return NotOffered.NOT_EXACT
    amounts = {time: in_units_of(finer, form, amount) for time, amount in doses.amounts.items()}
    exact = {time: amount for time, amount in amounts.items() if amount is not None}
    if len(exact) < len(amounts):
        return NotOffered.NOT_EXACT
    return _made(drug, finer, DayDoses(finer.unit, exact))


def in_units_of(finer: Form, form: Form, amount: Decimal) -> Decimal | None:
    """Return *amount* of *form* in the unit of *finer*; None where that needs rounding."""
    held = amount * form.mg_per_unit
    units = (held / finer.mg_per_unit).quantize(SMALLEST)
    return Decimal(plain(units)) if units * finer.mg_per_unit == held else None


def _made(drug: Drug, finer: Form, doses: DayDoses) -> Moved | NotOffered:
    for strengths in _strengths_of(finer):
        product = Product(drug, finer, strengths)
        units = _units_a_day(product, doses)
        if units is None:
            continue
        is_patch = finer.kind is Kind.PATCH
        return (
            NotOffered.MANY_PATCHES if is_patch and units > MOST_PATCHES else Moved(product, doses)
        )
    return NotOffered.NOT_EXACT


def _units_a_day(product: Product, doses: DayDoses) -> int | None:
    """Return how many units make the day; None where whole ones do not make each dose."""
    try:
        dispenser = product.dispenser([doses])
    except TooFineError:
        return None
    units = [dispenser.units_of(amount) for amount in doses.amounts.values()]
    made = [sum(each.values()) for each in units if each is not None]
    return sum(made) if len(made) == len(units) else None


def _strengths_of(form: Form) -> Sequence[tuple[Decimal, ...]]:
    """Return what *form* may be made of: of a liquid the coarser measure comes first."""
    if form.kind is Kind.LIQUID:
        return [(measure,) for measure in MEASURES]
    return [form.strengths]
