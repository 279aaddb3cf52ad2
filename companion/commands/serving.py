"""``companion serve``."""

import gc
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from waitress.server import create_server

from companion.commands.opening import refuse_old_tables, runtime_for
from companion.config import Mode
from companion.demo import house
from companion.logs import start_logging
from companion.scheduler import running
from companion.web.app import create_app


@click.command()
@click.pass_obj
def serve(config: Path | None) -> None:
    """Run the pages, the webhook and the clock in one process, until told to stop."""
    start_logging()
    with ExitStack() as kept:
        with _built_to_last():
            runtime = kept.enter_context(runtime_for(config))
            refuse_old_tables(runtime)
            server = create_server(
                create_app(runtime),
                host=runtime.settings.server.host,
                port=runtime.settings.server.port,
                threads=runtime.settings.server.threads,
                ident=None,
            )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        if runtime.settings.service.mode is Mode.DEMO:
            click.echo(house.where_to_look(runtime.settings))
        with running(runtime):
            try:
                server.run()
            finally:
                server.close()


@contextmanager
def _built_to_last() -> Iterator[None]:
    """Keep the collector from what lives as long as the process: words, pages and modules.

    Nothing of it is ever garbage, and looking through it costs half a second at the start and
    a tenth of a second now and then, while a text waits.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _stop(_number: int, _frame: object) -> None:
    # waitress ends its loop on SystemExit and lets what was begun be answered.
    raise SystemExit(0)
