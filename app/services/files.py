"""The store of bytes, as this process is configured: embedded, a folder under ALUR_DATA outside the web root."""

from app.adapters.storage import FileStore, FolderStore
from app.services import store


def file_store() -> FileStore:
    return FolderStore(store.data_dir / "berkas")
