"""Form fields that this service needs: a day in three boxes, a time, an amount.

What was typed is always kept for showing again, right or wrong.
"""

from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from companion.web.words import gettext as _

UNWRITTEN = "\x00"
"""PostgreSQL keeps no text that holds it."""
DAY_PARTS = ("day", "month", "year")


class Form(FlaskForm):  # type: ignore[misc]  # the library has no types
    """A form with the token against forged requests."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a letter that no keyboard types is a fault of its field."""
        sound = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str) and UNWRITTEN in field.data:
                field.errors = [_("Take out the letter that cannot be shown"), *field.errors]
                sound = False
        return sound

    def take_faults(self, fields: dict[str, str]) -> None:
        """Put faults that a service found beside their fields; unknown ones on top."""
        for name, what in fields.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(what)
            else:
                field.errors = [*field.errors, what]

    def faults(self) -> list[dict[str, str]]:
        """Return every fault with the address of its field, for the error summary."""
        found = [{"text": str(what)} for what in self.form_errors]
        for field in self:
            found += [{"text": str(what), "href": f"#{first_id(field)}"} for what in field.errors]
        return found


def first_id(field: Field) -> str:
    """Return the id of the box that a link to *field* should lead to."""
    if isinstance(field, DayField):
        return f"{field.id}-day"
    return str(field.id)


def required(what: Any) -> InputRequired:
    """Return the check that a field was filled in."""
    return InputRequired(message=what)


class DayField(Field):  # type: ignore[misc]  # the library has no types
    """A day as three numbers, the way the NHS asks for it; ``data`` is a date or None."""

    def __init__(self, label: Any, *, optional: bool = False, **options: Any) -> None:
        super().__init__(label, **options)
        self.optional = optional
        self.parts: dict[str, str] = dict.fromkeys(DAY_PARTS, "")
        self.data: date | None = None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the three boxes from a form, or a date from *data*."""
        self.process_errors: list[str] = []
        self.data = data if isinstance(data, date) else None
        if self.data is not None:
            shown = (self.data.day, self.data.month, self.data.year)
            self.parts = dict(zip(DAY_PARTS, map(str, shown), strict=True))
        if formdata is not None and any(f"{self.name}-{part}" in formdata for part in DAY_PARTS):
            self.parts = {p: formdata.get(f"{self.name}-{p}", "").strip() for p in DAY_PARTS}
            self.data = self._read()

    def _read(self) -> date | None:
        if not any(self.parts.values()):
            return None
        try:
            return date(*(int(self.parts[part]) for part in reversed(DAY_PARTS)))
        except (ValueError, OverflowError):  # no such day, or more digits than a year has
            return None

    def pre_validate(self, form: Any) -> None:
        """Refuse a day that the calendar lacks, or none where one is needed."""
        if self.data is None and any(self.parts.values()):
            what = _("Enter a real date, like 27 3 1962 (%(field)s)", field=self.label.text)
            raise ValidationError(what)
        if self.data is None and not self.optional:
            raise ValidationError(_("Enter the date (%(field)s)", field=self.label.text))


class TimeField(StringField):  # type: ignore[misc]  # the library has no types
    """A time of day such as 09:00; ``moment`` is what was understood."""

    moment: time | None = None

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no time."""
        text = (self.data or "").strip().replace(".", ":")
        hour, _colon, minute = text.partition(":")
        try:
            self.moment = time(int(hour), int(minute or 0))
        except (ValueError, OverflowError) as error:
            what = _("Enter a time, like 09:00 (%(field)s)", field=self.label.text)
            raise ValidationError(what) from error


class ScoreField(StringField):  # type: ignore[misc]  # the library has no types
    """A number from 0 to 10 that may be left out; ``score`` is what was understood."""

    score: Decimal | None = None

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no number."""
        text = (self.data or "").strip()
        if not text:
            return
        try:
            self.score = Decimal(text)
        except InvalidOperation as error:
            what = _("Enter a number from 0 to 10 (%(field)s)", field=self.label.text)
            raise ValidationError(what) from error


def choices(*options: tuple[str, Any]) -> list[SelectChoice]:
    """Return options for a select or radios, each a value and its words."""
    return [SelectChoice(str(value), words) for value, words in options]


__all__ = [
    "DayField",
    "Form",
    "ScoreField",
    "SelectField",
    "StringField",
    "TextAreaField",
    "TimeField",
    "choices",
    "required",
]
