"""How much oral morphine a day's dose is like, for showing the load and for nothing else.

Nothing here turns one drug into another, and nothing may be added that does: people differ
so much that a switch by such a table can kill.
"""

from dataclasses import dataclass
from decimal import Decimal

from companion.core.medicines import Drug, Form

TABLE, VERSION = "Opioids Aware (Faculty of Pain Medicine), after the BNF", "August 2020"
"""Read in copies: askshilpa (WellBN), West Midlands Palliative Care, s40814-025-01636-2."""

FACTORS = {
    "morphine": Decimal(1),
    "oxycodone": Decimal("1.5"),
    "oxycodone with naloxone": Decimal("1.5"),
    "codeine": Decimal("0.1"),
    "co-codamol": Decimal("0.1"),
    "dihydrocodeine": Decimal("0.1"),
    "co-dydramol": Decimal("0.1"),
    "tramadol": Decimal("0.1"),
    "tramadol with paracetamol": Decimal("0.1"),
    "tapentadol": Decimal("0.4"),
    "hydromorphone": Decimal(5),
    "buprenorphine": Decimal("2.4"),
    "fentanyl": Decimal("2.4"),
}
"""mg of oral morphine for each mg of the drug; for patches, a day for each microgram an hour.
Methadone has none: what it is like depends on dose and duration."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A load from which guidance says to think again. *mg* of oral morphine a day."""

    mg: Decimal
    whose: str


THRESHOLDS = (
    Threshold(Decimal(50), "CDC 2016 and 2022"),
    Threshold(Decimal(90), "CDC 2016 and Canada 2017"),
    Threshold(Decimal(100), "NHS Somerset"),
    Threshold(Decimal(120), "Faculty of Pain Medicine, Opioids Aware"),
    Threshold(Decimal(300), "Sheffield Aches and Pains: specialist support"),
)


def factor_of(drug: Drug) -> Decimal | None:
    """Return the drug's factor, or None where the table gives none."""
    return FACTORS.get(drug.name)


def morphine_equivalent(drug: Drug, form: Form, total: Decimal) -> Decimal | None:
    """Return mg of oral morphine a day for *total* in the unit of *form*; None without a factor."""
    factor = factor_of(drug)
    return None if factor is None else total * form.mg_per_unit * factor


def passed(equivalent: Decimal) -> list[Threshold]:
    """Return the thresholds that *equivalent* reaches, lowest first."""
    return [threshold for threshold in THRESHOLDS if equivalent >= threshold.mg]
