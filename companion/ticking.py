"""What is done at every tick of the clock: each duty asks the database what is due.

A duty that fails never keeps the others from their turn, and a person is told.
"""

import logging
from collections.abc import Callable

from companion.clock import real_now
from companion.core.triage import service_finding
from companion.runtime import Runtime
from companion.services import checking_in, receiving, sending
from companion.services.alerting import raise_alert
from companion.sms.simulator import SimulatedGateway
from companion.store import organisations

log = logging.getLogger(__name__)


def tick(runtime: Runtime) -> None:
    """Do everything that is due now. Doing it twice, or from two processes, changes nothing."""
    for name, duty in DUTIES.items():
        _guarded(runtime, name, duty)


def send_now(runtime: Runtime) -> None:
    """Hand over what waits, without waiting for the next tick."""
    _guarded(runtime, "sending texts", _send)


def _ask(runtime: Runtime) -> None:
    checking_in.queue_due(runtime.transactions, runtime.wording, now=runtime.clock.now())


def _notice_silence(runtime: Runtime) -> None:
    checking_in.notice_silence(runtime.transactions, runtime.wording, now=runtime.clock.now())


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
            sending.record_delivery(
                session,
                token=report.callback_token,
                provider_id=report.provider_id,
                word=report.word,
                code=None,
                now=now,
            )


DUTIES: dict[str, Callable[[Runtime], None]] = {
    "asking check-ins": _ask,
    "noticing silence": _notice_silence,
    "reading texts": _sweep,
    "sending texts": _send,
}


def _guarded(runtime: Runtime, name: str, duty: Callable[[Runtime], None]) -> None:
    try:
        duty(runtime)
    except Exception:
        # The job wrapper: the other duties must have their turn, and somebody must know.
        log.exception("a duty failed", extra={"duty": name})
        _tell(runtime, name)


def _tell(runtime: Runtime, name: str) -> None:
    try:
        now = runtime.clock.now()
        with runtime.transactions.begin() as session:
            for organisation in organisations.organisations_everywhere(session):
                raise_alert(
                    session,
                    organisation_id=organisation.id,
                    team_id=None,
                    patient_id=None,
                    finding=service_finding(name),
                    now=now,
                )
    except Exception:
        # The database itself is gone: /readyz says so, and the next tick tries again.
        log.exception("nobody could be told of a failed duty", extra={"duty": name})
