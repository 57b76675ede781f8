"""Uploaded files, for who may see their case: never executed, never sniffed, never kept by a cache."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.services.portal import uploads
from app.services.portal.uploads import OpenFile
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, signed_in
from app.web.portal import kiriman

files = Blueprint("files", __name__)

# A PDF viewer inside the browser needs no rights of this site; nothing in the file may run.
_SANDBOX = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_CHUNK = 64 * 1024


@files.get("/berkas/<upload_id>")
@signed_in
def open_upload(upload_id: str) -> ResponseReturnValue:
    """The file in the browser, or with ?unduh=1 as a download."""
    as_download = request.args.get("unduh") == "1"
    file = uploads.open_for(current_actor(), upload_id, as_download=as_download)
    if file.case is not None:
        purpose = reads.DOWNLOAD if as_download else reads.FILE
        reading.showing([(file.case.id, file.case.subject_id)], purpose, upload_id)
    return _send(file, as_download=as_download)


@files.get("/berkas/<upload_id>/halaman/<nomor>")
@signed_in
def page(upload_id: str, nomor: str) -> ResponseReturnValue:
    """One page of a PDF as a picture: that page counts as displayed."""
    number = kiriman.whole_number(nomor) or 0
    file = uploads.page_for(current_actor(), upload_id, number)
    if file.case is not None:
        reading.showing([(file.case.id, file.case.subject_id)], reads.FILE, upload_id, number)
    return _send(file, as_download=False)


@files.get("/berkas/<upload_id>/kecil")
@signed_in
def preview(upload_id: str) -> ResponseReturnValue:
    """A small picture. That somebody leafed through a case's pictures is one reading, not one each."""
    file = uploads.preview_for(current_actor(), upload_id)
    if file.case is not None:
        reading.showing([(file.case.id, file.case.subject_id)], reads.PREVIEW)
    return _send(file, as_download=False)


def _send(file: OpenFile, *, as_download: bool) -> Response:
    answer = Response(iter(lambda: file.stream.read(_CHUNK), b""), mimetype=file.mime)
    answer.call_on_close(file.stream.close)
    answer.headers["Content-Length"] = str(file.size)
    place = "attachment" if as_download else "inline"
    answer.headers["Content-Disposition"] = f'{place}; filename="{file.download_name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _policy(file.mime)
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _policy(mime: str) -> str:
    """Chromium shows no PDF at all in a sandbox; its viewer runs apart from the site anyway."""
    if mime == "application/pdf":
        return "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
    return _SANDBOX
