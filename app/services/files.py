"""The store of bytes, as this process is configured: a folder outside the web root, shared by all machines."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.adapters.storage import FileStore, FolderStore
from app.models import StoredFile
from app.services import store


def file_store() -> FileStore:
    return FolderStore(store.files_dir)


def lock_file(session: Session, digest: str, at: datetime, *, mime: str = "", size: int = 0, pages: int = 1) -> None:
    """Its row, made if need be, is this transaction's alone: nobody deletes its bytes or counts on them meanwhile."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"digest": digest, "mime": mime, "size": size, "pages": pages, "created_at": at}
    insert = dialect.insert(StoredFile).values(**values)
    session.execute(insert.on_conflict_do_update(index_elements=["digest"], set_={"digest": digest}))
