"""Our whole service, pages and clock, as a process that is there to be killed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from waitress.server import create_server

from companion import releasing
from companion.config import ROOT
from companion.runtime import Runtime, twilio_account
from companion.scheduler import running
from companion.services import polling, settling
from companion.web.app import create_app
from companion.wording import Wording
from tests.faults.dying import CALLS, COMMITS, LISTS, DoomedTransactions, Fate
from tests.faults.sender import LIMITS, gateway_to
from tests.rigs import texting

POINTS = (*COMMITS, *COMMITS, *CALLS, *LISTS)
"""Most of what goes wrong with a text to us goes wrong about a commit."""
WORDING = Wording.load(ROOT / "messages", ROOT / "translations")
"""Read once, before the processes fork."""


SHORTER = (
    (settling, "LOOK_AGAIN", timedelta(seconds=0.2)),
    (polling, "POLL_EVERY", timedelta(seconds=0.3)),
    (polling, "CALL_ON_ITS_WAY", timedelta(seconds=0.2)),
    (polling, "OVERLAP", timedelta(seconds=30)),
    (releasing, "NOTICED_AFTER", timedelta(seconds=1)),
    (releasing, "AGAIN_SECONDS", 0.2),
)


@contextmanager
def shorter_waits() -> Iterator[None]:
    """Let this process wait for the provider less long than the product does, for a while."""
    before = [getattr(module, name) for module, name, _ in SHORTER]
    for module, name, value in SHORTER:
        setattr(module, name, value)
    try:
        yield
    finally:
        for (module, name, _), value in zip(SHORTER, before, strict=True):
            setattr(module, name, value)


def runtime_at(url: str, provider: str, fate: Fate) -> Runtime:
    """Return what the service runs on, in a process that may end itself."""
    runtime = texting.runtime_over(DoomedTransactions(url, fate), WORDING, api_base=provider)
    account = twilio_account(runtime.settings)
    assert account is not None  # the rig texts through Twilio's interface
    return replace(runtime, gateway=gateway_to(account, fate), limits=LIMITS)


def serve(url: str, provider: str, port: int, point: str, seed: int) -> None:
    """Serve until killed."""
    logging.disable(logging.CRITICAL)
    runtime = runtime_at(url, provider, Fate(point, seed, chance=0.1))
    server = create_server(create_app(runtime), host="127.0.0.1", port=port, threads=4)
    with shorter_waits(), running(runtime):
        server.run()
