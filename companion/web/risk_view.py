"""What pages show of the answers to the questions about risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from companion.core.doses import plain
from companion.core.equivalence import TABLE, VERSION
from companion.core.situation import Risk, Support, Use
from companion.services import assessing
from companion.services.assessing import Assessed
from companion.store import plans
from companion.store.database import Session
from companion.store.patients import Patient
from companion.web import showing
from companion.web.words import gettext as _


@dataclass(frozen=True, slots=True)
class RiskView:
    """The newest answers with what follows from them."""

    found: Assessed
    load: Decimal | None
    """All opioids together, in mg of oral morphine a day; None where it is not known.

    0 where a plan says so; without one nobody has said what is taken.
    """
    support: Support
    why: Sequence[str]
    table: str


def risk_view(session: Session, patient: Patient, now: datetime) -> RiskView | None:
    """Return what is shown of the newest answers, or None when nobody has asked."""
    found = assessing.assessed(session, patient)
    if found is None:
        return None
    load = found.situation.load_with(assessing.tapered_load(session, patient, now))
    return RiskView(
        found=found,
        load=load if load or _is_written(session, patient) else None,
        support=found.situation.support(load),
        why=[_in_words(why) for why in found.situation.why(load)],
        table=f"{TABLE}, {VERSION}",
    )


def _is_written(session: Session, patient: Patient) -> bool:
    found = plans.agreed_version(session, patient), plans.proposed_version(session, patient)
    return any(version is not None for version in found)


def _in_words(why: Risk | Use | Decimal | None) -> str:
    if isinstance(why, Risk):
        return showing.risk(why)
    if isinstance(why, Use):
        return showing.use(why)
    if why is None:
        return _("The load is not known: a medicine has no factor or is not in the list")
    return _("About %(mg)s mg of oral morphine a day", mg=plain(why))
