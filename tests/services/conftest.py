"""A ward of the test's own, once on each kind of database."""

import pytest

from companion.store.database import Transactions
from companion.wording import Wording
from tests.rigs.enrolled import Ward


@pytest.fixture
def ward(transactions: Transactions, wording: Wording) -> Ward:
    return Ward(transactions, wording)
