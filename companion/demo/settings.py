"""Write the settings of a demonstration, with secrets of its own, unless they are there."""

import base64
import os
import secrets
import sys
from pathlib import Path

TEMPLATE = """\
# A demonstration: made-up people, a phone simulator and a clock that moves.
[service]
mode = "demo"

[database]
url = "sqlite:///{folder}/companion.db"

[server]
port = {port}
public_url = "http://127.0.0.1:{port}"

[secrets]
session_key = "{session}"
data_key = "{data}"
index_key = "{index}"
backup_key = "{backup}"

[sms]
gateway = "simulator"
# Made up, like the people.
segment_price = "0.05"

[alerts]
duty_email = "duty@example.com"
"""


def write_settings(folder: Path, *, port: int = 8000) -> Path:
    """Return the settings file in *folder*, written now if there was none."""
    file = folder / "config.toml"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        text = TEMPLATE.format(
            folder=folder.resolve(),
            port=port,
            session=_secret(),
            data=_secret(),
            index=_secret(),
            backup=_secret(),
        )
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    return file


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    write_settings(Path(sys.argv[1]), port=int(os.environ.get("PORT", "8000")))
