"""What the people of the cast do on the pages, one method per act, in the words of the screens."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e.berkas import foto, pdf

SANDI = "peragaan-alur-2026"
LAYANAN = "kk-perubahan-data"
ORANG = {
    "bu_sari": "sari@contoh.id",
    "pak_joko": "joko@contoh.id",
    "bu_lestari": "lestari@contoh.id",
    "pak_budi": "budi@contoh.id",
    "bu_rini": "rini@contoh.id",
    "pak_agus": "agus@contoh.id",
    "bu_anis": "anis@contoh.id",
    "bu_wulan": "wulan@contoh.id",
    "bu_kartika": "kartika@contoh.id",
    "pak_dwi": "dwi@contoh.id",
    "pak_eko": "eko@contoh.id",
    "bu_tuti": "tuti@contoh.id",
}
# The office's own steps that the worker does; it rings within a second.
WAIT_SECONDS = 90


def masuk(page: Page, email: str) -> None:
    page.goto("/masuk")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Kata sandi").fill(SANDI)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("button", name="Keluar", exact=True)).to_be_visible()


def kabar(page: Page, kata: str | re.Pattern[str]) -> None:
    """The page says so in its place for messages."""
    expect(page.locator(".alert").filter(has_text=kata).first).to_be_visible()


def galat(page: Page) -> list[str]:
    """What the box on top of a form says is wrong."""
    expect(page.locator("#kotak-galat")).to_be_visible()
    return page.locator("#kotak-galat li").all_inner_texts()


def surat(page: Page, kepala: str) -> str:
    """The newest letter in the demonstration's mailbox whose subject says `kepala`."""
    found = page.locator("details").filter(has=page.locator("summary", has_text=kepala))

    def arrived() -> bool:
        page.goto("/peragaan/surat")
        return found.count() > 0

    until(arrived, f"no letter says {kepala!r}")
    return found.first.locator(".surat-isi").text_content() or ""


def until(condition: Any, otherwise: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.3)


@dataclass(frozen=True)
class Keadaan:
    """What a resident reads on the page of their permohonan. `baris`: row number -> its state in words."""

    status: str
    kalimat: str
    ditunggu: str
    tahap: str
    baris: Mapping[int, str]
    tombol: Sequence[str]


