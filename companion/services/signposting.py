"""Point a patient to what may help: chosen for what they said, never the same twice in a row."""

from collections.abc import Mapping
from decimal import Decimal

from companion.core import triage
from companion.core.questions import Question
from companion.core.signposting import choose
from companion.services.incoming import Incoming
from companion.store import check_ins
from companion.store.check_ins import CheckIn


def point_to(text: Incoming, check_in: CheckIn, answers: Mapping[Question, Decimal]) -> None:
    """Thank for the answers of a check-in with a resource that suits them."""
    resource = choose(
        text.wording.resources,
        topics=triage.topics_for(answers),
        language=text.patient.language,
        last=check_ins.last_signpost(text.session, text.patient),
        detailed=text.patient.detailed,
    )
    check_ins.add_signpost(text.session, text.patient, resource.key, now=text.now)
    is_theirs = text.patient.language in resource.languages
    text.answer(
        "thanks" if is_theirs else "thanks_in_english",
        check_in_id=check_in.id,
        values={"title": resource.title, "address": resource.address},
    )
