"""Every hour a made-up text in danger must become an alert with an answer; nothing of it stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.services import canary, incoming
from companion.services.canary import EVERY, CanaryError
from companion.store import pulses, snapshot
from companion.store.database import Transactions
from companion.wording import Wording
from tests.rigs.times import MONDAY_NINE


def sing(transactions: Transactions, wording: Wording, after: timedelta = timedelta(0)) -> bool:
    return canary.sing(transactions, wording, now=MONDAY_NINE + after, real_now=MONDAY_NINE + after)


def test_it_is_tried_once_an_hour_and_leaves_nothing_behind(
    transactions: Transactions, wording: Wording
) -> None:
    assert sing(transactions, wording)
    assert not sing(transactions, wording, EVERY - timedelta(seconds=1))
    assert sing(transactions, wording, EVERY)

    with transactions.reading() as session:
        assert snapshot.is_empty(session)
        assert list(pulses.last_done(session)) == [canary.SUNG]


def test_a_reader_that_no_longer_hears_danger_is_noticed(
    transactions: Transactions, wording: Wording, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = wording.lexicons("en-GB")[0]
    monkeypatch.setattr(Wording, "lexicons", lambda *_all: (replace(known, categories=()),))

    with pytest.raises(CanaryError, match="become an emergency"):
        sing(transactions, wording)

    with transactions.reading() as session:
        assert snapshot.is_empty(session)
        assert pulses.last_done(session) == {}


def test_an_answer_that_is_no_longer_written_is_noticed(
    transactions: Transactions, wording: Wording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming.Incoming, "answer", lambda *_all, **_named: None)

    with pytest.raises(CanaryError, match="be answered"):
        sing(transactions, wording)
