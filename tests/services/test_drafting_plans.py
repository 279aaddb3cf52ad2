"""A draft is the patient's one, kept until it is proposed or thrown away."""

from companion.services import drafting_plans
from companion.store import plan_drafts
from tests.rigs.enrolled import Ward


def test_a_draft_is_kept_replaced_and_forgotten(ward: Ward) -> None:
    patient, other = ward.register(), ward.register()

    for words in ("first", "second"):
        with ward.transactions.begin() as session:
            drafting_plans.save(
                session, patient, {"goal_words": words}, actor=ward.actor, now=ward.now
            )
    with ward.transactions.reading() as session:
        draft = plan_drafts.draft_of(session, patient)
        assert draft is not None
        assert plan_drafts.content_of(session, draft) == {"goal_words": "second"}
        assert plan_drafts.draft_of(session, other) is None
    for _ in range(2):
        with ward.transactions.begin() as session:
            drafting_plans.discard(session, patient, actor=ward.actor, now=ward.now)
    with ward.transactions.reading() as session:
        assert plan_drafts.draft_of(session, patient) is None
