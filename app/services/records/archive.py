"""The archive of a case: everything in one ZIP, kept under its own digest and read back before anyone trusts it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from app.adapters.storage import FileStore
from app.domain.tanggal import format_moment
from app.models import DISCUSSION, Answer, Case, DiscussionMessage, Event, StoredFile, Upload, User
from app.procedures.model.procedure import Procedure
from app.services import store
from app.services.files import file_store
from app.services.records import riwayat, trail
from app.services.records.readable import answer_lines

MIME = "application/zip"
SERVER = "server"
_CHUNK = 1 << 20
# A ZIP must not hold the moment it was made: the same case gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}

Part = tuple[str, bytes]


class ArchiveDamaged(OSError):
    """What was read back is not what was written; tried again, then an incident."""


@dataclass(frozen=True)
class Kept:
    """`answers`: what the archivist is shown; `digest` and `size` of the stored bundle."""

    answers: Mapping[str, Any]
    digest: str
    size: int


def keep(case: Case, procedure: Procedure, arguments: Mapping[str, Any]) -> Kept:
    """Bundle what `isi` names, store it, read it back. `ke` beside "server" are copies that a person makes.

    Raises ArchiveDamaged, NotFound (an upload's bytes are gone), OSError.
    """
    words = _words(arguments["isi"])
    texts, uploads = _texts(case, procedure, words), _uploads(case, words)
    store.session.rollback()  # reading and writing files is slow: no transaction stays open meanwhile
    files = file_store()
    bundle = _zip([*texts, *_contents(files, uploads)])
    digest = files.put(bundle)
    if _read_back(files, digest) != digest:
        raise ArchiveDamaged("Arsip yang dibaca ulang tidak sama dengan yang ditulis.")
    copies = [target for target in _words(arguments["ke"]) if target != SERVER]
    answers = {
        "target": SERVER,
        "sidik": digest,
        "dibaca_ulang": True,
        "ukuran": len(bundle),
        "salinan": copies,
    }
    return Kept(answers, digest, len(bundle))


def told(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What `keep` answered, as the archivist reads it: (label, text)."""
    copies = ", ".join(str(each).capitalize() for each in answers["salinan"])
    return [
        ("Disimpan di", str(answers["target"]).capitalize()),
        ("Sidik (SHA-256)", str(answers["sidik"])),
        ("Dibaca ulang", "Sama dengan yang ditulis" if answers["dibaca_ulang"] else "Belum"),
        ("Ukuran", f"{-(-answers['ukuran'] // 1000):,} KB".replace(",", ".")),
        *([("Salinan lepas yang diminta", copies)] if copies else []),
    ]


def _texts(case: Case, procedure: Procedure, words: Sequence[str]) -> list[Part]:
    """What Alur writes itself: (name inside the ZIP, bytes)."""
    parts: list[Part] = []
    if "isian" in words:
        parts += _answers(case, procedure)
    if "riwayat" in words:
        parts += _history(case, procedure)
    if DISCUSSION in words:
        parts += _discussion(case)
    return parts


def _uploads(case: Case, words: Sequence[str]) -> list[tuple[str, str]]:
    """(name inside the ZIP, digest). `berkas`: every upload; any other word: the uploads of the field of that name."""
    rows = store.session.execute(
        select(Upload.step, Upload.field, Upload.digest, StoredFile.mime)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .where(Upload.case_id == case.id, or_(Upload.step != DISCUSSION, Upload.field != ""))
        .order_by(Upload.step, Upload.field, Upload.created_at, Upload.id)
    ).all()
    counted: dict[tuple[str, str], int] = {}
    named = []
    for step, field, digest, mime in rows:
        counted[step, field] = number = counted.get((step, field), 0) + 1
        folder = next((word for word in (field, step) if word in words), "berkas")
        if folder in words:
            named.append((f"{folder}/{step}-{_safe(field)}-{number:02d}.{_ENDINGS.get(mime, 'bin')}", digest))
    return named


def _contents(files: FileStore, uploads: Sequence[tuple[str, str]]) -> Iterator[Part]:
    for name, digest in uploads:
        with files.open(digest) as stream:
            yield name, stream.read()


def _answers(case: Case, procedure: Procedure) -> Iterator[Part]:
    rows = store.session.scalars(
        select(Answer).where(Answer.case_id == case.id).order_by(Answer.at, Answer.step, Answer.visit)
    ).all()
    exact = [{"langkah": row.step, "ke": row.visit, "pada": row.at.isoformat(), "isian": row.data} for row in rows]
    yield "isian.json", _json(exact)
    lines = [f"{procedure.service.title}, nomor {case.number}"]
    for row in rows:
        step = procedure.steps.get(row.step)
        lines += ["", f"{step.name if step else row.step} (ke-{row.visit}, {format_moment(row.at)})"]
        lines += [f"  {line}" for line in answer_lines(procedure.forms.get(row.step), row.data)]
    yield "isian.txt", _text(lines)


def _history(case: Case, procedure: Procedure) -> Iterator[Part]:
    """The trail as it is chained, so that it can be verified without us, and the same for reading."""
    stream = trail.case_stream(case.id)
    events = store.session.scalars(select(Event).where(Event.stream == stream).order_by(Event.seq)).all()
    exact = [
        {
            "aliran": stream,
            "nomor": event.seq,
            "pada": event.at.isoformat(),
            "pelaku": event.actor,
            "kata_kerja": event.verb,
            "isi": event.payload,
            "sidik": event.hash,
        }
        for event in events
    ]
    yield "riwayat.json", _json(exact)
    people = {event.actor for event in events}
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    names = {row.id: row.name for row in rows}
    entries = riwayat.for_officers(case.id, procedure, events, names)
    yield "riwayat.txt", _text([f"{format_moment(e.at)}: {e.sentence} ({e.who})" for e in entries])


def _discussion(case: Case) -> Iterator[Part]:
    """What both sides wrote; files are named by the number of their message. No part where nobody wrote."""
    rows = store.session.execute(
        select(DiscussionMessage, User.name)
        .join(User, User.id == DiscussionMessage.author)
        .where(DiscussionMessage.case_id == case.id)
        .order_by(DiscussionMessage.number)
    ).all()
    lines = [f"Diskusi permohonan {case.number}"]
    for message, name in rows:
        side = "petugas" if message.by_office else "pemohon"
        lines += ["", f"{message.number}. {name} ({side}), {format_moment(message.at)}"]
        lines += [f"  {line}" for line in message.text.splitlines()]
    if rows:
        yield "diskusi.txt", _text(lines)


def _zip(parts: Sequence[Part]) -> bytes:
    """With a list of digests. Stored, not deflated: photographs gain nothing, and no zlib changes the bytes."""
    listing = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(parts)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in sorted([*parts, ("SIDIK.txt", _text(listing))]):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            bundle.writestr(entry, data)
    return out.getvalue()


def _read_back(files: FileStore, digest: str) -> str:
    found = hashlib.sha256()
    with files.open(digest) as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _safe(field: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "_-" else "-" for sign in field)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
