"""A finer form of the drug beside a plan whose form is too coarse, to move to by one click."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from companion.core.finer_form import Moved, NotOffered, in_units_of, moved
from companion.core.medicines import Form
from companion.core.plan_checks import TOO_COARSE, Concern
from companion.core.product import Product
from companion.core.taper import PlanError
from companion.web import showing
from companion.web.plan_form import PlanForm, value_of
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

WHY_NOT = {
    NotOffered.OTHER_TIMES: _l(
        "It works for a longer or shorter time, so it is taken at other times of day: ask the "
        "prescriber."
    ),
    NotOffered.NOT_EXACT: _l("The same amounts cannot be made of it exactly."),
    NotOffered.MANY_PATCHES: _l("The same dose would be more than two patches at once."),
}


@dataclass(frozen=True, slots=True)
class FinerForm:
    """A finer form of the chosen drug: what is taken now in it, or *why_not*."""

    medicine: str
    moved: Moved | None
    others: dict[str, Decimal]
    """What stands beside the doses, in its unit, by field."""
    why_not: str = ""


def finer_form(form: PlanForm, concerns: Sequence[Concern]) -> FinerForm | None:
    """Return the finer form to name beside *concerns*, where one says the form is too coarse."""
    is_coarse = any(concern.rule in TOO_COARSE for concern in concerns)
    product = form.chosen() if is_coarse else None
    return None if product is None else _finer_than(product, form)


def use_finer(form: PlanForm) -> str:
    """Fill in the finer form at the same daily amount, and return what was done, in words.

    Raises:
        PlanError: there is none, or it cannot be done exactly.
    """
    product, taken = form.chosen(), form.current().total
    finer = None if product is None else _finer_than(product, form)
    if product is None or finer is None or finer.moved is None:
        why = _("There is no finer form of it.") if finer is None else finer.why_not
        raise PlanError("product", why)
    before, after = form.named(), finer.moved.doses
    form.move_to(finer.moved.product, after, finer.others)
    return _(
        "Filled in: %(new)s of %(after)s in the place of %(old)s of %(before)s, the same daily "
        "amount. Look at each dose, then show the steps.",
        new=showing.amount(after.total, after.unit),
        after=finer.medicine,
        old=showing.amount(taken, product.form.unit),
        before=before,
    )


def _finer_than(product: Product, form: PlanForm) -> FinerForm | None:
    finer = product.drug.finer_than(product.form)
    if finer is None:
        return None
    medicine = f"{product.drug.name} {finer.name}"
    if not form.offers(value_of(product.drug, finer)):
        return FinerForm(medicine, None, {}, _("It is not stocked here."))
    others = _in_units_of(finer, product.form, form.beside_the_doses())
    found = moved(product.drug, product.form, form.current(), finer)
    if others is None or not isinstance(found, Moved):
        why = found if isinstance(found, NotOffered) else NotOffered.NOT_EXACT
        return FinerForm(medicine, None, {}, str(WHY_NOT[why]))
    return FinerForm(medicine, found, others)


def _in_units_of(finer: Form, form: Form, amounts: dict[str, Decimal]) -> dict[str, Decimal] | None:
    found = {name: in_units_of(finer, form, amount) for name, amount in amounts.items()}
    exact = {name: amount for name, amount in found.items() if amount is not None}
    return exact if len(exact) == len(found) else None
