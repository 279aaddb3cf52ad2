"""A clinic of the test's own, on a fresh SQLite database."""

import pytest

from companion.store.database import Transactions
from companion.wording import Wording
from tests.rigs.clinic import Clinic, open_clinic, runtime_for


@pytest.fixture
def clinic(sqlite: Transactions, wording: Wording) -> Clinic:
    return open_clinic(runtime_for(sqlite, wording))
