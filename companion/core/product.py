"""One form of one drug in the strengths that one patient can get, and what doses it makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from companion.core.dispensing import Dispenser, dispenser_for
from companion.core.doses import DayDoses, parse_amount, plain
from companion.core.medicines import Drug, Form, form_named, meant_by


@dataclass(frozen=True, slots=True)
class Product:
    """What a plan is made of. *strengths* are as they stand on the box."""

    drug: Drug
    form: Form
    strengths: tuple[Decimal, ...]

    def dispenser(self, days: Sequence[DayDoses]) -> Dispenser:
        """Return what makes the doses of *days*, of which the first is what is taken now.

        Raises:
            TooFineError: the strengths are too small for such a dose.
        """
        amounts = [amount for doses in days for amount in doses.amounts.values()]
        sizes = [meant_by(self.drug, strength) for strength in self.strengths]
        is_patch = self.form.change_days is not None
        return dispenser_for(sizes, days[0].total, max(amounts), is_patch=is_patch)

    @property
    def strengths_text(self) -> str:
        """The strengths as they are kept: ``5 10 15``."""
        return " ".join(plain(strength) for strength in self.strengths)


def is_as_strong(one: Product | None, other: Product | None) -> bool:
    """Tell whether one unit of both holds as much of the drug, so that amounts compare as written.

    A tablet of 10/5 is not one of 20/10, and a ml of one solution not a ml of another. What is
    not in the catalogue is taken to be what it is counted in.
    """
    return _held_by(one) == _held_by(other)


def _held_by(product: Product | None) -> Decimal:
    return Decimal(1) if product is None else product.form.mg_per_unit


def product_from(drug: str | None, form: str | None, strengths: str | None) -> Product | None:
    """Return the product that was kept under these names; None where the catalogue lost it."""
    found = form_named(drug or "", form or "")
    if found is None or not strengths:
        return None
    return Product(*found, tuple(parse_amount(text) for text in strengths.split()))
