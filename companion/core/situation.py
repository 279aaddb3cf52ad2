"""What makes a taper risky, asked of the patient, and how much support that calls for.

The characteristics are those for which guidance says to refer, or not to taper without a
specialist (clinical.md part 1: McMaster B-12, CEP, MJA, bpac, NG215; load: Sheffield, Somerset).
How they are put into four strata is our own proposal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

from companion.core.equivalence import morphine_equivalent
from companion.core.medicines import Drug, Form, form_named

SPECIALIST_ABOVE_MG = Decimal(300)
"""Rule C-12: above this load, in mg of oral morphine a day, the specialist team."""
LOCAL_FROM_MG = Decimal(100)
"""Rule C-13: from this load on, a local service."""
BRIEF_FROM_MG = Decimal(50)
"""Rule C-14: from this load on, or after more than a year, a brief intervention."""


class Use(StrEnum):
    """For how long opioids have been taken. Values are stored; never rename one."""

    UNDER_3_MONTHS = "under_3_months"
    UNDER_A_YEAR = "under_a_year"
    OVER_A_YEAR = "over_a_year"


class Risk(StrEnum):
    """One characteristic. Values are stored; never rename one."""

    PREGNANT = "pregnant"
    CANCER_OR_END_OF_LIFE = "cancer_or_end_of_life"
    OPIOID_USE_DISORDER = "opioid_use_disorder"
    UNSTABLE_MENTAL_HEALTH = "unstable_mental_health"
    UNSTABLE_HEART = "unstable_heart"
    OVERDOSE_BEFORE = "overdose_before"
    ALCOHOL_OR_DRUGS = "alcohol_or_drugs"
    SEDATIVES = "sedatives"
    BREATHING = "breathing"
    COGNITION = "cognition"
    FAILED_BEFORE = "failed_before"


EXCLUSIONS = frozenset(
    {
        Risk.PREGNANT,
        Risk.CANCER_OR_END_OF_LIFE,
        Risk.OPIOID_USE_DISORDER,
        Risk.UNSTABLE_MENTAL_HEALTH,
        Risk.UNSTABLE_HEART,
    }
)
"""With these nobody tapers without a specialist."""


class Support(IntEnum):
    """How much support is called for, in the strata of the national review."""

    ADVICE = 0
    BRIEF_INTERVENTION = 1
    LOCAL_SERVICE = 2
    SPECIALIST_TEAM = 3


@dataclass(frozen=True, slots=True)
class OtherOpioid:
    """Another opioid beside the one that is tapered: the day's amount as it is really taken."""

    drug: Drug
    form: Form
    daily: Decimal
    as_needed: bool

    @property
    def morphine_mg(self) -> Decimal | None:
        """How much oral morphine a day it is like, or None without a factor."""
        return morphine_equivalent(self.drug, self.form, self.daily)


@dataclass(frozen=True, slots=True)
class Situation:
    """What was asked and answered. *others* stand in the order in which they come later."""

    use: Use | None
    risks: frozenset[Risk]
    others: tuple[OtherOpioid, ...] = ()

    def load_with(self, tapered: Decimal | None) -> Decimal | None:
        """Return the whole load in mg of oral morphine a day; None where a part has no factor."""
        parts = [tapered, *(other.morphine_mg for other in self.others)]
        known = [part for part in parts if part is not None]
        return sum(known, Decimal(0)) if len(known) == len(parts) else None

    def support(self, load: Decimal | None) -> Support:
        """Return how much support this and *load* (None: not known) call for."""
        return max((support for support, _why in self._reasons(load)), default=Support.ADVICE)

    def why(self, load: Decimal | None) -> list[Risk | Use | Decimal | None]:
        """Return what calls for that much: risks, the length of use, or the load."""
        needed = self.support(load)
        return [why for support, why in self._reasons(load) if support is needed]

    def _reasons(
        self, load: Decimal | None
    ) -> Iterator[tuple[Support, Risk | Use | Decimal | None]]:
        for risk in sorted(self.risks):
            exclusion = risk in EXCLUSIONS
            yield Support.SPECIALIST_TEAM if exclusion else Support.LOCAL_SERVICE, risk
        if load is None:
            yield Support.SPECIALIST_TEAM, None  # such as methadone
        elif load > SPECIALIST_ABOVE_MG:
            yield Support.SPECIALIST_TEAM, load
        elif load >= LOCAL_FROM_MG:
            yield Support.LOCAL_SERVICE, load
        elif load >= BRIEF_FROM_MG:
            yield Support.BRIEF_INTERVENTION, load
        if self.use is Use.OVER_A_YEAR:
            yield Support.BRIEF_INTERVENTION, self.use


def other_from(drug: str, form: str, daily: Decimal, *, as_needed: bool) -> OtherOpioid | None:
    """Return an opioid by the catalogue's names, or None where it has no such."""
    found = form_named(drug, form)
    return None if found is None else OtherOpioid(*found, daily, as_needed)
