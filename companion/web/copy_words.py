"""Words on a patient's paper as HTML, in which what is put in keeps its own direction.

In Urdu a phone number with a gap, or an amount, would else be turned around: 01632 960001
would be printed as 960001 01632. The direction is always named, because not every maker of
PDFs finds it out.
"""

from decimal import Decimal

from markupsafe import Markup, escape

from companion.core.doses import DoseUnit
from companion.core.medicines import labelled
from companion.leaflet import Said
from companion.right_to_left import NUMBER_WITH_GAPS, is_from_the_right
from companion.services.telling_plan import UNITS
from companion.wording import PLACEHOLDER

ISOLATED = Markup('<bdi dir="{}">{}</bdi>')
ON_ONE_LINE = Markup('<bdi dir="{}" class="keep">{}</bdi>')


def isolated(value: object) -> Markup:
    """Return *value* so that the words around it do not change its order, nor it theirs.

    A number with gaps, such as a phone's, stays on one line.
    """
    text = str(value)
    element = ON_ONE_LINE if NUMBER_WITH_GAPS.fullmatch(text) else ISOLATED
    return element.format("rtl" if is_from_the_right(text) else "ltr", text)


def filled(template: str, **values: object) -> Markup:
    """Return *template* with *values* put in, each isolated; so is every number with gaps."""
    parts = PLACEHOLDER.split(template)  # words, name, words, name ...
    return Markup().join(
        isolated(values[part]) if at % 2 else _numbers_isolated(part)
        for at, part in enumerate(parts)
    )


def _numbers_isolated(words: str) -> Markup:
    parts = NUMBER_WITH_GAPS.split(words)  # words, number, words, number ...
    return Markup().join(
        isolated(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def amount_on_paper(value: Decimal, doses: Said, unit: DoseUnit, drug: str | None) -> Markup:
    """Return an amount with its unit in the language of *doses*, as the label writes it."""
    name = "in_one_tablet" if unit is DoseUnit.TABLET and value == 1 else UNITS[unit]
    text = doses.texts[name].replace("{number}", labelled(drug, value))
    return Markup('<span class="keep">{}</span>').format(isolated(text))
