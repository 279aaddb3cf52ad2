"""Know words that say the opposite of a score at an end of its scale: somebody may have turned it.

"10, feeling great" about pain is no ten, and "10, can't go on" about coping is none either.
"""

from decimal import Decimal

from companion.core.questions import GOOD_WHEN_HIGH, OWN, Question, Scale
from companion.core.reading.phrasing import without
from companion.core.reading.readings import Vocabulary

FROM_AN_END = 10
"""A tenth of the scale: 0 and 1 of ten, but only 0 of three."""
_KNOWN = frozenset(Question) - OWN


def contradicts(
    said: str, value: Decimal | None, scale: Scale, question: str, vocabulary: Vocabulary
) -> bool:
    """Tell whether words of *said*, in normal form, turn *value* round.

    Which end of an organisation's own question is good is not known.
    """
    if value is None or question not in _KNOWN:
        return False
    near = Decimal(scale.high - scale.low) / FROM_AN_END
    at_low, at_high = value - scale.low <= near, scale.high - value <= near
    if not scale.is_score or at_low is at_high:
        return False
    well = _holds_any(vocabulary.well, said, vocabulary)
    unwell = _holds_any(vocabulary.unwell, said, vocabulary)
    means_well = at_high if question in GOOD_WHEN_HIGH else at_low
    return unwell and not well if means_well else well and not unwell


def _holds_any(phrases: tuple[str, ...], said: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *said* holds one of *phrases*: "not good" is not good, "all good" is well."""
    left = without(tuple(remark for remark in vocabulary.remarks if remark not in phrases), said)
    return without(phrases, left) != f" {left} "
