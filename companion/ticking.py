"""What is done at every tick of the clock: each duty asks the database what is due.

A duty that fails never keeps the others from their turn, and a person is told.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from companion.clock import real_now
from companion.core.triage import service_finding
from companion.runtime import Runtime
from companion.services import (
    alerting,
    canary,
    checking_in,
    escalating,
    following,
    handshaking,
    polling,
    receiving,
    rota,
    sending,
    settling,
    taking_over,
)
from companion.services.alerting import tell_every_organisation
from companion.sms.simulator import SimulatedGateway
from companion.store import pulses

NOTE_EVERY = timedelta(seconds=10)
"""Real time between two notes that a duty was done: each is a write."""

log = logging.getLogger(__name__)


def tick(runtime: Runtime) -> None:
    """Do everything that is due now. Doing it twice, or from two processes, changes nothing."""
    _do(runtime, DUTIES)


def ask_provider(runtime: Runtime) -> None:
    """Ask the provider what it took and what came for us: slow calls, apart from the tick."""
    _do(runtime, ENQUIRIES)


def tell_people(runtime: Runtime) -> None:
    """Tell staff of alerts that nobody has taken: slow calls too, and kept apart from all else."""
    _do(runtime, CALLS)


def catch_up(runtime: Runtime) -> None:
    """Do once what is due, and let a fault be a fault: for an operator who waits for it.

    Nothing leaves here of a copy that waits to be released.
    """
    for duty in (_poll, _sweep, _ask, _notice_silence, _send):
        duty(runtime)


def send_now(runtime: Runtime) -> None:
    """Hand over what waits, without waiting for the next tick."""
    _guarded(runtime, "sending texts", _send)


def _ask(runtime: Runtime) -> None:
    checking_in.queue_due(runtime.transactions, runtime.wording, now=runtime.clock.now())


def _notice_silence(runtime: Runtime) -> None:
    checking_in.notice_silence(runtime.transactions, runtime.wording, now=runtime.clock.now())
    handshaking.notice_unanswered(runtime.transactions, now=runtime.clock.now())


def _sweep(runtime: Runtime) -> None:
    receiving.sweep(
        runtime.transactions, runtime.wording, now=runtime.clock.now(), real_now=real_now
    )


def _send(runtime: Runtime) -> None:
    sending.dispatch_once(
        runtime.transactions,
        runtime.gateway,
        now=runtime.clock.now(),
        real_now=real_now,
        limits=runtime.limits,
        breaker=runtime.breaker,
        leave=runtime.grip.leave(real_now()),
        rate=runtime.rate,
    )
    if isinstance(runtime.gateway, SimulatedGateway):
        _deliver(runtime, runtime.gateway)


def _deliver(runtime: Runtime, gateway: SimulatedGateway) -> None:
    """Take in what the phone in memory reports: it has no web to call us back over."""
    reports = gateway.take_reports()
    if not reports:
        return
    now = runtime.clock.now()
    with runtime.transactions.begin() as session:
        for report in reports:
            following.record_delivery(
                session,
                token=report.callback_token,
                provider_id=report.provider_id,
                word=report.word,
                code=None,
                now=now,
            )


def _settle(runtime: Runtime) -> None:
    settling.settle_doubts(
        runtime.transactions,
        runtime.gateway,
        now=runtime.clock.now(),
        real_now=real_now,
        limits=runtime.limits,
    )


def _poll(runtime: Runtime) -> None:
    polling.poll(
        runtime.transactions,
        runtime.gateway,
        runtime.wording,
        now=runtime.clock.now(),
        real_now=real_now(),
    )


def _look_at_number(runtime: Runtime) -> None:
    taking_over.look(
        runtime.transactions,
        runtime.gateway,
        runtime.grip,
        now=runtime.clock.now(),
        real_now=real_now(),
    )


def _escalate(runtime: Runtime) -> None:
    escalating.escalate_once(
        runtime.transactions,
        runtime.mailer,
        escalating.Routes(
            public_url=runtime.settings.server.public_url,
            duty_address=runtime.settings.alerts.duty_email,
            duty_phone=runtime.settings.alerts.duty_phone,
        ),
        now=runtime.clock.now(),
        real_now=real_now,
    )


def _look_at_rota(runtime: Runtime) -> None:
    rota.notice_empty_teams(runtime.transactions, now=runtime.clock.now())


def _reopen(runtime: Runtime) -> None:
    alerting.reopen_forgotten(runtime.transactions, now=runtime.clock.now())


def _try_all(runtime: Runtime) -> None:
    canary.sing(runtime.transactions, runtime.wording, now=runtime.clock.now(), real_now=real_now())


CALLS: dict[str, Callable[[Runtime], None]] = {
    "opening forgotten alerts again": _reopen,
    "telling people of alerts": _escalate,
    "looking at the rota": _look_at_rota,
}
ENQUIRIES: dict[str, Callable[[Runtime], None]] = {
    "looking whose our number is": _look_at_number,
    "reading the provider's list": _poll,
    "settling doubtful texts": _settle,
    "trying a text in danger": _try_all,
}
DUTIES: dict[str, Callable[[Runtime], None]] = {
    "asking check-ins": _ask,
    "noticing silence": _notice_silence,
    "reading texts": _sweep,
    "sending texts": _send,
}


def _do(runtime: Runtime, duties: dict[str, Callable[[Runtime], None]]) -> None:
    done = [name for name, duty in duties.items() if _guarded(runtime, name, duty)]
    _guarded(runtime, "noting what was done", lambda runtime: _note(runtime, done))


def _note(runtime: Runtime, done: list[str]) -> None:
    moment = real_now()
    last = runtime.pulses
    due = [name for name in done if name not in last or moment - last[name] >= NOTE_EVERY]
    if due:
        with runtime.transactions.begin() as session:
            pulses.note(session, due, real_now=moment)
        last.update(dict.fromkeys(due, moment))


def _guarded(runtime: Runtime, name: str, duty: Callable[[Runtime], None]) -> bool:
    try:
        duty(runtime)
    except Exception:  # the other duties must have their turn, and somebody must know
        log.exception("a duty failed", extra={"duty": name})
        _tell(runtime, name)
        return False
    return True


def _tell(runtime: Runtime, name: str) -> None:
    try:
        now = runtime.clock.now()
        with runtime.transactions.begin() as session:
            tell_every_organisation(session, service_finding(name), now=now)
    except Exception:  # the database is gone: /readyz says so, and the next tick tries again
        log.exception("nobody could be told of a failed duty", extra={"duty": name})
