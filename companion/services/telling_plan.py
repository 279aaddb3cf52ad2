"""What the plan says today, for a patient who texts PLAN.

Doses are named only to a patient who confirmed the phone and chose detailed texts. While it is
not sure what is taken, the team calls instead.
"""

from datetime import datetime

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.medicines import labelled
from companion.core.triage import plan_asked_finding
from companion.services import confirming
from companion.services.alerting import tell_about
from companion.services.plan_today import plan_today
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.wording import Wording


def answer_for(
    session: Session, wording: Wording, patient: Patient, *, now: datetime
) -> tuple[str, dict[str, str]]:
    """Return the key of the text that answers PLAN, and its values."""
    plan = plan_today(session, patient, now)
    version, doses, step = plan.version, plan.doses, plan.next_step
    if version is None or doses is None:
        return "plan_none", {}
    if confirming.stands_still(session, patient) or confirming.unconfirmed(
        session, patient, version, plan.today
    ):
        tell_about(session, patient, plan_asked_finding(), now=now)
        return "plan_team_calls", {}
    if not patient.detailed or patient.handshake_confirmed_at is None:
        return "plan_on_paper", {}
    said = {"amounts": amounts_for(wording, patient.language, version, doses)}
    if step is not None:
        day = wording.short_day(step.starts_on, patient.language)
        return "plan_today", {**said, "day": day}
    return ("plan_today_held" if plan.holds else "plan_today_last"), said


def amounts_for(wording: Wording, language: str, version: PlanVersion, doses: DayDoses) -> str:
    """Return what is taken at each time of one day, such as ``morning 60 mg, evening 45 mg``.

    Every time that the plan has is named, with 0 too, so that nobody has to guess.
    """
    return ", ".join(
        wording.text_for(
            f"at_{time_of_day}",
            language,
            amount=wording.text_for(
                UNITS[doses.unit], language, number=labelled(version.drug, amount)
            ),
        )
        for time_of_day, amount in doses.amounts.items()
    )


DOSE_TEXTS = frozenset({"plan_today", "plan_today_held", "plan_today_last"})
"""Keys of the texts that name what is taken today."""

UNITS = {
    DoseUnit.MILLIGRAM: "in_mg",
    DoseUnit.MILLILITRE: "in_ml",
    DoseUnit.MICROGRAM_PER_HOUR: "in_microgram_per_hour",
    DoseUnit.TABLET: "in_tablets",
}
"""The key of the text that names an amount in each unit."""
AMOUNT_TEXTS = (*UNITS.values(), *(f"at_{time_of_day}" for time_of_day in TimeOfDay))
