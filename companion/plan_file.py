"""``companion plan``: a taper asked for in JSON, drafted or checked, and written as JSON.

Names, units and values are promises to other programs. Amounts are strings, so that no
float ever touches a dose, and unknown keys are refused by name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from companion.core import equivalence
from companion.core.dispensing import (
    MOST_STRENGTHS,
    Dispenser,
    TooFineError,
    dispenser_for,
)
from companion.core.doses import DayDoses, DoseError, TimeOfDay, parse_amount, plain
from companion.core.drafting import (
    Basis,
    Cut,
    Draft,
    Every,
    Pace,
    Period,
    SlowDown,
    draft_steps,
    usual_order,
)
from companion.core.medicines import (
    CATALOGUE,
    Drug,
    Form,
    drug_named,
    labelled,
    meant_by,
)
from companion.core.plan_checks import Checked, concerns_of, percent
from companion.core.taper import LONGEST_DAYS, MOST_STEPS, PlanError, Step

LONGEST_INPUT = 1_000_000
"""Letters of a request that are read."""
ONLY_WITH_A_PACE = ("slow_down", "cut_order", "first_cut_on")


class Amount(fields.Field[Decimal]):
    """A plain decimal string, such as ``"7.5"``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if not isinstance(value, str):
            raise ValidationError('give the amount as a string, like "7.5"')
        try:
            return parse_amount(value)
        except DoseError as error:
            raise ValidationError('not a plain decimal, like "7.5"') from error


