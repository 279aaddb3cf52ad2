"""Copy nhsuk-frontend's files into the service, without the NHS's own font or pictures.

Run by ``make vendor`` after ``npm ci``. The font is licensed for nhs.uk services only and
would be fetched from elsewhere; so its rules are taken out.
"""

import hashlib
import re
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"
TARGET = HERE.parents[1] / "companion" / "web" / "static" / "vendor"
FILES = {
    "nhsuk-frontend.min.css": "nhsuk-frontend.css",
    "nhsuk-frontend.min.js": "nhsuk-frontend.js",
}


def plain(text: str) -> str:
    """Return *text* without the font, its name and the links to maps."""
    text = re.sub(r"@font-face\{[^}]*\}", "", text)
    text = re.sub(r"Frutiger W01,\s*", "", text)
    return re.sub(r"(/\*#|//#) sourceMappingURL=\S+( \*/)?\s*$", "", text)


def main() -> None:
    """Copy each file and write down its hash."""
    lines = []
    for source, target in FILES.items():
        content = plain((SOURCE / source).read_text(encoding="utf-8")).encode()
        (TARGET / target).write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {target}\n")
    (TARGET / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
