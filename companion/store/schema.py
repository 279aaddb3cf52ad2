"""Every table and guard, for the migrations to be held against and for tests to create."""

import sqlalchemy as sa

from companion.store import (
    accounts,
    agreeing,
    alerts,
    audit,
    check_ins,
    clock_setting,
    guards,
    inbound_list,
    messages,
    notices,
    organisations,
    own_questions,
    patients,
    plan_drafts,
    plans,
    pulses,
    replies,
    rota,
    service_copy,
    signposts,
    situations,
    supplies,
)
from companion.store.database import Base

TABLE_MODULES = (
    accounts,
    agreeing,
    alerts,
    audit,
    check_ins,
    clock_setting,
    guards,
    inbound_list,
    messages,
    notices,
    organisations,
    own_questions,
    patients,
    plan_drafts,
    plans,
    pulses,
    replies,
    rota,
    service_copy,
    signposts,
    situations,
    supplies,
)
"""Named so that every table is known before the metadata is used."""

METADATA = Base.metadata


def create_all(engine: sa.Engine) -> None:
    """Create every table and guard in an empty database."""
    METADATA.create_all(engine)
