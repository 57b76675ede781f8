"""The admin's start page, and the state of the whole machinery."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.config import Config
from app.domain.tanggal import format_length, format_moment
from app.services import clock
from app.services.background import incidents
from app.services.flow import published
from app.services.messages import failed
from app.services.operations import health, state
from app.services.operations.state import State
from app.services.paging import capped
from app.web.access import current_actor, roles
from app.web.admin.incidents import KINDS

admin = Blueprint("admin", __name__, url_prefix="/admin")

ROOMS = (
    ("/admin/petugas", "Petugas", "Orang kantor, peran dan unitnya; matikan akun."),
    ("/admin/cuti", "Cuti dan pengganti", "Siapa menggantikan siapa, dari kapan sampai kapan."),
    (
        "/admin/kalender",
        "Kalender dan jam kantor",
        "Libur, cuti bersama, jam Ramadan; lihat akibatnya sebelum disimpan.",
    ),
    ("/admin/kantor", "Profil kantor dan kop surat", "Nama, alamat, kepala dinas, logo."),
    ("/admin/pemberitahuan", "Surat dan pemberitahuan", "Teks surat sistem, dengan pratinjau di tiap saluran."),
    ("/admin/daftar-kode", "Daftar kode dan versi formulir", "Pilihan di formulir menurut tanggal berlakunya."),
    ("/admin/insiden", "Gangguan", "Pekerjaan sistem yang berhenti: ulangi, atau usulkan untuk dilewati."),
    ("/admin/kiriman", "Kiriman yang tidak sampai", "Email dan WhatsApp yang gagal atau tertunda."),
    ("/admin/pengumuman", "Pengumuman", "Kabar kantor di beranda semua pemohon."),
    ("/admin/sistem", "Keadaan sistem", "Versi, proses, antrean, segel, cadangan, ruang."),
    ("/admin/penolakan", "Akses yang ditolak", "Siapa mencoba membuka yang bukan haknya."),
)
PARTS = {
    "basis_data": "Basis data",
    "segel": "Segel jejak",
    "permintaan_data": "Permintaan data warga",
    "worker": "Worker",
    "sweeper": "Sweeper",
    "bel": "Redis",
    "ruang": "Ruang disk",
    "cadangan": "Cadangan",
}
_STATES = {health.GOOD: ("Baik", "selesai"), health.POOR: ("Kurang", "perlu"), health.BROKEN: ("Rusak", "tutup")}
_MODES = {"demo": "peragaan", "production": "produksi"}


@dataclass(frozen=True)
class _Matter:
    judul: str
    ket: str
    url: str
    penting: bool = True


@admin.get("")
@roles("admin")
def ringkasan() -> ResponseReturnValue:
    return render_template("admin/ringkasan.html", perlu=list(_matters()), ruang=ROOMS)


@admin.get("/sistem")
@roles("admin")
def sistem() -> ResponseReturnValue:
    now, config = clock.now(), _config()
    found = state.read(current_actor(), now, redis_url=config.redis_url, disk_min_mb=config.disk_min_mb)
    parts = [*found.parts, state.backup(now)]
    said = [(PARTS.get(part.name, part.name), *_STATES[part.state], part.advice) for part in parts]
    return render_template(
        "admin/sistem.html",
        keadaan=found,
        bagian=said,
        sekarang=now,
        setelan=list(_settings(found, config)),
        segel=list(_sealed(found)),
        antrean=list(_backlog(found)),
        catatan=sorted([*found.backups, *found.restores], key=lambda line: line.at, reverse=True),
        jenis=KINDS,
    )


def _matters() -> Iterator[_Matter]:
    actor, config = current_actor(), _config()
    stopped, letters = incidents.count(actor), failed.count(actor)
    if stopped:
        title = f"{capped(stopped)} gangguan menunggu"
        yield _Matter(title, "Pekerjaan sistem yang berhenti sesudah beberapa kali dicoba.", url_for("incidents.show"))
    if letters:
        title = f"{capped(letters, failed.PAGE)} kiriman tidak sampai"
        yield _Matter(
            title, "Email atau WhatsApp yang gagal; kirim lagi atau catat disampaikan lain.", "/admin/kiriman"
        )
    for part in state.troubles(actor, clock.now(), redis_url=config.redis_url, disk_min_mb=config.disk_min_mb):
        where = "/data-warga" if part.name == "permintaan_data" else url_for("admin.sistem")
        yield _Matter(PARTS.get(part.name, part.name), part.advice, where, part.state == health.BROKEN)


def _settings(found: State, config: Config) -> Iterator[tuple[str, str]]:
    yield "Alur", found.version
    yield "Mode", _MODES[config.mode]
    yield "Tabel (migrasi)", found.revision
    yield "Basis data", {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(found.database, found.database)
    yield "Redis", "dipakai" if config.redis_url else "tidak dipakai; pekerja membaca tabel"
    yield "Email", f"SMTP lewat {config.mail.server}" if config.mail.server else "kotak surat peragaan"
    yield "WhatsApp", "Cloud API" if config.whatsapp else "tautan yang dibuka petugas"
    yield "Tanda tangan surat", "BSrE e-Sign" if config.bsre else "sertifikat lokal"
    yield "Berkas", "folder bersama (ALUR_FILES)" if config.files_dir else "folder di ALUR_DATA"
    yield "Masuk dua langkah", "wajib" if config.demands_second_factor else "boleh"
    yield "Prosedur terbit", f"{len(published.in_force_on(clock.today()))} berlaku hari ini"


def _sealed(found: State) -> Iterator[tuple[str, str]]:
    seals = found.seals
    yield "Segel terakhir", f"nomor {seals.number}, {format_moment(seals.at)}" if seals.at else "belum ada"
    yield "Belum disegel", f"sejak {_length(seals.unsealed_s)}" if seals.unsealed_s else "tidak ada"
    yield "Berkas segel", f"{seals.size / 1000:.0f} kB"
    place = "di luar folder data" if seals.apart else "di folder data; salin ke mesin lain (ALUR_SEAL_FILE)"
    yield "Letaknya", place
    yield "Cadangan terakhir", format_moment(found.backups[0].at) if found.backups else "belum ada yang tercatat"
    for name, free in found.free_mb.items():
        yield f"Sisa ruang ({name})", f"{free} MB"


def _backlog(found: State) -> Iterator[tuple[str, str]]:
    counted = found.figures
    yield "Pekerjaan tertua yang belum diambil", _length(counted.oldest_job_s) if counted.oldest_job_s else "tidak ada"
    late = (
        f"{counted.overdue_timers}, tertua {_length(counted.oldest_timer_s)}" if counted.overdue_timers else "tidak ada"
    )
    yield "Batas waktu yang belum dipungut sweeper", late


def _length(seconds: float) -> str:
    return format_length(timedelta(seconds=seconds)) if seconds >= 60 else f"{seconds:.0f} detik"


def _config() -> Config:
    config: Config = current_app.config["ALUR"]
    return config
