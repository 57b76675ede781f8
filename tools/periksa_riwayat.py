#!/usr/bin/env python3
"""Memeriksa ekspor riwayat Alur tanpa Alur: cukup Python 3.11 atau lebih baru, ekspornya, dan kunci umum kantor.

    python3 periksa_riwayat.py [FOLDER atau ZIP] --kunci KUNCI-UMUM.pem [--segel NOMOR:SIDIK]

Mintalah kunci umum langsung dari kantor, jangan dari ekspor: yang dapat mengganti catatan dapat mengganti kunci di
dalamnya. --segel: segel terakhir yang dicatat pada pemeriksaan sebelumnya; ia harus masih ada.
Keluar 0 bila utuh, 1 bila ada temuan, 2 bila tidak dapat diperiksa.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # the slower way below needs nothing
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

SEAL_PURPOSE, EXPORT_PURPOSE = b"alur-segel-1\n", b"alur-ekspor-1\n"
_PEM_HEAD = bytes.fromhex("302a300506032b6570032100")
_TEXTS = {"pada", "sebelum", "akar", "kunci", "kunci_baru", "sambungan"}
_NUMBERS = {"bentuk", "nomor", "sampai", "catatan", "rangkaian", "dari"}
WIB = timezone(timedelta(hours=7))


class Unusable(Exception):
    """Nothing can be verified; the text says why."""


# ---- Ed25519, RFC 8032 section 5.1.7, in extended coordinates ----

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def unpack_point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def pack_point(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_Y = 4 * pow(5, P - 2, P) % P
_X = x_of(_Y, 0)
assert _X is not None
BASE: Point = (_X, _Y, 1, _X * _Y % P)


def is_signed_plain(public: bytes, signature: bytes, message: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    key, scalar = unpack_point(public), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= L:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1], key[2], P - key[3])
    return pack_point(add(times(scalar, BASE), times(digest, minus))) == signature[:32]


def is_signed(public: str, signature: str, message: bytes) -> bool:
    """Both in hex."""
    try:
        if signature != signature.lower():
            return False  # one signature, one way to write it
        key, sign = bytes.fromhex(public), bytes.fromhex(signature)
        if Ed25519PublicKey is None:
            return is_signed_plain(key, sign, message)
        Ed25519PublicKey.from_public_bytes(key).verify(sign, message)
    except (ValueError, TypeError):
        return False
    except InvalidSignature:
        return False
    return True


# ---- The written form ----


def written(content: object) -> bytes:
    """Of what is made of text, whole numbers, yes and no, nothing, lists and tables."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} tidak mungkin tertulis di riwayat")


