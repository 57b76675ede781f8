"""The office's own letters: who gets which and when, the text that comes with Alur, and the text the admin put instead.

What a procedure tells people is not here: it stands in the ikmt and is changed by the process owner.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.masking import mask_in_text
from app.domain.placeholders import TITLE_LENGTH
from app.services.messages import outgoing

OFFICE_WORD = {"kantor": "nama kantor"}
LONGEST = 2000
_WORD = re.compile(r"\{([^{}\n]*)\}")
_WHEN = {"waktu": "hari dan jam kejadiannya"}
_NOT_YOU = "\n\nBila bukan Anda, buat kata sandi baru lewat tautan di bawah, lalu beri tahu admin."


@dataclass(frozen=True)
class Letter:
    """`about`: who gets it, and when. `words`: `{word}` -> what is put there; `{kantor}` may stand in every one.

    `path`: where its link leads ("" = it has none), as an example; `by_mail` False: a notice on the site only.
    """

    about: str
    title: str
    body: str
    words: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    by_mail: bool = True


LETTERS: Mapping[str, Letter] = {
    "daftar": Letter(
        "Kepada yang mendaftar, untuk memastikan emailnya",
        "Pendaftaran akun: baca dulu",
        "Seseorang mendaftar akun layanan kependudukan dengan email ini. Bila itu Anda, buka tautan di bawah lalu "
        "tekan tombolnya, sebelum {batas}. Tautan itu hanya dapat dipakai sekali.\n\n"
        "Bukan Anda? Abaikan surat ini: tanpa tombol itu tidak ada akun yang dibuat, dan data pendaftarannya kami "
        "hapus. Jangan berikan tautannya kepada siapa pun, juga bukan kepada petugas.",
        {"batas": "sampai kapan tautannya berlaku"},
        "/daftar/konfirmasi?t=…",
    ),
    "daftar_dikenal": Letter(
        "Kepada pemilik akun yang emailnya dipakai mendaftar lagi",
        "Pendaftaran akun: baca dulu",
        "Seseorang mendaftar dengan email ini, tetapi Anda sudah punya akun. Tidak ada yang berubah.\n\n"
        "Bila itu Anda, masuk saja dengan email ini. Lupa kata sandinya? Pilih Lupa kata sandi di halaman masuk.\n\n"
        "Bukan Anda? Abaikan surat ini: tidak ada yang dapat masuk tanpa kata sandi Anda.",
        path="/masuk",
    ),
    "daftar_diblokir": Letter(
        "Kepada yang mendaftar dengan data yang diblokir",
        "Pendaftaran akun: baca dulu",
        "Seseorang mendaftar dengan email ini. Pendaftarannya tidak kami terima: data yang dipakai diblokir. Tidak ada "
        "akun yang dibuat.\n\n"
        "Bila itu Anda dan Anda keberatan, ajukan keberatan lewat tautan di bawah, tanpa perlu masuk, atau datang ke "
        "Loket Aduan di kantor kami. Hanya petugas yang dapat membuka blokir.\n\n"
        "Bukan Anda? Abaikan surat ini.",
        path="/keberatan",
    ),
    "sandi_lupa": Letter(
        "Kepada yang lupa kata sandi",
        "Buat kata sandi baru",
        "Ada yang meminta kata sandi baru untuk akun Anda. Bila itu Anda, buka tautan di bawah sebelum pukul {batas} "
        "WIB; tautan itu hanya dapat dipakai sekali.\n\n"
        "Bila bukan Anda, abaikan surat ini: kata sandi Anda tidak berubah. Jangan berikan tautan ini kepada siapa "
        "pun, juga bukan kepada petugas.",
        {"batas": "sampai jam berapa tautannya berlaku"},
        "/sandi-baru/…",
    ),
    "sandi_diganti": Letter(
        "Kepada pemilik akun sesudah kata sandinya diganti",
        "Kata sandi Anda diganti",
        "Kata sandi akun Anda diganti pada {waktu}. Semua perangkat lain sudah keluar.\n\n"
        "Bukan Anda yang menggantinya? Buat kata sandi baru lewat tautan di bawah, lalu beri tahu kantor kami.",
        _WHEN,
        "/lupa-sandi",
    ),
    "sandi_ditebak": Letter(
        "Kepada orang kantor yang kodenya salah berkali-kali",
        "Kata sandi Anda diketahui orang lain?",
        "Pada {waktu} ada yang masuk ke akun Anda dengan kata sandi yang benar, tetapi kodenya {kali} kali salah. "
        "Bila bukan Anda, kata sandi Anda diketahui orang lain: buat yang baru lewat tautan di bawah, lalu beri tahu "
        "admin.",
        {**_WHEN, "kali": "berapa kali"},
        "/lupa-sandi",
    ),
    "pemulihan_dipakai": Letter(
        "Kepada orang kantor yang masuk dengan kode pemulihan",
        "Kode pemulihan dipakai",
        "Pada {waktu} akun Anda dibuka dengan kode pemulihan. Sisa {sisa} kode. Buat sepuluh kode baru di halaman "
        "Masuk dua langkah bila hampir habis.\n\n"
        "Bila bukan Anda, buat kata sandi baru lewat tautan di bawah, lalu beri tahu admin.",
        {**_WHEN, "sisa": "sisa kodenya"},
        "/lupa-sandi",
    ),
    "dua_langkah_menyala": Letter(
        "Kepada orang kantor yang memasang masuk dua langkah",
        "Masuk dua langkah menyala",
        "Masuk dua langkah menyala di akun Anda sejak {waktu}: selain kata sandi diminta kode dari ponsel." + _NOT_YOU,
        _WHEN,
        "/lupa-sandi",
    ),
    "dua_langkah_dimatikan": Letter(
        "Kepada orang kantor yang mematikannya",
        "Masuk dua langkah dimatikan",
        "Masuk dua langkah di akun Anda dimatikan pada {waktu}." + _NOT_YOU,
        _WHEN,
        "/lupa-sandi",
    ),
    "dua_langkah_diatur_ulang": Letter(
        "Kepada orang kantor yang kehilangan ponselnya",
        "Masuk dua langkah diatur ulang",
        "Masuk dua langkah di akun Anda diatur ulang oleh admin pada {waktu}. Pasang lagi saat masuk." + _NOT_YOU,
        _WHEN,
        "/lupa-sandi",
    ),
    "kode_pemulihan_baru": Letter(
        "Kepada orang kantor yang membuat kode pemulihan",
        "Kode pemulihan baru",
        "Sepuluh kode pemulihan baru dibuat pada {waktu}; yang lama tidak berlaku lagi." + _NOT_YOU,
        _WHEN,
        "/lupa-sandi",
    ),
    "email_buktikan": Letter(
        "Kepada alamat baru yang diminta pemilik akun",
        "Buktikan email baru Anda",
        "Anda minta akun Anda memakai alamat email ini. Buka tautan di bawah, lalu tekan tombolnya, sebelum {batas}. "
        "Sampai itu alamat lama yang berlaku.\n\nBukan Anda? Abaikan surat ini; tidak ada yang berubah.",
        {"batas": "sampai kapan tautannya berlaku"},
        "/email/konfirmasi?t=…",
    ),
    "email_terpakai": Letter(
        "Kepada alamat yang diminta, tetapi sudah milik akun lain",
        "Buktikan email baru Anda",
        "Seseorang minta akunnya memakai alamat email ini, tetapi alamat ini sudah dipakai satu akun. Tidak ada yang "
        "berubah.\n\nBila itu Anda dan Anda lupa pernah mendaftar, masuklah dengan alamat ini.",
        path="/masuk",
    ),
    "email_diminta": Letter(
        "Kepada alamat lama, saat pergantian email diminta",
        "Permintaan ganti email",
        "Pada {waktu} ada permintaan mengganti email akun Anda menjadi {baru}. Alamat ini tetap berlaku sampai alamat "
        "baru dibuktikan.\n\nBukan Anda yang minta? Segera ganti kata sandi Anda, lalu beri tahu kantor kami.",
        {**_WHEN, "baru": "alamat barunya, tertutup sebagian"},
        "/pengaturan",
    ),
    "email_diganti": Letter(
        "Kepada alamat lama, sesudah email diganti",
        "Email akun Anda diganti",
        "Pada {waktu} email akun Anda diganti menjadi {baru}. Surat berikutnya dikirim ke sana.\n\nBukan Anda yang "
        "menggantinya? Segera hubungi kantor kami.",
        {**_WHEN, "baru": "alamat barunya, tertutup sebagian"},
        "/kontak",
    ),
    "email_tidak_sampai": Letter(
        "Kepada pemilik akun, di situs, saat emailnya tidak sampai",
        "Email Anda tidak sampai",
        "Email dari kami ke {alamat} tidak sampai. Periksa alamatnya di Akun; bila salah, ganti di sana.\n"
        "Pemberitahuan tetap ada di halaman ini, dan petugas sudah diberi tahu.",
        {"alamat": "alamatnya, tertutup sebagian"},
        "/pengaturan",
        by_mail=False,
    ),
    "akun_dihapus": Letter(
        "Kepada warga yang akunnya dihapus atas permintaannya",
        "Akun Anda sudah dihapus",
        "Permintaan Anda {nomor} dikabulkan: akun Anda sudah dihapus.\n\nPenjelasan: {jawaban}\n\nPermohonan yang "
        "sudah berakhir tetap disimpan sebagai arsip, menurut jadwal retensi. Ini surat terakhir ke alamat ini.",
        {"nomor": "nomor permintaannya", "jawaban": "penjelasan petugas"},
        "/",
    ),
}

_own: Mapping[str, Any] = {}


def follow(data: Mapping[str, Any]) -> None:
    """From now on this process writes so: key -> {"judul", "isi"}; a letter that is not there is as it comes."""
    global _own
    _own = data


def said(key: str) -> tuple[str, str]:
    """Title and text as they are now, with their {words}."""
    own = _own.get(key)
    return (str(own["judul"]), str(own["isi"])) if own else (LETTERS[key].title, LETTERS[key].body)


def write(key: str, **facts: object) -> tuple[str, str]:
    """Title and text with the facts in place of their words."""
    title, body = said(key)
    return fill(key, title, body, {name: str(fact) for name, fact in facts.items()})


def fill(key: str, title: str, body: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """Each word is replaced once: a fact that holds braces stays as it is. Numbers of people are masked."""
    known = {**facts, "kantor": outgoing.office}

    def put(text: str) -> str:
        return mask_in_text(_WORD.sub(lambda found: known.get(found[1], found[0]), text)).strip()

    return " ".join(put(title).split())[:TITLE_LENGTH], put(body)


def words_of(key: str) -> Mapping[str, str]:
    """Every `{word}` that may stand in this letter, with what is put there."""
    return {**LETTERS[key].words, **OFFICE_WORD}


def words_in(text: str) -> list[str]:
    return _WORD.findall(text)
