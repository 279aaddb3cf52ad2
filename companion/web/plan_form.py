"""What a pharmacist enters about a plan: which medicine, what is taken now, and the pace."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from companion.core.dispensing import MOST_STRENGTHS
from companion.core.doses import (
    DayDoses,
    DoseError,
    DoseUnit,
    TimeOfDay,
    parse_amount,
    plain,
)
from companion.core.drafting import (
    Basis,
    Cut,
    Draft,
    Every,
    Pace,
    Period,
    SlowDown,
    usual_order,
)
from companion.core.medicines import CATALOGUE, Drug, Form, drug_named, meant_by
from companion.core.paces import NamedPace
from companion.core.product import Product
from companion.core.taper import PlanError, check_most
from companion.core.working import WorkingTime, is_weekend
from companion.store.plans import PlanVersion
from companion.web import showing
from companion.web.forms import DayField, choices, required
from companion.web.forms import Form as WebForm
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

BETWEEN = "|"
"""Parts drug and form in the value of a choice; no name holds it."""
LONGEST_NUMBER = 4
KEPT = (
    "product",
    "strengths",
    "medicine",
    "unit",
    "goal",
    "prescriber",
    "pace_cut",
    "pace_basis",
    "pace_every_days",
    "pace_period",
    "counted_from",
    "slow_below",
    "slow_cut",
    "slow_basis",
    "slow_every",
    "slow_period",
    "avoid_weekends",
    "avoid_holidays",
)
"""What the next version is written from. Doses are not: they come from the agreed plan."""
CUTS = ("pace", "slow")
EVERY_OF = {"pace": "pace_every_days", "slow": "slow_every"}
"""Which field holds the number of days, weeks or months of a pace."""


def value_of(drug: Drug, form: Form) -> str:
    """Return how a form of the catalogue stands in the list of medicines."""
    return f"{drug.name}{BETWEEN}{form.name}"


class PlanForm(WebForm):
    """What is taken now, where to, and at what pace."""

    product = SelectField(_l("Medicine and form"), validate_choice=False)
    strengths = StringField(_l("Strengths that the patient can get"))
    medicine = StringField(_l("Another medicine"))
    unit = SelectField(_l("Unit"))
    morning = StringField(_l("Morning"))
    midday = StringField(_l("Midday"))
    evening = StringField(_l("Evening"))
    night = StringField(_l("Night"))
    daily = StringField(_l("Whole day, if only that is known"))
    patch = StringField(_l("Patch"))
    starts_on = DayField(_l("The plan starts on"))
    goal = StringField(_l("Goal: total a day"), default="0")
    goal_words = TextAreaField(_l("What the patient hopes for, in their own words"))
    prescriber = StringField(
        _l("Responsible prescriber"), validators=[required(_l("Enter the prescriber"))]
    )
    pace_cut = StringField(_l("Reduce by"))
    pace_basis = SelectField(_l("Counted in"), validate_choice=False)
    pace_every_days = StringField(_l("Every how many"))
    pace_period = SelectField(_l("Days, weeks or months"), validate_choice=False)
    counted_from = StringField(_l("Percentages of the start are counted from"))
    counted_in = HiddenField()
    """What *counted_from* came filled in as, and of which medicine and unit it is."""
    slow_below = StringField(_l("Slow down once this percentage of the start is left"))
    slow_cut = StringField(_l("Then reduce by"))
    slow_basis = SelectField(_l("Then counted in"), validate_choice=False)
    slow_every = StringField(_l("Then every how many"))
    slow_period = SelectField(_l("Then days, weeks or months"), validate_choice=False)
    first_cut_on = DayField(_l("First reduction on"), optional=True)
    avoid_weekends = BooleanField(_l("No reduction begins at a weekend"))
    avoid_holidays = BooleanField(_l("Nor on a bank holiday"))
    avoid_days = StringField(_l("Nor on these days"))
    review_on = DayField(_l("Next review on"), optional=True)
    based_on = HiddenField()
    reasons = TextAreaField(_l("Why this plan all the same"))

    def set_choices(
        self, work: WorkingTime, hidden: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        """Offer medicines, units and paces in words.

        *work* knows the bank holidays; *hidden* is what the organisation does not stock, but
        what was chosen already stays.
        """
        self.work = work
        self.unit.choices = choices(*((unit.value, showing.unit(unit)) for unit in DoseUnit))
        self.product.choices = choices(
            ("", _("Another medicine, named below")),
            *(
                (value_of(drug, form), f"{drug.name}, {form.name}")
                for drug in CATALOGUE
                for form in drug.forms
                if (drug.name, form.name) not in hidden or self.product.data == value_of(drug, form)
            ),
        )
        self.pace_basis.choices = self.slow_basis.choices = choices(
            (Basis.AMOUNT, _("the unit of the dose, off the day's total")),
            (Basis.START, _("percent of what is taken at the start")),
            (Basis.CURRENT, _("percent of what is taken before each reduction")),
        )
        self.pace_period.choices = self.slow_period.choices = choices(
            (Period.DAYS, _("days")), (Period.WEEKS, _("weeks")), (Period.MONTHS, _("months"))
        )
        chosen = self._chosen()
        if chosen is not None:
            self.unit.data = chosen[1].unit.value  # the catalogue knows it

    def offers(self, product: str) -> bool:
        """Tell whether a medicine stands in the list: what is not stocked does not."""
        return any(choice.value == product for choice in self.product.choices)

    def written_as(self) -> str:
        """Return what the next version is written from, as JSON."""
        return json.dumps({name: self._fields[name].data or "" for name in KEPT})

    def use(self, named: NamedPace) -> None:
        """Fill in a pace that guidance names; all else stays as it was typed."""
        slow = named.slow_down
        self._fill("pace", named.pace)
        self._fill("slow", None if slow is None else slow.pace)
        self.slow_below.data = "" if slow is None else plain(slow.below_percent_of_start)

    def _fill(self, which: str, pace: Pace | None) -> None:
        values = ("", Basis.AMOUNT.value, "", Period.DAYS.value)
        if pace is not None:
            cut, every = pace.cut, pace.every
            values = (plain(cut.size), cut.basis.value, str(every.number), every.period.value)
        names = (f"{which}_cut", f"{which}_basis", EVERY_OF[which], f"{which}_period")
        for name, value in zip(names, values, strict=True):
            self._fields[name].data = value

    def validate_medicine(self, field: StringField) -> None:
        """Ask for a name where no medicine is chosen."""
        if self._chosen() is None and not (field.data or "").strip():
            raise ValidationError(_("Choose the medicine, or enter its name"))

    def named(self) -> str:
        """Return the medicine's name as the plan shows it."""
        chosen = self._chosen()
        if chosen is not None:
            return f"{chosen[0].name} {chosen[1].name}"
        return (self.medicine.data or "").strip()

    def drug_name(self) -> str | None:
        """Return the drug of the catalogue that was chosen, or None."""
        found = self._chosen()
        return None if found is None else found[0].name

    def _chosen(self) -> tuple[Drug, Form] | None:
        name, _bar, form_name = (self.product.data or "").partition(BETWEEN)
        drug = drug_named(name)
        form = None if drug is None else drug.form(form_name)
        return None if drug is None or form is None else (drug, form)

    def chosen(self) -> Product | None:
        """Return what was chosen from the catalogue, or None for another medicine.

        Raises:
            PlanError: a strength is no amount.
        """
        found = self._chosen()
        if found is None:
            return None
        drug, form = found
        return Product(drug, form, self.strengths_typed() or form.strengths)

    def strengths_typed(self) -> tuple[Decimal, ...]:
        """Return the strengths that were typed, none where none were.

        Raises:
            PlanError: one is no amount, or there are too many.
        """
        texts = (self.strengths.data or "").replace(",", " ").split()
        try:
            strengths = tuple(parse_amount(text) for text in texts)
        except DoseError as error:
            raise PlanError("strengths", _("Enter strengths like 5, 10, 15")) from error
        if len(strengths) > MOST_STRENGTHS:
            raise PlanError("strengths", _("No medicine has so many strengths"))
        if any(strength == 0 for strength in strengths):
            raise PlanError("strengths", _("A strength is more than 0"))
        return strengths

    def amount(self, name: str) -> Decimal:
        """Return an amount that was typed, 0 for nothing.

        Raises:
            PlanError: it is no amount; the field is named.
        """
        text = (self._fields[name].data or "").strip()
        try:
            return parse_amount(text) if text else Decimal(0)
        except DoseError as error:
            raise PlanError(name, str(error)) from error

    def current(self) -> DayDoses:
        """Return what is taken now.

        Raises:
            PlanError: an amount cannot stand, or nothing is taken, or more than anybody takes; the
                field is named.
        """
        found = self._chosen()
        amounts = {t: self.amount(t.value) for t in TimeOfDay if self._fields[t.value].data}
        if found is not None:
            amounts = {t: meant_by(found[0], amount) for t, amount in amounts.items()}
        try:
            doses = DayDoses(DoseUnit(self.unit.data), amounts)
        except DoseError as error:
            raise PlanError(min(amounts, default=TimeOfDay.MORNING).value, str(error)) from error
        if doses.total <= 0:
            raise PlanError("morning", _("Enter what is taken now"))
        check_most(doses)
        return doses

    def days_to_avoid(self) -> Callable[[date], bool] | None:
        """Return what tells days on which no reduction begins; None where any day will do.

        Raises:
            PlanError: a day that was typed is none.
        """
        named = self._avoided_days()
        weekends, holidays = bool(self.avoid_weekends.data), bool(self.avoid_holidays.data)
        if not (named or weekends or holidays):
            return None

        def is_avoided(day: date) -> bool:
            at_weekend = is_weekend(day)
            on_holiday = not at_weekend and not self.work.is_working_day(day)
            return day in named or (weekends and at_weekend) or (holidays and on_holiday)

        return is_avoided

    def _avoided_days(self) -> frozenset[date]:
        texts = [text for text in (self.avoid_days.data or "").split(",") if text.strip()]
        try:
            return frozenset(read_day(text) for text in texts)
        except ValueError as error:
            raise PlanError("avoid_days", _("Enter days like 24 12 2026, 31 12 2026")) from error

    def use_cut(self, amount: str) -> None:
        """Take an even cut in the place of a percentage."""
        self.pace_cut.data, self.pace_basis.data = amount, Basis.AMOUNT.value

    def beside_the_doses(self) -> dict[str, Decimal]:
        """Return, by field, the other amounts that were typed in the unit of the medicine.

        Raises:
            PlanError: one cannot stand; the field is named.
        """
        self.start_of_percentages()
        cuts = [cut for cut in CUTS if self.basis_of(cut) is Basis.AMOUNT]
        names = ("goal", "counted_from", *(f"{cut}_cut" for cut in cuts))
        return {name: self.amount(name) for name in names if self._fields[name].data}

    def move_to(self, product: Product, doses: DayDoses, others: Mapping[str, Decimal]) -> None:
        """Fill in another form of the drug: *doses* and, by field, *others* in its unit."""
        form = product.form
        self.product.data, self.unit.data = value_of(product.drug, form), form.unit.value
        self.strengths.data = "" if product.strengths == form.strengths else product.strengths_text
        amounts = {time.value: amount for time, amount in doses.amounts.items()} | dict(others)
        for name, amount in amounts.items():
            self._fields[name].data = plain(amount)
        self.counted_in.data = f"{self.counted_from.data} {self._counted_medicine()}"

    def first_day(self) -> date:
        """Return the day on which the plan starts, of a form that was checked."""
        starts_on = self.starts_on.data
        assert isinstance(starts_on, date)  # validated
        return starts_on

    def draft(self, product: Product | None, current: DayDoses) -> Draft:
        """Return what the pace asks for from *current* on.

        Raises:
            PlanError: the pace cannot stand; the field is named.
        """
        starts_on, first_cut_on = self.first_day(), self.first_cut_on.data
        if first_cut_on is not None and first_cut_on <= starts_on:
            raise PlanError("first_cut_on", _("The first reduction must be after the plan starts"))
        return Draft(
            current=current,
            starts_on=starts_on,
            pace=self._pace("pace"),
            cut_order=usual_order(current),
            goal=self._goal(product),
            slow_down=self._slow_down(),
            first_cut_on=first_cut_on,
            change_days=None if product is None else product.form.change_days,
            counted_from=self.start_of_percentages(),
        )

    def start_of_percentages(self) -> Decimal | None:
        """Return what percentages of the start are counted from, None for what is taken now.

        Raises:
            PlanError: it is no amount, or was filled in for another medicine or unit.
        """
        amount = self.amount("counted_from") or None
        filled, _space, medicine = (self.counted_in.data or "").partition(" ")
        if amount and plain(amount) == filled and medicine != self._counted_medicine():
            raise PlanError(
                "counted_from", _("This is of another medicine: enter it anew, or leave it empty")
            )
        return amount

    def _counted_medicine(self) -> str:
        return f"{self.product.data or self.medicine.data} {self.unit.data}"

    def _goal(self, product: Product | None) -> Decimal:
        goal = self.amount("goal")
        return goal if product is None else meant_by(product.drug, goal)

    def _slow_down(self) -> SlowDown | None:
        if not self.slow_below.data:
            return None
        below = self.amount("slow_below")
        if not 0 < below <= 100:
            raise PlanError("slow_below", _("Enter a percentage above 0 and at most 100"))
        return SlowDown(below, self._pace("slow"))

    def basis_of(self, which: str) -> Basis:
        """Return what the cuts of a pace are measured by: ``pace``, or ``slow`` for the slower one."""
        text = self._fields[f"{which}_basis"].data
        return Basis(text) if text in set(Basis) else Basis.AMOUNT

    def has_pace(self) -> bool:
        """Tell whether a pace was typed; without one the steps are typed."""
        return bool(self.pace_cut.data or self.pace_every_days.data)

    def _pace(self, which: str) -> Pace:
        cut, every = f"{which}_cut", EVERY_OF[which]
        size, basis = self.amount(cut), self.basis_of(which)
        if size <= 0:
            raise PlanError(cut, _("Enter how much to reduce by, more than 0"))
        if basis is not Basis.AMOUNT and size > 100:
            raise PlanError(cut, _("Enter a percentage above 0 and at most 100"))
        period = _period(self._fields[f"{which}_period"].data)
        return Pace(Cut(size, basis), Every(self._number(every), period))

    def _number(self, name: str) -> int:
        text = (self._fields[name].data or "").strip()
        if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_NUMBER or int(text) == 0:
            raise PlanError(name, _("Enter a whole number, like 14"))
        return int(text)


def written_from(version: PlanVersion | None, taken: DayDoses | None) -> dict[str, object]:
    """Return what the form begins with: what *version* was written as, and what is *taken* now."""
    if version is None:
        return {}
    kept = json.loads(version.written_as) if version.written_as else {}
    found: dict[str, object] = {name: kept[name] for name in KEPT if name in kept}
    found |= {"prescriber": version.prescriber, "review_on": version.review_on}
    if not found.get("product"):
        found |= {"medicine": version.medicine, "unit": version.unit.value}
    if taken is not None:
        found |= {time.value: plain(amount) for time, amount in taken.amounts.items()}
    return found


def read_day(text: str) -> date:
    """Return the day that somebody typed as ``24 12 2026``, ``24/12/2026`` or ``24.12.2026``.

    Raises:
        ValueError: it is none.
    """
    try:
        day, month, year = map(int, text.replace("/", " ").replace(".", " ").split())
        return date(year, month, day)
    except OverflowError as error:
        raise ValueError(text) from error


def _period(text: str | None) -> Period:
    return Period(text) if text in set(Period) else Period.DAYS
