"""The opioids that the service knows: forms, strengths and intervals, each with its source.

Strengths are those of the NHS dm+d codelists in opensafely/opioids-covid-research (October
2024), the licensed core set: some brands are discontinued, specials are left out. What a
patient can really get is the pharmacist's to say.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from companion.core.doses import DoseUnit, plain

SOURCE = "NHS dm+d codelists in opensafely/opioids-covid-research"
CHECKED_ON = date(2024, 10, 1)
"""As given by the source: the month of its codelists."""

PARACETAMOL_MOST_MG = Decimal(4000)
"""Rule PLAN-04: paracetamol a day, in mg, for an adult (BNF)."""


class Kind(StrEnum):
    """What decides how a form may be taken."""

    PLAIN = "plain"
    MODIFIED_RELEASE = "modified release"
    LIQUID = "liquid"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one drug, as the catalogue names it.

    *strengths* are in *unit*; for a liquid they are the volumes that can be measured, for a
    product counted whole there is one, 1. *mg_per_unit* is how much of the opioid one unit
    holds: 1 for a dose in mg, the concentration for a liquid. *doses_a_day* is how often at
    most a form with modified release is taken, *change_days* how long a patch stays on.
    """

    name: str
    kind: Kind
    unit: DoseUnit
    strengths: tuple[Decimal, ...]
    mg_per_unit: Decimal = Decimal(1)
    paracetamol_mg: Decimal = Decimal(0)
    doses_a_day: int | None = None
    change_days: int | None = None

    @property
    def is_counted(self) -> bool:
        """Whether patients count it: tablets and capsules, not patches or spoons."""
        return self.kind in {Kind.PLAIN, Kind.MODIFIED_RELEASE}

    @property
    def smallest_mg(self) -> Decimal:
        """The least of the opioid that one unit, or one measure, holds."""
        return min(self.strengths) * self.mg_per_unit


@dataclass(frozen=True, slots=True)
class Drug:
    """One opioid. *specialist* is set where only a specialist may plan a reduction."""

    name: str
    forms: tuple[Form, ...]
    specialist: bool = False

    def finer_than(self, form: Form) -> Form | None:
        """Return a form of this drug in smaller steps than *form*, or None.

        One of the same kind comes first, then a liquid. A patch has no finer form but a patch,
        and nothing with paracetamol is finer than what has none.
        """
        finer = [
            other
            for other in self.forms
            if other.smallest_mg < form.smallest_mg
            and (other.kind is Kind.PATCH) is (form.kind is Kind.PATCH)
            and not other.paracetamol_mg
        ]
        by_kind = {kind: [one for one in finer if one.kind is kind] for kind in Kind}
        return next(iter((*by_kind[form.kind], *by_kind[Kind.LIQUID], *finer)), None)

    @property
    def snomed(self) -> str | None:
        """The SNOMED CT code of the substance; None for what holds two."""
        return SNOMED.get(self.name)

    def form(self, name: str) -> Form | None:
        """Return the form of that name, or None."""
        return next((form for form in self.forms if form.name == name), None)


def form_named(drug: str, form: str) -> tuple[Drug, Form] | None:
    """Return the drug and its form of those names, or None where the catalogue lacks one."""
    found = drug_named(drug)
    made = None if found is None else found.form(form)
    return None if found is None or made is None else (found, made)


SNOMED = {
    "morphine": "373529000",
    "oxycodone": "55452001",
    "codeine": "387494007",
    "dihydrocodeine": "387322000",
    "tramadol": "386858008",
    "tapentadol": "441757005",
    "hydromorphone": "44508008",
    "methadone": "387286002",
    "buprenorphine": "387173000",
    "fentanyl": "373492002",
}
"""SNOMED CT codes of substances. Read in OpenPrescribing's measures (buprenorphine, fentanyl,
hydromorphone, tapentadol) and in public FHIR mappings of allergies and medication (the rest);
not looked up in the SNOMED browser: confirm before a machine relies on them."""


def drug_named(name: str) -> Drug | None:
    """Return the drug of that name, or None."""
    return next((drug for drug in CATALOGUE if drug.name == name), None)


MEASURES = (Decimal("0.5"), Decimal("0.1"))
"""Volumes in ml that an oral syringe can measure; the first is used unless another is named."""
FENTANYL_TWELVE, FENTANYL_TWELVE_MEANT = Decimal(12), Decimal("12.5")
"""A fentanyl patch labelled 12 gives 12.5 microgram an hour."""


def meant_by(drug: Drug, amount: Decimal) -> Decimal:
    """Return what a written amount means: a fentanyl patch of 12 is one of 12.5."""
    is_twelve = drug.name == "fentanyl" and amount == FENTANYL_TWELVE
    return FENTANYL_TWELVE_MEANT if is_twelve else amount


