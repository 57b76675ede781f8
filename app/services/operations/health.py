"""Whether the parts work, each named with what to do. No names of hosts, no addresses, no secrets: anyone may ask."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from app.adapters import queue
from app.services import store
from app.services.operations import heartbeats, revision
from app.services.privacy import requests
from app.services.records import seals

GOOD, POOR, BROKEN = "baik", "kurang", "rusak"
_MB = 1024 * 1024
# A seal is due each minute; what waits three times as long is not sealed at all.
_SEAL_PATIENCE_S = 180
# Before the disk is really full, somebody should know.
_POOR_FACTOR = 4


@dataclass(frozen=True)
class Part:
    """`state`: baik, kurang (people notice nothing yet) or rusak. `serving`: without it no page can be served.

    `advice`: Indonesian, what it means and what to do; "" when it is well.
    """

    name: str
    state: str
    advice: str = ""
    serving: bool = False


def parts(now: datetime, *, redis_url: str, disk_min_mb: int) -> Sequence[Part]:
    """Every part, asked now. A database that is away makes the parts that are read from it unknown, so rusak."""
    return [*_database(now), bell(redis_url), disk(disk_min_mb)]


def can_serve(found: Sequence[Part]) -> bool:
    """May a load balancer send people here? Dead workers only delay; they make no web process useless."""
    return not any(part.serving and part.state == BROKEN for part in found)


def overall(found: Sequence[Part]) -> str:
    """The worst state of all."""
    states = {part.state for part in found}
    return next(state for state in (BROKEN, POOR, GOOD) if state in states)


def bell(redis_url: str) -> Part:
    """Redis only hurries: without it, or with it away, workers read the table."""
    if redis_url and not queue.answers(redis_url):
        advice = "Redis tidak menjawab; pekerjaan tetap jalan, terlambat beberapa detik. Nyalakan Redis lagi."
        return Part("bel", POOR, advice)
    return Part("bel", GOOD)


def disk(disk_min_mb: int) -> Part:
    free = min(free_bytes().values()) // _MB
    if free < disk_min_mb:
        advice = f"Sisa ruang di ALUR_DATA atau ALUR_FILES {free} MB, kurang dari {disk_min_mb} MB. Besarkan disknya."
        return Part("ruang", BROKEN, advice, serving=True)
    if free < disk_min_mb * _POOR_FACTOR:
        return Part(
            "ruang",
            POOR,
            f"Sisa ruang di ALUR_DATA atau ALUR_FILES tinggal {free} MB. Besarkan sebelum penuh.",
            serving=True,
        )
    return Part("ruang", GOOD, serving=True)


def free_bytes() -> Mapping[str, int]:
    """What is left where we write: "data", and "berkas" where files have a place of their own."""
    places = {"data": store.data_dir, "berkas": store.files_dir}
    return {name: shutil.disk_usage(path).free for name, path in places.items() if path.is_dir()}


def _database(now: datetime) -> Iterator[Part]:
    try:
        yield _tables(revision.current())
        alive = heartbeats.alive(now)
        yield _seals(seals.waiting(now))
        yield _data_requests(requests.overdue(now))
    except SQLAlchemyError:
        store.session.rollback()
        advice = "Basis data tidak menjawab atau belum berisi tabel. Periksa servernya, lalu `flask db upgrade`."
        yield Part("basis_data", BROKEN, advice, serving=True)
        alive = dict.fromkeys((heartbeats.WORKER, heartbeats.SWEEPER), 0)
    for kind, count in alive.items():
        yield _process(kind, count)


def _tables(found: str) -> Part:
    if found == revision.head():
        return Part("basis_data", GOOD, serving=True)
    if found in revision.known() or not found:
        advice = f"Tabel di versi {found or 'kosong'}, program di {revision.head()}. Jalankan `flask db upgrade`."
        return Part("basis_data", BROKEN, advice, serving=True)
    # Somewhere a newer program has upgraded already: additions do not hurt us, but this host is behind.
    advice = f"Tabel ({found}) lebih baru dari program ini ({revision.head()}). Perbarui program di mesin ini."
    return Part("basis_data", POOR, advice, serving=True)


def _seals(waiting_s: float) -> Part:
    if waiting_s <= _SEAL_PATIENCE_S:
        return Part("segel", GOOD)
    advice = (
        f"Ada riwayat yang {waiting_s / 60:.0f} menit belum disegel. Periksa sweeper dan catatannya (`alur.seals`)."
    )
    return Part("segel", BROKEN, advice)


def _data_requests(late: int) -> Part:
    """By law each is answered within 72 hours; nothing breaks, but somebody must know."""
    if not late:
        return Part("permintaan_data", GOOD)
    advice = f"{late} permintaan warga atas datanya lewat 3x24 jam. Jawab di /data-warga (admin atau sekretaris)."
    return Part("permintaan_data", POOR, advice)


_WITHOUT = {
    heartbeats.WORKER: "Tidak ada worker yang hidup: pemberitahuan dan langkah otomatis menunggu. Nyalakan worker.",
    heartbeats.SWEEPER: "Tidak ada sweeper yang hidup: batas waktu tidak jatuh. Nyalakan sweeper.",
}


def _process(kind: str, count: int) -> Part:
    return Part(kind, GOOD) if count else Part(kind, BROKEN, _WITHOUT[kind])