def read_json(line: bytes) -> Any:
    return json.loads(line, parse_float=_refuse, parse_constant=_refuse)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def merkle_root(leaves: list[bytes]) -> str:
    level = [sha256(b"\0" + leaf) for leaf in leaves]
    if not level:
        return sha256(b"").hex()
    while len(level) > 1:
        paired = [sha256(b"\1" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()


def moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(WIB).strftime("%d-%m-%Y %H.%M WIB")
    except ValueError:
        return text


# ---- Seals ----


class Seals:
    """The file of seals, read once. `heads`: stream -> [(seq, hash, seal number)] of the seals that may be believed."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.heads: dict[str, list[tuple[int, str, int]]] = {}
        self.hashes: dict[int, str] = {}
        self.moments: dict[int, str] = {}
        self.keys: list[str] = []
        self.last: dict[str, Any] | None = None
        self._unreadable: list[int] = []
        self._forged, self._is_foreign = 0, False

    def read(self, lines: Iterator[bytes]) -> None:
        for number, line in enumerate(lines, start=1):
            seal = parse_seal(line)
            if seal is None:
                self._unreadable.append(number)
            elif not is_genuine(seal):
                self._say(number, f"segel {seal['kepala']['nomor']} diubah: tanda tangannya tidak cocok dengan isinya.")
                self._forged += 1
            elif self._takes_its_place(number, seal):
                self._take_heads(number, seal)
        for number in self._unreadable:
            self._say(number, "baris terakhir tidak terbaca sebagai segel: diubah, dipotong, atau mesin mati saat itu.")

    def _say(self, line: int, why: str) -> None:
        self.tell(f"segel.jsonl baris {line}: {why}")

    def _takes_its_place(self, line: int, seal: dict[str, Any]) -> bool:
        head, last = seal["kepala"], self.last
        if last is not None and head["nomor"] <= last["nomor"]:
            self._say(line, f"segel {head['nomor']} tidak pada urutannya: ia sesudah segel {last['nomor']}.")
            return head["kunci"] in self.keys
        if last is not None and head["kunci"] != (last["kunci_baru"] or last["kunci"]):
            if not self._is_foreign:
                self._say(line, f"segel {head['nomor']} ditandatangani kunci lain, bukan kunci rantai ini.")
            self._is_foreign = True
            return False
        self._check_link(line, head)
        self.last, self._is_foreign, self._unreadable, self._forged = head, False, [], 0
        self.keys += [key for key in (head["kunci"], head["kunci_baru"]) if key and key not in self.keys]
        self.hashes[head["nomor"]], self.moments[head["nomor"]] = sha256(written(head)).hex(), head["pada"]
        return True

    def _check_link(self, line: int, head: dict[str, Any]) -> None:
        number = head["nomor"]
        expected = self.last["nomor"] + 1 if self.last else 1
        previous = self.hashes[self.last["nomor"]] if self.last else ""
        follows = number == expected and head["sebelum"] == previous
        for each in self._unreadable:
            if follows:
                print(f"KETERANGAN  segel.jsonl baris {each}: terpotong saat ditulis; segel sesudahnya menyambung.")
            else:
                self._say(each, "tidak terbaca sebagai segel: diubah atau dipotong.")
        if number > expected + len(self._unreadable) + self._forged:
            told = " (kantor meneruskan dengan sengaja)" if head["sambungan"] == "baris_segel_hilang" else ""
            self._say(line, f"segel {expected} sampai {number - 1} tidak ada di tempatnya{told}.")
        elif number == expected and not follows:
            self._say(line, f"segel {number} tidak menyambung ke segel sebelumnya: salah satunya diganti.")
        elif head["sambungan"] == "basis_data_dipulihkan":
            self._say(line, f"basis data dipulihkan dari cadangan keadaan segel {head['dari']}.")

    def _take_heads(self, line: int, seal: dict[str, Any]) -> None:
        head, leaves = seal["kepala"], seal["ujung"]
        if len(leaves) != head["rangkaian"] or merkle_root([written(leaf) for leaf in leaves]) != head["akar"]:
            self._say(line, f"isi segel {head['nomor']} diubah: daftar ujungnya tidak sesuai akar yang ditandatangani.")
            return
        for stream, seq, digest in leaves:
            self.heads.setdefault(stream, []).append((seq, digest, head["nomor"]))

    def when(self, number: int) -> str:
        return f"disegel dengan segel {number} pada {moment(self.moments.get(number, '?'))}"


def parse_seal(line: bytes) -> dict[str, Any] | None:
    try:
        seal = read_json(line)
        head = seal["kepala"]
        is_seal = (
            set(seal) == {"kepala", "ujung", "tanda", "tanda_baru"}
            and set(head) == _TEXTS | _NUMBERS
            and all(isinstance(head[name], str) for name in _TEXTS)
            and all(type(head[name]) is int for name in _NUMBERS)
            and head["bentuk"] == 1
            and isinstance(seal["tanda"], str)
            and isinstance(seal["tanda_baru"], str)
            and all(
                isinstance(stream, str) and type(seq) is int and isinstance(digest, str)
                for stream, seq, digest in seal["ujung"]
            )
            and written(seal) == line
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return seal if is_seal else None


def is_genuine(seal: dict[str, Any]) -> bool:
    head, message = seal["kepala"], SEAL_PURPOSE + written(seal["kepala"])
    if not is_signed(head["kunci"], seal["tanda"], message):
        return False
    return (
        is_signed(head["kunci_baru"], seal["tanda_baru"], message) if head["kunci_baru"] else seal["tanda_baru"] == ""
    )


# ---- Entries ----

_EVENT = ("aliran", "nomor", "pada", "pelaku", "kata_kerja", "isi", "sidik")


def parse_event(line: bytes) -> dict[str, Any]:
    """What nobody can read belongs to the stream "?"."""
    try:
        event = read_json(line)
        if set(event) == set(_EVENT) and isinstance(event["aliran"], str) and type(event["nomor"]) is int:
            return dict(event)
    except (ValueError, TypeError, RecursionError):
        pass
    return dict.fromkeys(_EVENT, "?") | {"nomor": 0}


def recomputed(previous: str, event: dict[str, Any]) -> str:
    try:
        return sha256(written([previous, *(event[name] for name in _EVENT[:-1])])).hex()
    except UnicodeEncodeError:
        return ""


def broken_place(stream: str, events: Iterator[dict[str, Any]], head: tuple[int, str] | None, seals: Seals) -> str:
    """The first place at which a stream is not what was written and sealed; "" where it is."""
    wanted: dict[int, list[tuple[str, int]]] = {}
    for seq, digest, number in seals.heads.get(stream, ()):
        wanted.setdefault(seq, []).append((digest, number))
    previous, expected, rewritten = "", 1, ""
    for event in events:
        seq = event["nomor"]
        if seq != expected:
            rest = any(later["nomor"] == expected for later in events)
            return f"catatan {expected} {'tidak pada urutannya' if rest or seq < expected else 'hilang'}."
        if recomputed(previous, event) != event["sidik"]:
            return f"catatan {seq} diubah, atau tidak menyambung ke sebelumnya."
        for digest, number in wanted.pop(seq, ()):
            if digest != event["sidik"] and not rewritten:
                rewritten = f"catatan {seq} atau sebelumnya ditulis ulang: bukan yang {seals.when(number)}."
        previous, expected = event["sidik"], expected + 1
    if rewritten:
        return rewritten
    if wanted:
        last = max(wanted)
        return f"catatan {expected} sampai {last} hilang dari ujung, padahal {seals.when(wanted[last][0][1])}."
    if head is None:
        return "kepala rangkaian ini hilang, jadi ujungnya tidak dapat dipastikan."
    if head != (expected - 1, previous):
        return f"ujungnya ({expected - 1} catatan) tidak sama dengan kepala rangkaian ({head[0]} catatan)."
    return ""


# ---- The export ----


class Export:
    """A folder or a ZIP; only the files that belong there are opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = zipfile.ZipFile(path) if path.is_file() else None

    def lines(self, name: str) -> Iterator[bytes]:
        with self._open(name) as stream:
            for line in stream:
                yield line.rstrip(b"\n")

    def text(self, name: str) -> bytes:
        with self._open(name) as stream:
            return stream.read()

    def _open(self, name: str) -> BinaryIO:
        try:
            return self._zip.open(name) if self._zip else (self.path / name).open("rb")  # type: ignore[return-value]
        except (KeyError, OSError) as problem:
            raise Unusable(f"{name} tidak ada di {self.path}.") from problem


def read_key(content: bytes) -> str:
    """Hex of a public key, given as PEM or as hex."""
    text = content.decode("ascii", "replace").strip()
    try:
        if not text.startswith("-----BEGIN PUBLIC KEY-----"):
            key = bytes.fromhex(text)
        else:
            raw = base64.b64decode("".join(text.splitlines()[1:-1]), validate=True)
            key = raw.removeprefix(_PEM_HEAD) if raw.startswith(_PEM_HEAD) else b""
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Unusable("Kunci umum tidak terbaca; yang diharapkan PEM Ed25519.")
    return key.hex()


class Verification:
    def __init__(self, export: Export) -> None:
        self.export, self.findings, self.entries, self.streams = export, 0, 0, 0
        self.seals = Seals(self.tell)

    def tell(self, finding: str) -> None:
        self.findings += 1
        print(f"TEMUAN  {finding}")

    def run(self, key: str | None, old_seal: str) -> None:
        self.seals.read(self.export.lines("segel.jsonl"))
        self._check_key(key)
        self._check_description(old_seal)
        self._check_streams()

    def _check_key(self, key: str | None) -> None:
        own = read_key(self.export.text("kunci-umum.pem")) if self.seals.keys else ""
        if key is None:
            print("PERHATIAN  Tanpa --kunci, kunci umum di dalam ekspor dipercaya begitu saja. Mintalah dari kantor.")
        elif own and own not in self.seals.keys:
            self.tell("kunci-umum.pem: kunci di dalam ekspor bukan kunci segel-segelnya.")
        if self.seals.keys and (key or own) not in self.seals.keys:
            self.tell("segel.jsonl: segel-segel ini dibuat dengan kunci lain, bukan kunci kantor.")
        if not self.seals.keys and key is not None:
            self.tell("segel.jsonl: tidak ada satu pun segel yang sah.")

    def _check_description(self, old_seal: str) -> None:
        """What the office said of its own export: an end of the seals cut off later shows here."""
        try:
            said = read_json(self.export.text("keterangan.json"))
            signature, number, digest = said.pop("tanda"), int(said["segel"]), str(said["sidik_segel"])
            signer, made_at = str(said["kunci"]), str(said["pada"])
        except (ValueError, TypeError, KeyError, AttributeError):
            self.tell("keterangan.json: tidak terbaca.")
            return
        print(f"Ekspor dibuat {moment(made_at)}, sampai segel {number}.")
        if not signature:
            print("PERHATIAN  keterangan.json tidak ditandatangani; potongan di ujung segel bisa luput.")
        elif signer not in self.seals.keys or not is_signed(signer, signature, EXPORT_PURPOSE + written(said)):
            self.tell("keterangan.json: diubah; tanda tangannya tidak cocok.")
        old_number, _, old_digest = old_seal.partition(":")
        for which, wanted in ((number, digest), (int(old_number or 0), old_digest)):
            if which and self.seals.hashes.get(which) != wanted:
                self.tell(f"segel.jsonl: segel {which} yang dikenal tidak ada lagi; ujungnya dipotong, atau diganti.")

    def _check_streams(self) -> None:
        heads = {}
        for line in self.export.lines("kepala.jsonl"):
            try:
                head = read_json(line)
                heads[str(head["aliran"])] = (int(head["nomor"]), str(head["sidik"]))
            except (ValueError, TypeError, KeyError):
                self.tell("kepala.jsonl: ada baris yang tidak terbaca.")
        seen: set[str] = set()
        events = map(parse_event, self.export.lines("catatan.jsonl"))
        for stream, group in groupby(events, key=lambda event: str(event["aliran"])):
            self.streams += 1
            broken = broken_place(stream, self._counted(group), heads.get(stream), self.seals)
            if broken or stream in seen:
                self.tell(f"{stream}: {broken or 'rangkaian ini terpecah di dua tempat.'}")
            seen.add(stream)
        for stream in sorted({*self.seals.heads, *heads} - seen):
            sealed = max(self.seals.heads.get(stream, [(0, "", 0)]))
            if sealed[0]:
                self.tell(
                    f"{stream}: seluruh rangkaian hilang, padahal {sealed[0]} catatan {self.seals.when(sealed[2])}."
                )
            elif heads[stream][0]:
                self.tell(f"{stream}: seluruh rangkaian hilang, {heads[stream][0]} catatan.")

    def _counted(self, group: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for event in group:
            self.entries += 1
            yield event


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ekspor", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--kunci", type=Path, help="kunci umum dari kantor (PEM)")
    parser.add_argument("--segel", default="", metavar="NOMOR:SIDIK", help="segel terakhir pada pemeriksaan sebelumnya")
    wanted = parser.parse_args()
    if Ed25519PublicKey is None:
        print("Pustaka cryptography tidak ada; tanda tangan diperiksa dengan cara yang lebih lambat.")
    try:
        verification = Verification(Export(wanted.ekspor))
        verification.run(read_key(wanted.kunci.read_bytes()) if wanted.kunci else None, wanted.segel)
    except (Unusable, OSError, ValueError, zipfile.BadZipFile) as problem:
        print(f"Tidak dapat diperiksa: {problem}")
        return 2
    seals, last = verification.seals, verification.seals.last
    counted = f"{verification.entries} catatan, {verification.streams} rangkaian, {len(seals.hashes)} segel"
    if verification.findings:
        print(f"TIDAK UTUH: {verification.findings} temuan ({counted}).")
        return 1
    print(f"UTUH: {counted}.")
    if last:
        print(f"Catat untuk pemeriksaan berikutnya: --segel {last['nomor']}:{seals.hashes[last['nomor']]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