def labelled(drug_name: str | None, amount: Decimal) -> str:
    """Write an amount as the label does: a single fentanyl patch of 12.5 says 12."""
    is_twelve = drug_name == "fentanyl" and amount == FENTANYL_TWELVE_MEANT
    return plain(FENTANYL_TWELVE if is_twelve else amount)


def _strengths(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(strength) for strength in text.split())


def _plain(name: str, strengths: str) -> Form:
    return Form(name, Kind.PLAIN, DoseUnit.MILLIGRAM, _strengths(strengths))


def _slow(name: str, strengths: str, *, a_day: int = 2) -> Form:
    unit = DoseUnit.MILLIGRAM
    kind = Kind.MODIFIED_RELEASE
    return Form(name, kind, unit, _strengths(strengths), doses_a_day=a_day)


def _liquid(mg: str, ml: str) -> Form:
    per_ml = Decimal(mg) / Decimal(ml)
    name = f"oral solution {mg} mg/{ml} ml" if ml != "1" else f"oral solution {mg} mg/ml"
    return Form(name, Kind.LIQUID, DoseUnit.MILLILITRE, MEASURES[:1], mg_per_unit=per_ml)


def _combined(form: str, mg: str, other_mg: str, *, paracetamol: bool = True) -> Form:
    slow = form.startswith("modified")
    return Form(
        f"{form} {mg}/{other_mg}",
        Kind.MODIFIED_RELEASE if slow else Kind.PLAIN,
        DoseUnit.TABLET,
        (Decimal(1),),
        mg_per_unit=Decimal(mg),
        paracetamol_mg=Decimal(other_mg) if paracetamol else Decimal(0),
        doses_a_day=2 if slow else None,
    )


def _patch(name: str, strengths: str, days: int) -> Form:
    unit = DoseUnit.MICROGRAM_PER_HOUR
    return Form(name, Kind.PATCH, unit, _strengths(strengths), change_days=days)


CATALOGUE = (
    Drug(
        "morphine",
        (
            _plain("tablet", "10 20 50"),
            _plain("orodispersible tablet", "1 2.5 5 10 20 30"),
            _slow("modified-release tablet", "5 10 15 30 60 100 200"),
            _slow("modified-release capsule", "10 30 60 100 200"),
            _slow("24-hour capsule", "30 60 90 120 150 200", a_day=1),
            _liquid("10", "5"),
            _liquid("20", "1"),
        ),
    ),
    Drug(
        "oxycodone",
        (
            _plain("tablet", "5 10 20"),
            _plain("capsule", "5 10 20"),
            _slow("modified-release tablet", "5 10 15 20 30 40 60 80 120"),
            _liquid("5", "5"),
            _liquid("10", "1"),
        ),
    ),
    Drug(
        "oxycodone with naloxone",
        tuple(
            _combined("modified-release tablet", mg, other, paracetamol=False)
            for mg, other in (("5", "2.5"), ("10", "5"), ("20", "10"), ("40", "20"))
        ),
    ),
    Drug(
        "codeine",
        (_plain("tablet", "15 30 60"), _liquid("25", "5"), _liquid("10", "5")),
    ),
    Drug(
        "co-codamol",
        tuple(_combined("tablet", mg, "500") for mg in ("8", "12.8", "15", "30")),
    ),
    Drug(
        "dihydrocodeine",
        (
            _plain("tablet", "30 40"),
            _slow("modified-release tablet", "60 90 120"),
            _liquid("10", "5"),
        ),
    ),
    Drug("co-dydramol", tuple(_combined("tablet", mg, "500") for mg in ("10", "20", "30"))),
    Drug(
        "tramadol",
        (
            _plain("capsule", "50"),
            _slow("modified-release tablet", "50 75 100 150 200"),
            _slow("24-hour tablet", "100 150 200 300 400", a_day=1),
            _liquid("100", "1"),
            _liquid("50", "5"),
        ),
    ),
    Drug("tramadol with paracetamol", (_combined("tablet", "37.5", "325"),)),
    Drug(
        "tapentadol",
        (
            _plain("tablet", "50 75"),
            _slow("modified-release tablet", "25 50 100 150 200 250"),
            _liquid("20", "1"),
        ),
    ),
    Drug(
        "hydromorphone",
        (_plain("capsule", "1.3 2.6"), _slow("modified-release capsule", "2 4 8 16 24")),
    ),
    Drug("methadone", (_plain("tablet", "5"), _liquid("1", "1")), specialist=True),
    Drug(
        "buprenorphine",
        (
            _patch("7-day patch", "5 10 15 20", 7),
            _patch("96-hour patch", "35 52.5 70", 4),
            _patch("72-hour patch", "35 52.5 70", 3),
        ),
    ),
    Drug("fentanyl", (_patch("72-hour patch", "12 25 37.5 50 75 100", 3),)),
)
"""Every opioid of the service. Patches differ by brand in how long they stay on."""
