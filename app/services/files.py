"""The store of bytes, as this process is configured: a folder outside the web root, shared by all machines."""

from app.adapters.storage import FileStore, FolderStore
from app.services import store


def file_store() -> FileStore:
    return FolderStore(store.files_dir)
