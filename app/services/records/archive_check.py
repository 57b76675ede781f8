"""Are the kept archives still what was written? Each is read whole and held against its own digest."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.models import StoredFile
from app.services import store
from app.services.files import file_store
from app.services.paging import at_most
from app.services.records import archive

PAGE = 500


@dataclass(frozen=True)
class Looked:
    """One archive, by the digest of its bytes. `why`: what is wrong with it, an Indonesian sentence; "" nothing."""

    digest: str
    why: str = ""


def look_through() -> Iterator[Looked]:
    """Every archive of every case, one after the other; reads only."""
    files, last = file_store(), ""
    while page := _page_after(last):
        for digest in page:
            if not files.exists(digest):
                yield Looked(digest, "Tidak ada di penyimpanan.")
            elif not files.verify(digest):
                yield Looked(digest, "Isinya bukan yang disimpan dulu.")
            else:
                yield Looked(digest)
        last = page[-1]


def _page_after(digest: str) -> list[str]:
    query = select(StoredFile.digest).where(StoredFile.digest > digest, StoredFile.mime == archive.MIME)
    found = list(store.session.scalars(query.order_by(StoredFile.digest).limit(at_most(PAGE))))
    store.session.rollback()  # reading files is slow: no transaction stays open meanwhile
    return found
