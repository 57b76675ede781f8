"""Every thing that a route names, once in each of the states it can be in: behind the doors of `keadaan.py`."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update

from app.domain.actors import SYSTEM, Actor
from app.models import AuditRun, BulkItem, DataIncident, Job, Task, Upload, new_id
from app.services import clock, store
from app.services.auditing import runs as audits
from app.services.background import jobs, skipping
from app.services.delivery import data_incidents
from app.services.delivery import runs as bulk_runs
from app.services.desk import asides
from app.services.flow import pauses, published, tasks, withdrawal
from app.services.messages import failed, undelivered
from app.services.portal import consulting, drafts, submissions
from app.services.privacy import answering, requests
from app.services.signing import batches, signers
from app.services.work import unit_of_work
from tests import factories
from tests.pintu.dunia import PERSON, UNIT, Dunia, waiting
from tests.support import surat
from tests.support.draf import fill_hilang, fill_perubahan
from tests.support.kasus import finish, job_of

Things = dict[str, str]
"""Parameter of a route -> which one."""

_TO_DO = "periksa_berkas"
_COMPLETE = {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"}
_CHANGED = {"keputusan": "lengkap", "jenis_ditetapkan": "perubahan"}


@dataclass
class Pembuat:
    """Makes them in the office's own way, as its people would."""

    dunia: Dunia

    def __post_init__(self) -> None:
        self.people = {key: factories.actor(key) for key in factories.CAST}
        role = "petugas_layanan"
        self.lestari = Actor("uji-bu-lestari", "Lestari Handayeni", frozenset({role}), frozenset({(role, UNIT)}))
        self.sari, self.budi, self.agus = (self.people[key] for key in ("bu_sari", "pak_budi", "pak_agus"))
        self.eko = self.people["pak_eko"]
        self.supervisor = self.people[PERSON["supervisor"]]

    def every(self) -> dict[str, dict[str, Things]]:
        """Kind -> state -> the thing."""
        return {
            "paket": self.paket(),
            "kasus": self.kasus(),
            "tugas": self.tugas(),
            "langkah": self.langkah(),
            "konsultasi": self.konsultasi(),
            "akun": self.akun(),
            "hasil": self.hasil(),
            "tanda": self.tanda(),
            "massal": self.massal(),
            "periksa": self.periksa(),
            "kiriman": self.kiriman(),
            "insiden": self.insiden(),
            "permintaan": self.permintaan(),
            "draf": self.draf(),  # last: whoever begins another goes on with this one
            "berkas": self.berkas(),
        }

    # A case of Bu Sari's

    def submit(self) -> str:
        draft_id = fill_hilang(self.sari)
        version = drafts.load(self.sari, draft_id).version
        return submissions.submit(self.sari, draft_id, version, confirmed=True).case_id

    def opened(self, by: Actor | None = None) -> str:
        """Whoever opens a case goes on with it."""
        case_id = self.submit()
        finish(case_id, "buka_permohonan", by or self.budi)
        return case_id

    def free(self) -> str:
        case_id = self.opened()
        task = store.session.get_one(Task, waiting(case_id), populate_existing=True)
        tasks.release(self.budi, task.id, task.version, "Istirahat.")
        return case_id

    def to_enter(self, who: Actor) -> str:
        """In these hands, at the step whose clock may be stopped."""
        case_id = self.opened(who)
        finish(case_id, _TO_DO, who, _CHANGED)
        tasks.claim(who, waiting(case_id))
        return case_id

    def in_siak(self, decision: str) -> str:
        """Entered in SIAK, and judged by the section head."""
        case_id = self.to_enter(self.lestari)
        finish(case_id, "entri_siak", self.lestari, {"status_entri": "tersimpan"})
        finish(case_id, "ajukan_cetak", self.lestari)
        finish(case_id, "verifikasi_draft", self.people["bu_wulan"], {"keputusan": decision})
        return case_id

    def signed(self) -> str:
        case_id = self.opened()
        finish(case_id, _TO_DO, self.budi, _COMPLETE)
        finish(case_id, "ajukan_cetak", self.budi)
        finish(case_id, "verifikasi_draft", self.people["bu_wulan"], {"keputusan": "valid"})
        finish(case_id, "tanda_tangan_kk", self.people["bu_kartika"], {"keputusan": "ditandatangani"})
        return case_id

    def archived(self) -> str:
        case_id = self.signed()
        assert jobs.run_one(job_of(case_id, "otomatis").id)
        finish(case_id, "kirim_kk", self.agus, {"keputusan": "terkirim"})
        assert jobs.run_one(job_of(case_id, "otomatis").id)
        finish(case_id, "arsipkan", self.agus, {"salinan_lepas": []})
        finish(case_id, "terima_kk", self.sari, {"hasil": "baik"})
        return case_id

    def returned(self) -> str:
        case_id = self.opened()
        judged = {"ktp": {"nilai": "tidak_terbaca", "catatan": "buram"}, "surat_hilang": {"nilai": "sesuai"}}
        lacking = {
            "keputusan": "kurang",
            "jenis_ditetapkan": "hilang",
            "pesan_pemohon": "Foto buram.",
            "berkas": judged,
        }
        finish(case_id, _TO_DO, self.budi, lacking)
        return case_id

    def refused(self) -> str:
        case_id = self.opened()
        finish(case_id, _TO_DO, self.budi, {"keputusan": "usul_tolak", "jenis_ditetapkan": "hilang"})
        finish(case_id, "putuskan_penolakan", self.people["bu_wulan"], {"keputusan": "tolak"})
        return case_id

    def withdrawn(self, case_id: str) -> str:
        withdrawal.withdraw(self.sari, case_id, f"tarik-{case_id}")
        return case_id

    def kasus(self) -> dict[str, Things]:
        self.running = self.free()
        self.back = self.returned()
        self.ended = self.archived()
        self.gone = self.withdrawn(self.submit())
        held = self.in_siak("salah_entri")
        self.held_task = waiting(held)
        tasks.claim(self.lestari, self.held_task)
        self.held = self.withdrawn(held)
        found = {
            "berjalan": self.running,
            "menunggu": self.back,
            "ditahan": self.held,
            "selesai": self.ended,
            "ditarik": self.gone,
            "ditolak": self.refused(),
        }
        return {state: {"case_id": case_id, "task_id": last_task(case_id)} for state, case_id in found.items()}

    # The tasks in it

    def tugas(self) -> dict[str, Things]:
        mine, theirs, paused, aside = (
            waiting(self.to_enter(who)) for who in (self.lestari, self.budi, self.lestari, self.lestari)
        )
        pauses.pause(self.lestari, paused)
        asides.put(self.lestari, aside, "2026-12-01", "Menunggu.")
        found = {
            "bebas": waiting(self.running),
            "sendiri": mine,
            "dijeda": paused,
            "disisihkan": aside,
            "orang_lain": theirs,
            "ditahan": self.held_task,
            "tertutup": step_of(self.back, _TO_DO),
            "berakhir": step_of(self.ended, _TO_DO),
        }
        return {state: {"task_id": task_id} for state, task_id in found.items()}

    def langkah(self) -> dict[str, Things]:
        held = self.in_siak("tidak_valid")
        found = {
            "terbuka": (self.back, waiting(self.back)),
            "ditahan": (held, waiting(held)),
            "tertutup": (self.ended, step_of(self.ended, "terima_kk")),
        }
        self.withdrawn(held)
        return {state: {"case_id": case_id, "task_id": task_id} for state, (case_id, task_id) in found.items()}

    def konsultasi(self) -> dict[str, Things]:
        answered, asked, over = (self.asked(n) for n in range(3))
        for case_id in (answered, over):
            said = {"keputusan": "teruskan", "jenis_ditetapkan": "informasi", "topik_ditetapkan": "nik"}
            finish(case_id, "telaah", self.budi, said)
            told = {"keputusan": "dijawab", "pesan_pemohon": "Sudah kami perbaiki."}
            finish(case_id, "jawab_informasi", self.people["bu_wulan"], told)
        done = {"case_id": over, "task_id": waiting(over)}
        finish(over, "tanggapi", self.sari, {"keputusan": "puas"})
        return {
            "dijawab_petugas": {"case_id": asked, "task_id": waiting(asked)},
            "menunggu": {"case_id": answered, "task_id": waiting(answered)},
            "selesai": done,
        }

    def asked(self, n: int) -> str:
        what = {"jenis": "informasi", "topik": "nik", "judul": "NIK", "uraian": "NIK saya tidak ditemukan."}
        return consulting.file(self.sari, what, f"kunci-keadaan-{n}")

    def akun(self) -> dict[str, Things]:
        """The newcomer's own: judged not to fit, and once before."""
        open_task = self.dunia.sari["tugas_akun"]
        first = step_of(self.dunia.sari["kasus_akun"], "cocokkan_data")
        return {"terbuka": {"task_id": open_task}, "tertutup": {"task_id": first}}

    # What is not a case yet, or lies in one

    def draf(self) -> dict[str, Things]:
        gone = fill_perubahan(self.sari)
        drafts.discard(self.sari, gone)
        sent = fill_hilang(self.sari)
        submissions.submit(self.sari, sent, drafts.load(self.sari, sent).version, confirmed=True)
        self.draft = fill_perubahan(self.sari)
        return {"terbuka": {"draft_id": self.draft}, "terkirim": {"draft_id": sent}, "dibuang": {"draft_id": gone}}

    def berkas(self) -> dict[str, Things]:
        """Papers of a case that goes on and of one withdrawn, of a draft; a result: sent, not sent yet, and cut."""
        found = {
            "berjalan": paper_of(Upload.case_id == self.running),
            "ditarik": paper_of(Upload.case_id == self.gone),
            **{state: upload_id for state, (_, upload_id) in self.results.items()},
            "draf": paper_of(Upload.draft_id == self.draft),
        }
        return {state: {"upload_id": upload_id} for state, upload_id in found.items()}

    def hasil(self) -> dict[str, Things]:
        self.results = {
            "belum_dikirim": self.delivered(False),
            "terkirim": self.delivered(True),
            "dimatikan": self.delivered(True),
        }
        data_incidents.report(self.agus, self.results["dimatikan"][0], "KK tetangga.")
        return {state: {"task_id": delivery_of(case_id)} for state, (case_id, _) in self.results.items()}

    def delivered(self, is_sent: bool) -> tuple[str, str]:
        """(case, its PDF)."""
        case_id = self.signed()
        assert jobs.run_one(job_of(case_id, "otomatis").id)
        with unit_of_work() as session:
            digest = session.get_one(Upload, self.dunia.sari["berkas_pdf"]).digest
            row = Upload(id=new_id(), owner_id=self.agus.id, digest=digest, created_at=clock.now(), case_id=case_id)
            row.field, row.step = "kk_pdf", "kirim_kk"
            session.add(row)
            upload_id = row.id
        if is_sent:
            finish(case_id, "kirim_kk", self.agus, {"keputusan": "terkirim", "kk_pdf": [upload_id]})
        return case_id, upload_id

    def tanda(self) -> dict[str, Things]:
        """KK are signed in SIAK, letters here."""
        case_id = self.opened()
        finish(case_id, _TO_DO, self.budi, _COMPLETE)
        finish(case_id, "ajukan_cetak", self.budi)
        finish(case_id, "verifikasi_draft", self.people["bu_wulan"], {"keputusan": "valid"})
        kk, letter = "tanda_tangan_kk", surat.STEP
        left, _, done = self.letters
        return {
            "kk_menunggu": {"step": kk, "task_id": waiting(case_id)},
            "kk_ditandatangani": {"step": kk, "task_id": step_of(self.ended, kk)},
            "surat_menunggu": {"step": letter, "task_id": waiting(left)},
            "surat_ditandatangani": {"step": letter, "task_id": step_of(done, letter)},
        }

    def paket(self) -> dict[str, Things]:
        """Two letters that were asked to be signed, one of them was; and one that nobody has looked at."""
        office = surat.Surat(published.publish(SYSTEM, surat.files()).id, self.people)
        signers.create(SYSTEM, "kartika@contoh.id", surat.PASSPHRASE)
        self.letters = office.waiting(3)
        batch = [
            batches.begin(office.head, surat.STEP, office.see(case_id), f"kunci-paket-{n}".ljust(16, "0"))
            for n, case_id in enumerate(self.letters[1:])
        ]
        batches.proceed(office.head, batch[1], surat.PASSPHRASE)
        return {"berjalan": {"batch": batch[0]}, "selesai": {"batch": batch[1]}}

    # Long work, messages, incidents, requests

    def massal(self) -> dict[str, Things]:
        """Runs of whoever archives: untouched, with one that failed, done."""
        runs = {
            state: bulk_runs.start(self.agus, "arsipkan", "Mengarsip", [waiting(self.running)], f"massal-{state}", {})
            for state in ("menunggu", "gagal", "selesai")
        }
        with unit_of_work() as session:
            for state in ("gagal", "selesai"):
                over = update(BulkItem).where(BulkItem.run_id == runs[state]).values(state=state, done_at=clock.now())
                session.execute(over)
        return {state: {"run_id": run_id} for state, run_id in runs.items()}

    def periksa(self) -> dict[str, Things]:
        """What the auditor asked for: under way, done, and an export that is ready."""
        tuti = self.people["bu_tuti"]
        done = AuditRun(kind=audits.VERIFY, asked_by=tuti.id, asked_at=clock.now(), done_at=clock.now())
        with unit_of_work() as session:
            session.add(done)
            session.flush()
            found = {"berjalan": self.dunia.sari["run_id"], "selesai": done.id}
        export = audits.ask(tuti, audits.EXPORT)
        job = select(Job.id).where(Job.key == f"{audits.KIND}:{export}")
        assert jobs.run_one(store.session.scalars(job).one())
        return {state: {"run_id": run_id} for state, run_id in {**found, "ekspor": export}.items()}

    def kiriman(self) -> dict[str, Things]:
        """Letters: given up, with a proposal to leave it out, sent again, told otherwise."""
        query = select(Job.id).where(Job.kind == "surat", Job.case_id == self.ended).order_by(Job.id).limit(4)
        found = dict(zip(("gagal", "diusulkan", "diulangi", "disampaikan"), store.session.scalars(query), strict=True))
        with unit_of_work() as session:
            given_up = update(Job).where(Job.id.in_(found.values())).values(failed_at=clock.now(), done_at=None)
            session.execute(given_up, execution_options={"synchronize_session": False})
        skipping.propose(self.supervisor, found["diusulkan"], "Orangnya sudah datang.")
        failed.told_otherwise(self.eko, found["disampaikan"], "Ditelepon.")
        undelivered.send_again(self.agus, found["diulangi"])
        return {state: {"job_id": job_id} for state, job_id in found.items()}

    def insiden(self) -> dict[str, Things]:
        at = clock.now()
        made = [
            DataIncident(
                case_id=self.ended,
                source="petugas",
                opened_by="sistem",
                uploads=[],
                opened_at=at,
                due_at=at,
                measures="",
            )
            for _ in range(2)
        ]
        with unit_of_work() as session:
            session.add_all(made)
            session.flush()
            open_one, closed = (one.id for one in made)
        data_incidents.close(self.supervisor, closed, "Pemilik data diberi tahu lewat telepon.")
        return {"terbuka": {"incident_id": open_one}, "ditutup": {"incident_id": closed}}

    def permintaan(self) -> dict[str, Things]:
        waiting_one = self.dunia.sari["request_id"]
        answered = self.requested()
        answering.answer(self.eko, answered, "ditolak", "Sudah benar.")
        cancelled = self.requested()
        requests.cancel(self.sari, cancelled)
        return {
            "menunggu": {"request_id": waiting_one},
            "dijawab": {"request_id": answered},
            "dibatalkan": {"request_id": cancelled},
        }

    def requested(self) -> str:
        number = requests.ask(self.sari, requests.HOLD, "Jangan dulu.")
        return next(one.id for one in requests.mine(self.sari) if one.number == number)


def last_task(case_id: str) -> str:
    """Of this case: the one that is open, else the one that was last."""
    query = select(Task.id).where(Task.case_id == case_id).order_by(Task.closed_at.is_not(None), Task.opened_at.desc())
    return store.session.scalars(query.limit(1)).one()


def delivery_of(case_id: str) -> str:
    return store.session.scalars(select(Task.id).where(Task.case_id == case_id, Task.step == "kirim_kk")).one()


def step_of(case_id: str, step: str) -> str:
    query = select(Task.id).where(Task.case_id == case_id, Task.step == step, Task.closed_at.is_not(None))
    return store.session.scalars(query.limit(1)).one()


def paper_of(which: ColumnElement[bool]) -> str:
    return store.session.scalars(select(Upload.id).where(which).order_by(Upload.id).limit(1)).one()
