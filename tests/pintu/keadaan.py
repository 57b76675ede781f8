"""The table of doors by state: what each of its thing's states means for whoever knocks. A route without a row fails.

`rute.py` says who may go where; here the thing that the path names is in each of the states of its kind in turn, for
those for whom that may make a difference. A mark for each state, in the order of STATES; one mark alone stands for all:

+  shown; a POST: done, something was written
>  sent on to another page, nothing was written       =  a POST that only shows
~  the form comes back, it lacks something (422)
3  403    4  404    9  409, not now or not yours    0  410, gone for good

Nobody who is refused, sent on or asked again has written anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.pintu.dunia import NEWCOMER, OTHER_UNIT, OWNER, SAME_UNIT
from tests.support import surat

STATES: Mapping[str, tuple[str, ...]] = {
    "kasus": ("berjalan", "menunggu", "ditahan", "selesai", "ditarik", "ditolak"),
    # An officer's: in nobody's hands, in hers, hers with its clock stopped, hers and put aside, in another's, held by
    # a withdrawal while in hers, done while the case goes on, done in a case that has ended.
    "tugas": ("bebas", "sendiri", "dijeda", "disisihkan", "orang_lain", "ditahan", "tertutup", "berakhir"),
    "langkah": ("terbuka", "ditahan", "tertutup"),  # the pemohon's
    "akun": ("terbuka", "tertutup"),
    "konsultasi": ("dijawab_petugas", "menunggu", "selesai"),
    "hasil": ("belum_dikirim", "terkirim", "dimatikan"),  # the task that delivers
    "draf": ("terbuka", "terkirim", "dibuang"),
    "berkas": ("berjalan", "ditarik", "belum_dikirim", "terkirim", "dimatikan", "draf"),
    "tanda": ("kk_menunggu", "kk_ditandatangani", "surat_menunggu", "surat_ditandatangani"),
    "paket": ("berjalan", "selesai"),
    "massal": ("menunggu", "gagal", "selesai"),
    "periksa": ("berjalan", "selesai", "ekspor"),
    "kiriman": ("gagal", "diusulkan", "diulangi", "disampaikan"),
    "insiden": ("terbuka", "ditutup"),
    "permintaan": ("menunggu", "dijawab", "dibatalkan"),
}
"""Kind of thing -> its states."""

STATEFUL = {
    "case_id", "task_id", "draft_id", "upload_id", "batch", "run_id", "job_id", "incident_id", "request_id",
}  # fmt: skip
STATELESS = {
    "absence_id", "announcement_id", "answer_id", "filter_id", "key", "month", "name", "nomor", "rahasia", "section_id",
    "slug", "step", "tabel", "user_id", "what",
}  # fmt: skip
"""Parameters of routes: those that name a thing of a kind, and the rest."""

PEOPLE: Mapping[str, str] = {
    "pemohon": OWNER,
    "petugas": SAME_UNIT,
    "unit_lain": OTHER_UNIT,
    "peran_lain": "petugas_cetak",
    "supervisor": "supervisor",
    "auditor": "auditor",
    "pendaftar": NEWCOMER,
    "kepala": "kepala_dinas",
    "admin": "admin",
}
"""As they are called here -> one of `dunia.WHO`. The first six knock everywhere, the others where a row names them."""

Marks = Mapping[str, str]
_EVERYWHERE = tuple(PEOPLE)[:6]

OWN = dict.fromkeys(_EVERYWHERE, "3") | {"pemohon": "+"}
SEEN = {"pemohon": "3", "petugas": "+", "unit_lain": "4", "peran_lain": "+", "supervisor": "+", "auditor": "+"}
PAPER = SEEN | {"pemohon": "+"}
NOBODY = dict.fromkeys(_EVERYWHERE, "3")
WRITER = NOBODY | {"petugas": "4", "unit_lain": "4"}  # whoever sits at a counter writes drafts too, but not this one
HIDDEN = dict.fromkeys(_EVERYWHERE, "4") | {"pemohon": "3"}
# Only whoever holds the task may; the others see that it is not theirs.
HOLDS = SEEN | dict.fromkeys(("peran_lain", "supervisor", "auditor"), "9") | {"petugas": "9+++9999"}


def _everybody(rule: Marks, mark: str) -> Marks:
    """Whoever is let in by the rule gets this mark."""
    return {who: mark if said == "+" else said for who, said in rule.items()}


_BEFORE_SENT, _PAGES, _PHOTOS = (_everybody(PAPER, mark) for mark in ("+++++4", "44+++4", "++4444"))
_TAKE = _everybody(SEEN, "33333999")
_REOPEN = _everybody(SEEN, "99999993")


@dataclass(frozen=True)
class Row:
    """`marks`: of PEOPLE -> a mark for each state, or one for all. `sent`: other fields than `rute.py` has, "@" = the
    version that the thing has now.
    """

    kind: str
    marks: Marks
    sent: Mapping[str, str] | None = None

    def expected(self, person: str, state: str) -> str:
        said = self.marks[person]
        assert len(said) in (1, len(STATES[self.kind])), f"{person}: {said}"
        return said if len(said) == 1 else said[STATES[self.kind].index(state)]


def _row(kind: str, rule: Marks, sent: Mapping[str, str] | None = None, **otherwise: str) -> Row:
    """As the rule says, but for these."""
    return Row(kind, {**rule, **otherwise}, sent)


_KEY = {"kunci": "k" * 16}
_VERSION = {"versi": "@"}
_BLOCK = {"sebab": "dokumen_palsu", "uraian": "Dokumennya diubah."}
_CARD = {"tanggal": "2026-11-23", "nasib": "disimpan", "catatan": ""}
_RATING = {f"U{number}": "4" for number in range(1, 10)}

TABLE: Mapping[str, Row] = {
    # The pemohon's own
    "GET /permohonan/<case_id>": _row("kasus", OWN),
    "GET /permohonan/<case_id>/diagram.bpmn": _row("kasus", OWN),
    "GET /permohonan/<case_id>/riwayat": _row("kasus", OWN),
    "POST /permohonan/<case_id>/salin": _row("kasus", OWN, pemohon=">"),  # to the draft that is begun already
    "POST /permohonan/<case_id>/pin": _row("kasus", OWN),
    "GET /permohonan/<case_id>/tarik": _row("kasus", OWN, pemohon="++>>>>"),
    "POST /permohonan/<case_id>/tarik": _row("kasus", OWN, pemohon="++>>>>"),
    "GET /permohonan/<case_id>/nilai": _row("kasus", OWN, pemohon=">>>+++"),
    "POST /permohonan/<case_id>/nilai": _row("kasus", OWN, _RATING, pemohon=">>>+++"),
    "GET /permohonan/<case_id>/langkah/<task_id>": _row("langkah", OWN, pemohon="+>>"),
    "POST /permohonan/<case_id>/langkah/<task_id>": _row("langkah", OWN, {**_KEY, **_VERSION}, pemohon="~9>"),
    "GET /akun/langkah/<task_id>": _row("akun", NOBODY, pendaftar="+4"),
    "POST /akun/langkah/<task_id>": _row("akun", NOBODY, pendaftar="~4"),
    "POST /pengaturan/data/minta/<request_id>/batal": _row(
        "permintaan", dict.fromkeys(_EVERYWHERE, "4"), pemohon="+44"
    ),
    "GET /konsultasi/<case_id>": _row("konsultasi", OWN),
    "GET /konsultasi/<case_id>/langkah/<task_id>": _row("konsultasi", OWN, pemohon="4+>"),
    "POST /konsultasi/<case_id>/langkah/<task_id>": _row(
        "konsultasi", OWN, {**_KEY, **_VERSION, "keputusan": "puas"}, pemohon="4+>"
    ),
    "POST /konsultasi/<case_id>/buka-kembali": _row("konsultasi", OWN, pemohon=">>+"),
    "GET /konsultasi/<case_id>/nilai": _row("konsultasi", OWN, pemohon=">>+"),
    "POST /konsultasi/<case_id>/nilai": _row("konsultasi", OWN, _RATING, pemohon=">>+"),
    # A draft: sent, its pages lead to the case; thrown away, there is none
    "GET /permohonan/draf/<draft_id>": _row("draf", WRITER, pemohon=">>4"),
    "POST /permohonan/draf/<draft_id>/buang": _row("draf", WRITER, pemohon="+>4"),
    "GET /permohonan/draf/<draft_id>/periksa": _row("draf", WRITER, pemohon="+>4"),
    "POST /permohonan/draf/<draft_id>/periksa": _row("draf", WRITER, _VERSION, pemohon="~>4"),
    "GET /permohonan/draf/<draft_id>/unduhan/<name>.pdf": _row("draf", WRITER, pemohon="+94"),
    "GET /permohonan/draf/<draft_id>/<section_id>": _row("draf", WRITER, pemohon="+>4"),
    "POST /permohonan/draf/<draft_id>/<section_id>": _row("draf", WRITER, _VERSION, pemohon=">>4"),
    "POST /permohonan/draf/<draft_id>/<section_id>/ketikan": _row("draf", WRITER, _VERSION, pemohon="+94"),
    "GET /permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>": _row("draf", WRITER, pemohon="+94"),
    "POST /permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>": _row("draf", WRITER, _VERSION, pemohon="+94"),
    # Papers: a result is the pemohon's once it was sent, until it is cut; the officers go on seeing what went wrong
    "GET /berkas/<upload_id>": _row("berkas", _BEFORE_SENT, pemohon="++4+0+"),
    "GET /berkas/<upload_id>/halaman/<nomor>": _row("berkas", _PAGES, pemohon="444+04"),
    "GET /berkas/<upload_id>/kecil": _row("berkas", _PHOTOS, pemohon="++440+"),
    "GET /permohonan/<case_id>/bukti.pdf": _row(
        "kasus", {who: PAPER[who] for who in ("pemohon", "petugas", "unit_lain")}
    ),
    "GET /diskusi/<case_id>": _row("kasus", PAPER),
    "POST /diskusi/<case_id>": _row("kasus", PAPER, auditor="3"),
    "POST /diskusi/<case_id>/dibaca": _row("kasus", _everybody(PAPER, ">")),  # there is nothing new in it
    # A task, and its case through it
    "GET /tugas/<task_id>": _row("tugas", SEEN),
    "GET /tugas/<task_id>/diagram.bpmn": _row("tugas", SEEN),
    "GET /tugas/<task_id>/riwayat": _row("tugas", SEEN),
    "GET /tugas/<task_id>/whatsapp": _row("tugas", _everybody(SEEN, ">")),
    "POST /tugas/<task_id>/isian": _row("tugas", _everybody(SEEN, "=")),
    "POST /tugas/<task_id>/catatan": _row("tugas", SEEN, auditor="3"),
    "POST /tugas/<task_id>/tanda": _row("tugas", SEEN, auditor="3"),
    "POST /tugas/<task_id>/prioritas": _row("tugas", SEEN, auditor="3", peran_lain="3"),
    "POST /tugas/<task_id>/usul-blokir": _row("tugas", SEEN, _BLOCK, supervisor="3", auditor="3"),
    # Whoever holds it already is led to it.
    "POST /tugas/<task_id>/ambil": _row("tugas", _TAKE, petugas="+>>>9>99"),
    "GET /tugas/<task_id>/serahkan": _row("tugas", HOLDS),
    "POST /tugas/<task_id>/serahkan": _row(
        "tugas",
        HOLDS,
        {**_VERSION, "kepada": "uji-pak-budi", "alasan": "Bergantian"},
        petugas="9+++>999",  # in that very person's hands already: the second click
    ),
    "POST /tugas/<task_id>": _row("tugas", HOLDS, {**_KEY, **_VERSION}, petugas="9~~~9999"),
    "POST /tugas/<task_id>/lepas": _row("tugas", HOLDS, {**_VERSION, "alasan": "Istirahat"}),
    "POST /tugas/<task_id>/simpan": _row("tugas", HOLDS),
    "POST /tugas/<task_id>/tahan": _row("tugas", HOLDS),
    "POST /tugas/<task_id>/tahan/akhiri": _row("tugas", HOLDS, petugas="9>>+9999"),
    "POST /tugas/<task_id>/jeda": _row("tugas", HOLDS, petugas="9+>+9999"),
    "POST /tugas/<task_id>/lanjutkan": _row("tugas", HOLDS, petugas="9>+>9999"),
    "POST /tugas/<task_id>/buka-kembali": _row("tugas", _REOPEN, supervisor="9999999+"),
    "POST /tugas/<task_id>/salah-orang": _row(
        "hasil", SEEN, petugas=">+>", peran_lain=">+>", supervisor=">+>", auditor="3"
    ),
    # Signing: KK in SIAK, letters here
    "GET /tanda-tangan/<step>/<task_id>": _row("tanda", HIDDEN, kepala="+4+4"),
    "POST /tanda-tangan/<step>/<task_id>": _row("tanda", HIDDEN, kepala="94~4"),
    "GET /tanda-tangan/hasil/<batch>": _row("paket", HIDDEN, kepala="+"),
    "POST /tanda-tangan/hasil/<batch>": _row("paket", HIDDEN, {"frasa": surat.PASSPHRASE}, kepala="+>"),
    # The counter; a case of another unit is none there
    "POST /loket/<case_id>/bukti.pdf": _row("kasus", NOBODY, petugas="~", unit_lain="4"),
    "POST /loket/<case_id>/pin": _row("kasus", NOBODY, petugas="+", unit_lain="4"),
    "GET /kk-lama/<case_id>": _row("kasus", NOBODY, petugas="+", unit_lain="4", peran_lain="+"),
    "POST /kk-lama/<case_id>": _row("kasus", NOBODY, _CARD, petugas="+", unit_lain="4", peran_lain="+"),
    # Messages that did not arrive, and other work given up
    "POST /inbox/kiriman/<job_id>/ulangi": _row("kiriman", HIDDEN, peran_lain="++>>"),
    "POST /inbox/kiriman/<job_id>/disampaikan": _row("kiriman", HIDDEN, peran_lain="++>>"),
    "POST /admin/kiriman/<job_id>/ulangi": _row("kiriman", NOBODY, admin="++>>"),
    "POST /admin/kiriman/<job_id>/disampaikan": _row("kiriman", NOBODY, admin="++>>"),
    "POST /admin/insiden/<job_id>/ulangi": _row("kiriman", NOBODY, supervisor="++>>", admin="++>>"),
    "POST /admin/insiden/<job_id>/usul-lewati": _row("kiriman", NOBODY, supervisor="+>>>", admin="+>>>"),
    # The supervisor proposed it, so somebody else decides.
    "POST /admin/insiden/<job_id>/putuskan": _row(
        "kiriman", NOBODY, {"keputusan": "lewati"}, supervisor=">3>>", admin=">+>>"
    ),
    "POST /insiden-data/<incident_id>/tutup": _row("insiden", NOBODY, supervisor="+>"),
    # Residents' requests about their data, long work, the auditor's
    "GET /data-warga/<request_id>": _row("permintaan", NOBODY, admin="+"),
    "POST /data-warga/<request_id>": _row("permintaan", NOBODY, admin="+44"),
    "GET /cetak/proses/<run_id>": _row("massal", NOBODY, peran_lain="+"),
    "POST /cetak/proses/<run_id>/ulangi": _row("massal", NOBODY, peran_lain=">+>"),
    "GET /audit/kasus/<case_id>": _row("kasus", NOBODY, auditor="+"),
    "GET /audit/kasus/<case_id>/pembaca": _row("kasus", NOBODY, auditor="+"),
    "GET /audit/hasil/<run_id>": _row("periksa", NOBODY, auditor="+"),
    "POST /audit/hasil/<run_id>/unduh": _row("periksa", NOBODY, auditor=">>+"),
}