class Pemohon:
    """A resident on their own pages. Nothing here needs JavaScript."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # --- Filing ---

    def mulai(self) -> None:
        self.page.goto(f"/layanan/{LAYANAN}")
        self.page.get_by_role("link", name="Ajukan permohonan").first.click()
        self.page.get_by_role("button", name="Mulai").click()

    def pilih(self, nama: str, nilai: str) -> None:
        self.page.locator(f'input[name="{nama}"][value="{nilai}"]').check()

    def unggah(self, nama: str, *berkas: FilePayload) -> None:
        self.page.wait_for_load_state()
        self.page.locator(f'input[type=file][name="unggah:{nama}"]').set_input_files(list(berkas))
        if self.page.locator(f'button[value="unggah:{nama}"]').is_visible():
            self.page.locator(f'button[value="unggah:{nama}"]').click()
        expect(self.page.locator(f'input[type=hidden][name="{nama}"]')).to_have_count(len(berkas))

    def lanjut(self) -> None:
        """The next page, with its scripts: what is typed before they run, they do not see."""
        self.page.locator("main .tombol-baris .btn-primary").click()
        self.page.wait_for_load_state()

    def di(self, judul: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(judul)

    def isi_perubahan(self, anggota: str = "Sari Puspitarini") -> None:
        """The whole form of a change of one person's work, up to reading it over."""
        self.mulai()
        self.pilih("jenis", "perubahan")
        self.lanjut()
        self.pilih("kk_lama", "ada")
        self.lanjut()
        self.di("Data pemohon")
        self.lanjut()
        self.untuk("diri_sendiri")
        self.di("Anggota keluarga di KK ini")
        self.lanjut()
        self.di("Data yang berubah")
        self.tambah_perubahan(anggota)
        self.lanjut()
        self.di("Foto berkas")
        self.unggah("f106", foto("F-1.06 halaman 1"), foto("F-1.06 halaman 2"))
        self.unggah("kk_lama_foto", foto("KK LAMA"))
        self.lanjut()
        self.isi_penutup()

    def untuk(self, siapa: str) -> None:
        self.di("Permohonan ini untuk siapa?")
        self.pilih("untuk", siapa)
        self.lanjut()

    def tambah_perubahan(self, anggota: str) -> None:
        self.page.locator('button[value="baris:perubahan:baru"]').click()
        expect(self.page.locator('select[name="perubahan.0.elemen"]')).to_be_visible()
        self.page.wait_for_load_state()  # what is chosen before the page's scripts run, they do not see
        self._pilih_orang("perubahan.0.anggota", anggota)
        self.page.locator('select[name="perubahan.0.elemen"]').select_option("pekerjaan")
        by_hand = self.page.locator('button[value="tampil"]')  # only there without JavaScript
        if by_hand.is_visible():  # what htmx brings holds it too, out of sight
            by_hand.click()
        expect(self.page.locator('select[name="perubahan.0.semula"]')).to_be_visible()
        self.page.locator('select[name="perubahan.0.semula"]').select_option(label="Mengurus Rumah Tangga")
        self.page.locator('select[name="perubahan.0.menjadi"]').select_option(label="Wiraswasta")
        self.page.locator('[name="perubahan.0.dasar"]').fill("Surat Keterangan Kerja")
        self.unggah("perubahan.0.bukti", pdf())
        self.lanjut()
        self.di("Data yang berubah")

    def isi_hilang(self) -> None:
        self.mulai()
        self.pilih("jenis", "hilang")
        self.lanjut()
        self.di("Data pemohon")
        self.lanjut()
        self.untuk("diri_sendiri")
        self.di("Foto berkas")
        self.unggah("surat_hilang", pdf())
        self.unggah("ktp", foto("KTP-EL"))
        self.lanjut()
        self.isi_penutup()

    def isi_penutup(self) -> None:
        self.di("Cara menerima KK")
        self.pilih("bisa_cetak", "ya")
        self.lanjut()
        self.di("Pernyataan")
        self.page.locator('input[name="benar"]').check()
        self.page.locator('input[name="untuk_keluarga"]').check()
        self.lanjut()
        self.di("Periksa sebelum dikirim")

    def kirim(self) -> str:
        """Send it; the number of the new permohonan. A person with one running is asked once more."""
        self.lanjut()
        again = self.page.get_by_role("button", name="Tetap ajukan")
        expect(self.page.locator(".nomor-besar").or_(again)).to_be_visible()
        if again.is_visible():
            again.click()
        self.di("Permohonan terkirim")
        return self.page.locator(".nomor-besar").inner_text()

    def _pilih_orang(self, nama: str, orang: str) -> None:
        """A long list is a select, a short one radios."""
        select = self.page.locator(f'select[name="{nama}"]')
        if select.count():
            select.select_option(label=orang)
        else:
            self.page.get_by_label(orang).check()

    # --- One's permohonan ---

    def buka(self, nomor: str) -> Keadaan:
        self.page.goto(f"/permohonan/riwayat?cari={nomor}")
        self.page.locator(".kartu-tautan").filter(has_text=nomor).click()
        return self.baca()

    def baca(self) -> Keadaan:
        page = self.page
        expect(page.locator(".kotak-kini .kalimat")).to_be_visible()
        waiting = page.locator(".kotak-kini p", has_text="Yang ditunggu").locator("b")
        return Keadaan(
            status=page.locator(".kepala-halaman .lencana").inner_text().strip(),
            kalimat=page.locator(".kotak-kini .kalimat").inner_text(),
            ditunggu=waiting.inner_text() if waiting.count() else "",
            tahap=_said(page.locator('.perjalanan [aria-current="step"] .tahap-nama')),
            baris={
                int(row.locator("th").text_content() or 0): " ".join(
                    (row.locator("td").last.text_content() or "").split()
                )
                for row in page.locator(".tabel-ikmt tbody tr").all()
            },
            tombol=[" ".join(text.split()) for text in page.locator(".kotak-kini a.btn").all_inner_texts()],
        )

    def tunggu_status(self, nomor: str, status: str) -> Keadaan:
        """Open the permohonan until the office's machines have brought it there."""
        until(lambda: self.buka(nomor).status == status, f"{nomor} does not become {status!r}")
        return self.baca()

    def lengkapi(self, nomor: str) -> None:
        self.buka(nomor)
        self.page.locator(".kotak-kini a.btn").last.click()
        expect(self.page.locator('input[name="kunci"]')).to_have_count(1)

    def yang_diminta(self) -> list[str]:
        """Codes of the papers that are asked for again."""
        inputs = self.page.locator('input[type=file][name^="unggah:berkas."]').all()
        return [(one.get_attribute("name") or "").removeprefix("unggah:berkas.") for one in inputs]

    def daftar(self) -> list[str]:
        """Every permohonan of this person, by number and state."""
        self.page.goto("/permohonan/riwayat")
        return self.page.locator(".kartu-tautan").all_inner_texts()

    def terima(self, nomor: str) -> None:
        self.buka(nomor)
        self.page.locator(".kotak-kini").get_by_role("link", name="Sudah saya terima").click()
        expect(self.page.locator('input[name="hasil"][value="baik"]')).to_be_checked()
        self.lanjut()

    def unduh_kk(self) -> bytes:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Unduh KK (PDF)").first.click()
        return download.value.path().read_bytes()


