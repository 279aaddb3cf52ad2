"""A ward of the test's own, once on each kind of database."""

import pytest

from companion.store.database import Transactions
from companion.store.patients import Patient
from companion.wording import Wording
from tests.rigs.enrolled import Ward


@pytest.fixture
def ward(transactions: Transactions, wording: Wording) -> Ward:
    return Ward(transactions, wording)


@pytest.fixture
def asked(ward: Ward) -> Patient:
    """A patient with the first question of a check-in open."""
    patient = ward.register()
    ward.agree(patient)
    ward.ask(days=2)
    assert "how bad is your pain" in ward.said()[-1]
    return patient
