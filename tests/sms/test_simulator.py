"""The phone network in memory."""

from companion.sms.gateway import Accepted, Outgoing, Refused
from companion.sms.simulator import SimulatedGateway


def text_for(phone: str, token: str = "t") -> Outgoing:
    return Outgoing(phone, "hello", token, 60)


def test_it_takes_what_it_is_not_told_to_refuse(gateway: SimulatedGateway) -> None:
    gateway.answer_next(Refused("21211"))

    refused = gateway.send(text_for("+447700900001"))
    taken = gateway.send(text_for("+447700900002"))

    assert refused == Refused("21211")
    assert isinstance(taken, Accepted)
    assert [text.to for text in gateway.sent] == ["+447700900001", "+447700900002"]
    assert gateway.sent_to("+447700900002") == [text_for("+447700900002")]


def test_each_text_that_was_taken_is_reported_once(gateway: SimulatedGateway) -> None:
    accepted = gateway.send(text_for("+447700900001", "token-1"))
    assert isinstance(accepted, Accepted)

    [report] = gateway.take_reports()

    assert (report.callback_token, report.word) == ("token-1", "delivered")
    assert report.provider_id == accepted.provider_id
    assert gateway.take_reports() == []


def test_names_do_not_repeat_after_a_restart() -> None:
    first, second = (SimulatedGateway().send(text_for("+447700900001")) for _ in range(2))

    assert first != second