class Day(fields.Field[date]):
    """A day as ``2027-01-04``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError("not a day of the calendar, like 2027-01-04") from error
        if value != day.isoformat():
            raise ValidationError("not a day of the calendar, like 2027-01-04")
        return day


class _Strict(Schema):
    class Meta:
        """Refuse what is not known."""

        unknown = RAISE


class MedicineSchema(_Strict):
    """Which medicine, and what of it this patient can get."""

    drug = fields.String(required=True)
    form = fields.String(required=True)
    unit = fields.String(required=True)
    strengths = fields.List(Amount, validate=validate.Length(1, MOST_STRENGTHS))
    patches_at_once = fields.Integer(strict=True, validate=validate.Range(1, 10))


class CutSchema(_Strict):
    """A percentage of something, or an amount a day."""

    percent = Amount()
    of = fields.String(validate=validate.OneOf(["start", "current"]))
    amount = Amount()


class EverySchema(_Strict):
    """One of the three."""

    days = fields.Integer(strict=True, validate=validate.Range(1, LONGEST_DAYS))
    weeks = fields.Integer(strict=True, validate=validate.Range(1, LONGEST_DAYS // 7))
    months = fields.Integer(strict=True, validate=validate.Range(1, LONGEST_DAYS // 30))


class PaceSchema(_Strict):
    """How much, how often."""

    cut = fields.Nested(CutSchema, required=True)
    every = fields.Nested(EverySchema, required=True)


class SlowDownSchema(PaceSchema):
    """The slower pace, and from where."""

    below_percent_of_start = Amount(required=True)


class GoalSchema(_Strict):
    """Where the taper ends."""

    total = Amount(required=True)


def _doses() -> fields.Dict:
    times = fields.String(validate=validate.OneOf([time.value for time in TimeOfDay]))
    return fields.Dict(keys=times, values=Amount(), required=True)


class StepSchema(_Strict):
    """One step that was written by hand."""

    starts_on = Day(required=True)
    doses = _doses()


class RequestSchema(_Strict):
    """All that may be asked."""

    medicine = fields.Nested(MedicineSchema, required=True)
    starts_on = Day(required=True)
    current = _doses()
    pace = fields.Nested(PaceSchema)
    slow_down = fields.Nested(SlowDownSchema)
    goal = fields.Nested(GoalSchema)
    cut_order = fields.List(
        fields.String(validate=validate.OneOf([time.value for time in TimeOfDay]))
    )
    first_cut_on = Day()
    steps = fields.List(fields.Nested(StepSchema), validate=validate.Length(1, MOST_STEPS))


@dataclass(frozen=True, slots=True)
class _Medicine:
    drug: Drug
    form: Form
    strengths: tuple[Decimal, ...]
    patches_at_once: int | None

    def meant(self, amount: Decimal) -> Decimal:
        """Return what a written amount means."""
        return meant_by(self.drug, amount)

    def written(self, amount: Decimal) -> str:
        """Return how an amount is written."""
        return labelled(self.drug.name, amount)


def answer(text: str, *, today: date | None = None) -> dict[str, Any]:
    """Return the drafted or checked plan for the request in *text*.

    Raises:
        PlanError: it cannot be understood; the field is named.
    """
    asked = _read(text)
    medicine = _medicine(asked["medicine"])
    current = _day_doses(medicine, asked["current"], "current")
    goal = asked.get("goal", {}).get("total", Decimal(0))
    goal = medicine.meant(goal)
    dispenser = _dispenser(medicine, current, asked)
    if "pace" in asked:
        draft: Draft | None = _draft(medicine, current, goal, asked)
        assert draft is not None
        steps = draft_steps(draft, dispenser)
    else:
        draft, steps = None, _given(medicine, current, goal, asked)
    plan = Checked(
        drug=medicine.drug,
        form=medicine.form,
        strengths=medicine.strengths,
        dispenser=dispenser,
        current=current,
        starts_on=asked["starts_on"],
        steps=steps,
        goal=goal,
        draft=draft,
        change_from=asked.get("first_cut_on", asked["starts_on"]),
        today=today,
    )
    return _written(plan, medicine)


def medicines() -> list[dict[str, Any]]:
    """Return what the catalogue holds."""
    return [
        {
            "drug": drug.name,
            "form": form.name,
            "unit": form.unit.value,
            "strengths": [plain(strength) for strength in form.strengths],
            "change_days": form.change_days,
            "doses_a_day": form.doses_a_day,
            "paracetamol_mg": plain(form.paracetamol_mg),
            "specialist": drug.specialist,
            "equivalence_factor": _factor(drug),
        }
        for drug in CATALOGUE
        for form in drug.forms
    ]


def _factor(drug: Drug) -> str | None:
    factor = equivalence.factor_of(drug)
    return None if factor is None else plain(factor)


def _read(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text[:LONGEST_INPUT], object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise PlanError("file", f"this is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise PlanError("file", "this is no JSON object")
    try:
        asked: dict[str, Any] = RequestSchema().load(value)
    except ValidationError as error:
        field, message = _first_fault(error.messages)
        raise PlanError(field, message) from error
    if ("pace" in asked) is ("steps" in asked):
        raise PlanError("pace", "give either a pace or steps")
    if "steps" in asked:
        extra = [name for name in ONLY_WITH_A_PACE if name in asked]
        if extra:
            raise PlanError(extra[0], "this belongs to a pace, not to steps")
    return asked


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _first_fault(messages: Any, path: str = "") -> tuple[str, str]:
    """Return where the first fault is, and what it is."""
    if isinstance(messages, Mapping):
        name, inner = next(iter(messages.items()))
        here = path if name in {"_schema", "key", "value"} else _joined(path, name)
        return _first_fault(inner, here)
    return path, str(messages[0] if isinstance(messages, list) else messages).rstrip(".").lower()


def _joined(path: str, name: Any) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)


def _medicine(asked: Mapping[str, Any]) -> _Medicine:
    drug = drug_named(asked["drug"])
    if drug is None:
        raise PlanError("medicine.drug", f"there is no drug called {asked['drug']}")
    form = drug.form(asked["form"])
    if form is None:
        raise PlanError("medicine.form", f"{drug.name} has no form called {asked['form']}")
    if asked["unit"] != form.unit.value:
        raise PlanError("medicine.unit", f"a {form.name} is counted in {form.unit}")
    at_once = asked.get("patches_at_once")
    if at_once is not None and form.change_days is None:
        raise PlanError("medicine.patches_at_once", "this is no patch")
    strengths = tuple(asked.get("strengths", form.strengths))
    if any(strength <= 0 for strength in strengths):
        raise PlanError("medicine.strengths", "a strength is more than 0")
    return _Medicine(drug, form, strengths, at_once)


def _day_doses(medicine: _Medicine, asked: Mapping[str, Decimal], field: str) -> DayDoses:
    amounts = {TimeOfDay(time): medicine.meant(amount) for time, amount in asked.items()}
    try:
        return DayDoses(medicine.form.unit, amounts)
    except DoseError as error:
        raise PlanError(field, str(error)) from error


def _dispenser(medicine: _Medicine, current: DayDoses, asked: Mapping[str, Any]) -> Dispenser:
    if current.total <= 0:
        raise PlanError("current", "nothing is taken now")
    given = [amount for step in asked.get("steps", ()) for amount in step["doses"].values()]
    largest = max([*current.amounts.values(), *map(medicine.meant, given)])
    sizes = [medicine.meant(strength) for strength in medicine.strengths]
    try:
        return dispenser_for(
            sizes,
            current.total,
            largest,
            is_patch=medicine.form.change_days is not None,
            patches_at_once=medicine.patches_at_once,
        )
    except TooFineError as error:
        raise PlanError("medicine.strengths", str(error)) from error


def _draft(
    medicine: _Medicine, current: DayDoses, goal: Decimal, asked: Mapping[str, Any]
) -> Draft:
    slow = asked.get("slow_down")
    return Draft(
        current=current,
        starts_on=asked["starts_on"],
        pace=_pace(asked["pace"], "pace"),
        cut_order=_cut_order(current, asked),
        goal=goal,
        slow_down=None
        if slow is None
        else SlowDown(
            _percent(slow["below_percent_of_start"], "slow_down.below_percent_of_start"),
            _pace(slow, "slow_down"),
        ),
        first_cut_on=asked.get("first_cut_on"),
        change_days=medicine.form.change_days,
    )


def _cut_order(current: DayDoses, asked: Mapping[str, Any]) -> tuple[TimeOfDay, ...]:
    if "cut_order" in asked:
        order = tuple(TimeOfDay(time) for time in asked["cut_order"])
        if len(set(order)) != len(order):
            raise PlanError("cut_order", "a time stands twice")
        return order
    return usual_order(current)


def _pace(asked: Mapping[str, Any], field: str) -> Pace:
    return Pace(_cut(asked["cut"], f"{field}.cut"), _every(asked["every"], f"{field}.every"))


def _cut(asked: Mapping[str, Any], field: str) -> Cut:
    if ("percent" in asked) is ("amount" in asked):
        raise PlanError(field, "give either percent or amount")
    if "amount" in asked:
        if "of" in asked:
            raise PlanError(f"{field}.of", "this belongs to a percent, not to an amount")
        if asked["amount"] <= 0:
            raise PlanError(f"{field}.amount", "it must be more than 0")
        return Cut(asked["amount"], Basis.AMOUNT)
    if "of" not in asked:
        raise PlanError(f"{field}.of", "say of what: start or current")
    return Cut(_percent(asked["percent"], f"{field}.percent"), Basis(asked["of"]))


def _percent(value: Decimal, field: str) -> Decimal:
    if not 0 < value <= 100:
        raise PlanError(field, "a percentage is above 0 and at most 100")
    return value


def _every(asked: Mapping[str, int], field: str) -> Every:
    if len(asked) != 1:
        raise PlanError(field, "give one of days, weeks and months")
    [(period, number)] = asked.items()
    return Every(number, Period(period))


def _given(
    medicine: _Medicine, current: DayDoses, goal: Decimal, asked: Mapping[str, Any]
) -> tuple[Step, ...]:
    if goal >= current.total:
        raise PlanError("goal.total", "the goal must be below what is taken now")
    steps, before = [], asked["starts_on"]
    for index, step in enumerate(asked["steps"]):
        day = step["starts_on"]
        if day < before or (index and day == before):
            raise PlanError(f"steps[{index}].starts_on", "each step starts after the one before")
        if (day - asked["starts_on"]).days > LONGEST_DAYS:
            raise PlanError(f"steps[{index}].starts_on", "a plan lasts at most ten years")
        steps.append(Step(day, _day_doses(medicine, step["doses"], f"steps[{index}].doses")))
        before = day
    return tuple(steps)


def _written(plan: Checked, medicine: _Medicine) -> dict[str, Any]:
    days = [plan.current, *(step.doses for step in plan.steps)]
    times = [time for time in TimeOfDay if any(time in doses.amounts for doses in days)]
    return {
        "steps": [
            _step(plan, medicine, before, step, times) for _number, before, step in plan.pairs()
        ],
        "equivalence": {
            "table": equivalence.TABLE,
            "version": equivalence.VERSION,
            "factor": _factor(plan.drug),
        },
        "concerns": [
            {
                "rule": concern.rule,
                "severity": concern.severity.value,
                "step": concern.step,
                "text": concern.text,
            }
            for concern in concerns_of(plan)
        ],
    }


def _step(
    plan: Checked, medicine: _Medicine, before: DayDoses, step: Step, times: list[TimeOfDay]
) -> dict[str, Any]:
    cut = before.total - step.doses.total
    load = equivalence.morphine_equivalent(plan.drug, plan.form, step.doses.total)
    units = {
        time.value: {medicine.written(size): count for size, count in found.items()}
        for time in times
        if (found := plan.dispenser.units_of(step.doses.at(time)))
    }
    return {
        "starts_on": step.starts_on.isoformat(),
        "doses": {time.value: medicine.written(step.doses.at(time)) for time in times},
        "total": medicine.written(step.doses.total),
        "cut_percent_of_start": str(percent(cut, plan.current.total)),
        "cut_percent_of_current": str(percent(cut, before.total)),
        "units": units,
        "morphine_equivalent_mg_per_day": None if load is None else plain(load),
    }
