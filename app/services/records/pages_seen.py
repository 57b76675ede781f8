"""Which pages of a case's files somebody has had on the screen, and which are left.

A page counts when its picture was delivered to this person, written in the log of readings before it left. The whole
file opened in the browser's own viewer counts as all its pages: it is the only way without scripts, and for a page that
cannot be drawn. What was only downloaded, or seen as a small preview, was not displayed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, select

from app.domain.actors import Actor
from app.models import Access, StoredFile, Upload
from app.services import store
from app.services.records import reads


@dataclass(frozen=True)
class Shown:
    """One file: `pages` it has, and which of them, from 1, were displayed. A photograph has one."""

    pages: int
    seen: frozenset[int]

    @property
    def left(self) -> tuple[int, ...]:
        return tuple(page for page in range(1, self.pages + 1) if page not in self.seen)


def of(actor: Actor, case_id: str, upload_ids: Sequence[str]) -> dict[str, Shown]:
    """Upload, in the order asked -> what of it this person has had on the screen in this case."""
    if not upload_ids:
        return {}
    read = and_(
        Access.case_id == case_id,
        Access.actor == actor.id,
        Access.kind == reads.READ,
        Access.purpose == reads.FILE,
        Access.object_id == Upload.id,
    )
    rows = store.session.execute(
        select(Upload.id, StoredFile.pages, Access.page)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .outerjoin(Access, read)
        .where(Upload.id.in_(upload_ids))
        .distinct()
    )
    numbers: dict[str, set[int | None]] = {}
    counts: dict[str, int] = {}
    for upload_id, pages, page in rows:
        counts[upload_id] = pages
        numbers.setdefault(upload_id, set()).add(page)
    # Of a file that is not there, nothing was seen.
    return {one: _shown(counts.get(one, 1), numbers.get(one, ())) for one in upload_ids}


def missing(name: str, sheets: Sequence[Shown]) -> str:
    """ "Buka dulu …" for a document of these files, with the pages that are left; "" where all were displayed."""
    left = [(number, one) for number, one in enumerate(sheets, 1) if one.left]
    if not left:
        return ""
    if not any(one.seen for one in sheets):
        return f"Buka dulu {name}."
    rest = "; ".join(_rest(one, number if len(sheets) > 1 else 0) for number, one in left)
    return f"Buka dulu {name}: {rest} belum dibuka."


def _shown(pages: int, numbers: Iterable[int | None]) -> Shown:
    """Of page numbers as the log has them: 0 = the whole file."""
    known = {number for number in numbers if number is not None}
    return Shown(pages, frozenset(range(1, pages + 1)) if 0 in known else frozenset(known))


def _rest(sheet: Shown, number: int) -> str:
    """ "lembar 2 halaman 3-5"; `number` 0: the document has one sheet only."""
    words = [f"lembar {number}"] if number else []
    if sheet.pages > 1:
        words.append(f"halaman {_ranges(sheet.left)}")
    return " ".join(words)


def _ranges(numbers: Sequence[int]) -> str:
    """[2, 3, 4, 7] -> "2-4, 7"."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
