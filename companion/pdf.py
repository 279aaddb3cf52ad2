"""Pages as PDF, where the extra ``pdf`` (WeasyPrint) is installed; without it pages print.

WeasyPrint is loaded only when the first PDF is asked for: it is large.
"""

from importlib import import_module, util
from pathlib import Path


class FetchError(ValueError):
    """A page for paper asked for something outside itself."""


def can_make_pdf() -> bool:
    """Tell whether the extra is installed."""
    return util.find_spec("weasyprint") is not None


def pdf_of(page: str, style: Path) -> bytes:
    """Return *page* (HTML) as PDF/UA in the style of one file. Nothing else is fetched."""
    weasyprint = import_module("weasyprint")
    sheet = weasyprint.CSS(filename=str(style))
    document = weasyprint.HTML(string=page, url_fetcher=_refuse)
    made: bytes = document.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1")
    return made


def _refuse(url: str, *_all: object, **_named: object) -> object:
    raise FetchError(f"a page for paper asks for {url.partition(':')[0]}")