def _said(place: Locator) -> str:
    return place.first.inner_text().strip() if place.count() else ""


class Petugas:
    """An officer at the desk, with JavaScript."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def antrean(self) -> None:
        self.page.goto("/inbox")

    def baris(self, nomor: str) -> Locator:
        return self.page.locator("table.inbox tbody tr").filter(has_text=nomor)

    def ada_di_antrean(self, nomor: str) -> None:
        def listed() -> bool:
            self.antrean()
            return self.baris(nomor).count() > 0

        until(listed, f"{nomor} is not in the queue")

    def ambil(self, nomor: str) -> None:
        self.ada_di_antrean(nomor)
        self.baris(nomor).get_by_role("button", name="Ambil & periksa").click()
        expect(self.page.locator(".formulir-tugas")).to_be_visible()

    def lihat_saja(self, nomor: str) -> None:
        self.ada_di_antrean(nomor)
        self.baris(nomor).get_by_role("link", name="Lihat saja").click()

    def langkah(self, nama: str) -> None:
        """This step's page is there, with its scripts: what is chosen before they run, they do not see."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(nama)
        self.page.wait_for_load_state()

    def kirim(self) -> None:
        self.page.locator(".formulir-tugas .tombol-putus .tombol-utama").click()

    def diteruskan(self, nomor: str) -> None:
        kabar(self.page, f"{nomor}: langkah")

    def centang_semua(self, nama: str) -> None:
        boxes = self.page.locator(f'input[type=checkbox][name="{nama}"]')
        for index in range(boxes.count()):
            boxes.nth(index).check()

    def pilih(self, nama: str, nilai: str) -> None:
        self.page.locator(f'input[name="{nama}"][value="{nilai}"]').check()

    def putuskan(self, nilai: str) -> None:
        """Press the button of this decision, once it is lit."""
        self.page.locator(f'.tombol-putusan[value="putus:keputusan:{nilai}"]').click()

    def lihat_semua_berkas(self) -> None:
        """Every sheet on the screen, one after another, until each has arrived."""
        viewer = self.page.locator(".berkas-penampil")
        for index in range(viewer.locator(".berkas-daftar a").count()):
            viewer.locator(".berkas-daftar a").nth(index).click()
        for _ in range(viewer.locator(".lembar").count()):
            for page in viewer.locator(".lembar-kini [data-halaman-ke]").all():
                page.scroll_into_view_if_needed()
            expect(viewer.locator(".lembar-kini")).to_have_attribute("data-terbuka", "")
            viewer.get_by_role("button", name="Lembar berikutnya").click()
        self.page.wait_for_load_state("networkidle")

    def unggah(self, nama: str, berkas: FilePayload) -> None:
        """With JavaScript the file goes at once; else it goes with the button."""
        self.page.locator(f'input[type=file][name="unggah:{nama}"]').set_input_files(berkas)
        button = self.page.locator(f'button[value="unggah:{nama}"]')
        hidden = self.page.locator(f'input[type=hidden][name="{nama}"]')
        if not hidden.count() and button.is_visible():
            button.click()
        expect(hidden).to_have_count(1)

    # --- The steps ---

    def nilai_berkas(self, kurang: Mapping[str, str] | None = None, isian: str = "berkas") -> None:
        """Judge every paper: those in `kurang` (code -> note) cannot be read, the rest is right."""
        self.lihat_semua_berkas()
        for code in self.berkas_dinilai():
            note = (kurang or {}).get(code)
            self.pilih(f"{isian}.{code}.nilai", "tidak_terbaca" if note else "sesuai")
            if note:
                self.page.locator(f'input[name="{isian}.{code}.catatan"]').fill(note)

    def berkas_dinilai(self) -> list[str]:
        return [one.get_attribute("data-penilaian") or "" for one in self.page.locator("[data-penilaian]").all()]

    def nyatakan_lengkap(self, nomor: str) -> None:
        self.langkah("Meneliti berkas")
        self.nilai_berkas()
        self.centang_semua("dicocokkan")
        self.putuskan("lengkap")
        self.diteruskan(nomor)

    def kembalikan(self, nomor: str, kurang: Mapping[str, str]) -> None:
        self.langkah("Meneliti berkas")
        self.nilai_berkas(kurang)
        self.putuskan("kurang")
        expect(self.page.locator('textarea[name="pesan_pemohon"]')).to_be_visible()
        self.putuskan("kurang")
        self.diteruskan(nomor)

    def entri(self, nomor: str) -> None:
        self.langkah("Mengentri perubahan di SIAK")
        self.centang_semua("elemen_dientri")
        self.pilih("status_entri", "tersimpan")
        self.kirim()
        self.diteruskan(nomor)

    def ajukan_cetak(self, nomor: str, nomor_siak: str, draft: FilePayload | None = None) -> None:
        self.langkah("Mengajukan cetak KK")
        self.page.locator('[name="nomor_pengajuan_siak"]').fill(nomor_siak)
        self.unggah("draft_kk", draft or pdf())
        self.kirim()
        self.diteruskan(nomor)

    def nyatakan_valid(self, nomor: str) -> None:
        self.langkah("Memverifikasi draft KK")
        self.lihat_semua_berkas()
        self.centang_semua("elemen_cocok")
        self.centang_semua("isi_sama")
        self.putuskan("valid")
        self.diteruskan(nomor)

    def nyatakan_tidak_valid(self, nomor: str, diragukan: Mapping[str, str]) -> None:
        self.langkah("Memverifikasi draft KK")
        self.putuskan("tidak_valid")
        expect(self.page.locator("[data-penilaian]").first).to_be_visible()
        self.nilai_berkas(diragukan, "berkas_diragukan")
        self.page.locator('textarea[name="pesan_pemohon"]').fill(" ".join(diragukan.values()))
        self.putuskan("tidak_valid")
        self.diteruskan(nomor)

    def tandai_banyak(self, semua: Sequence[str]) -> None:
        """Sign on the page for many: these numbers and no others."""
        for nomor in semua:
            self.ada_di_antrean(nomor)
        for nomor in semua:
            self.page.goto("/tanda-tangan/tanda_tangan_kk")
            self.page.locator(".massal-butir").filter(has_text=nomor).locator(".ttd-lihat").click()
            expect(self.page.get_by_role("heading", level=1)).to_contain_text(nomor)
            self.page.wait_for_load_state()  # pressed sooner, the server says that the draft was not there yet
            self.page.locator('button[value="dilihat"]').click()
            expect(self.page.locator("h1")).not_to_contain_text(nomor)
        self.page.goto("/tanda-tangan/tanda_tangan_kk")
        for nomor in semua:
            self.page.locator(".massal-butir").filter(has_text=nomor).get_by_role("checkbox").check()
        self.page.locator('input[name="sudah"]').check()
        self.page.locator('button[value="tandai"]').click()
        expect(self.page.locator("#judul-hasil")).to_have_text(f"{len(semua)} ditandai sudah ditandatangani")

    def tandai_ditandatangani(self, nomor: str) -> None:
        self.langkah("Menandatangani KK secara elektronik")
        self.lihat_semua_berkas()
        self.page.locator('input[name="sudah_ttd"]').check()
        self.kirim()
        self.diteruskan(nomor)

    def kirim_kk(self, nomor: str, kk: bytes) -> None:
        self.langkah("Mengunduh dan mengirim PDF KK")
        self.unggah("kk_pdf", pdf(kk))
        # This KK is a blank page, so its number can't be read and a person must vouch for it.
        self.page.locator('input[name="nomor_dicocokkan"]').check()
        self.kirim()
        self.diteruskan(nomor)

    def buka_arsip(self, nomor: str) -> None:
        """The archive is made by the worker; then the task waits for the same officer."""

        def waiting() -> bool:
            self.page.goto("/inbox?tampil=tugas-saya")
            return self.baris(nomor).count() > 0

        until(waiting, f"no archive task for {nomor}")
        self.baris(nomor).get_by_role("link", name="Kerjakan").click()
        self.langkah("Mengarsip berkas digital")

    def arsipkan(self, nomor: str) -> None:
        self.buka_arsip(nomor)
        self.kirim()
        self.diteruskan(nomor)
