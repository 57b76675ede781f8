"""What a form page sent besides its fields: the button that was pressed, the version of what it was filled in on."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import NotFound


@dataclass(frozen=True)
class Press:
    """The pressed button: `verb` (lanjut, simpan, tampil, unggah, lepas, baris, buang) and what it is about."""

    verb: str
    name: str = ""
    which: str = ""


def press(form: Mapping[str, str]) -> Press:
    """`aksi` is `verb`, `verb:name` or `verb:name:which`; no button = lanjut."""
    verb, _, rest = form.get("aksi", "").partition(":")
    name, _, which = rest.partition(":")
    return Press(verb or "lanjut", name, which)


def version(form: Mapping[str, str]) -> int:
    """The version token; 0, which nothing has, for anything that is no number."""
    text = form.get("versi", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def whole_number(text: str) -> int | None:
    """A number of an address, None where there is none. Raises NotFound for anything else, and for what is further
    than every database counts."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)
