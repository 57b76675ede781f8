"""Files that came with a form: kept at once, their ids put among the raw values."""

from contextlib import suppress
from typing import Any, BinaryIO, cast

from flask import request

from app.domain.errors import NotFound, UploadRefused
from app.services.portal import uploads
from app.web.access import current_actor

PREFIX = "unggah:"


def take(
    raw: dict[str, Any], *, draft_id: str | None = None, task_id: str | None = None, under: str = ""
) -> dict[str, list[str]]:
    """Receive every file input `unggah:<path>`; `raw` holds the values below `under` ("" or "perubahan.0.").

    What was not accepted: path -> sentences, as in InvalidInput.
    """
    refused: dict[str, list[str]] = {}
    for key in request.files:
        path = key.removeprefix(PREFIX)
        if not key.startswith(PREFIX + under):
            continue
        for file in request.files.getlist(key):
            if not file.filename:
                continue
            try:
                upload = uploads.receive(
                    current_actor(), field=path, stream=cast(BinaryIO, file.stream), draft_id=draft_id, task_id=task_id
                )
            except UploadRefused as error:
                refused.setdefault(path, []).append(error.pesan)
            else:
                _put(raw, path.removeprefix(under), upload.id)
    return refused


def let_go(raw: dict[str, Any], upload_id: str) -> None:
    """Take one file back. One that is gone already (a second click) is gone."""
    with suppress(NotFound):
        uploads.remove(current_actor(), upload_id)
    raw.update(uploads.without_upload(raw, upload_id))


def _put(raw: dict[str, Any], path: str, upload_id: str) -> None:
    """`f106` holds a list; `berkas.f106` a list inside a mapping."""
    name, _, code = path.partition(".")
    if not code:
        raw[name] = [*(raw.get(name) or []), upload_id]
        return
    parts = dict(raw.get(name) or {})
    raw[name] = {**parts, code: [*(parts.get(code) or []), upload_id]}
