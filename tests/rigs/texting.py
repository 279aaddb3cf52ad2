"""The service with Twilio as its gateway: settings, runtime, and requests signed as Twilio's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

from flask import Flask
from twilio.request_validator import RequestValidator
from waitress.server import create_server

from companion.clock import Clock
from companion.config import Settings
from companion.runtime import Runtime, build_runtime
from companion.store.database import Transactions
from companion.wording import Wording
from tests.rigs import databases

ACCOUNT_SID = "AC" + "1" * 32
TOKEN = "token-of-tests"
OLDER_TOKEN = "older-token-of-tests"
OUR_NUMBER = "+447700900001"
PUBLIC_URL = "https://texts.example"


def settings_for(
    url: str, *, gateway: str = "twilio", public_url: str = PUBLIC_URL, api_base: str = ""
) -> Settings:
    """Return settings of a service in test mode over the database at *url*."""
    return Settings.model_validate(
        {
            "service": {"mode": "test"},
            "database": {"url": url},
            "server": {"public_url": public_url},
            "secrets": {
                "session_key": databases.A_KEY,
                "data_key": databases.A_KEY,
                "index_key": databases.ANOTHER_KEY,
            },
            "sms": {"gateway": gateway},
            "twilio": {
                "account_sid": ACCOUNT_SID,
                "auth_token": TOKEN,
                "auth_token_previous": OLDER_TOKEN,
                "from_number": OUR_NUMBER,
                "numbers": [OUR_NUMBER],
                "api_base": api_base,
            },
        }
    )


def runtime_over(
    transactions: Transactions,
    wording: Wording,
    *,
    gateway: str = "twilio",
    public_url: str = PUBLIC_URL,
    api_base: str = "",
) -> Runtime:
    """Return what the service runs on, over a database that the test already has."""
    url = transactions.engine.url.render_as_string(hide_password=False)
    settings = settings_for(url, gateway=gateway, public_url=public_url, api_base=api_base)
    built = build_runtime(settings)
    built.dispose()  # the test's own connections are used instead, and end with it
    return replace(
        built,
        transactions=transactions,
        wording=wording,
        clock=Clock(transactions, moves=True),
    )


def signature_of(path: str, fields: dict[str, str], *, token: str = TOKEN) -> str:
    """Sign *fields* for *path* at our public address, as Twilio does."""
    signed: str = RequestValidator(token).compute_signature(PUBLIC_URL + path, fields)
    return signed


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    """Serve *app* over real HTTP on this machine until the block ends."""
    server = create_server(app, host="127.0.0.1", port=port, threads=8)
    thread = Thread(target=server.run, name="served")
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join()
