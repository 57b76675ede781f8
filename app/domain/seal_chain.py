"""Reading the seals in their order: is every line what was written, where it was written, by the office's key?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from app.domain.seals import LINES_LOST, NO_SEAL, RESTORED, Seal, parse, signed_bytes

IsSigned = Callable[[str, str, bytes], bool]
"""(public key, signature, message), the first two in hex."""

TORN_BEFORE = "Baris ini terpotong saat ditulis (mesin mati); segel sesudahnya menyambung, jadi tidak ada yang hilang."
TORN_AT_END = (
    "Baris terakhir tidak terbaca sebagai segel: diubah, dipotong, atau mesin mati saat menulisnya. "
    "Bila mesinnya baru saja mati, tunggu segel berikutnya, lalu periksa lagi."
)
UNREADABLE = "Baris ini tidak terbaca sebagai segel: diubah atau dipotong."


@dataclass(frozen=True)
class SealFault:
    """A line of the seal file (from 1; 0 = the whole file) and what is wrong with it, an Indonesian sentence."""

    line: int
    why: str


@dataclass
class SealChain:
    """Filled while `read` is walked through. `notes`: worth telling, but nothing is missing or altered."""

    is_signed: IsSigned
    faults: list[SealFault] = field(default_factory=list)
    notes: list[SealFault] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    last: Seal | None = None
    _unreadable: list[int] = field(default_factory=list)  # lines since the last good seal
    _forged: int = 0  # how many since the last good seal
    _is_foreign: bool = False

    def read(self, lines: Iterable[bytes]) -> Iterator[Seal]:
        """Every seal that the chain's key signed, with its heads whole: those may be held against the trail."""
        for number, line in enumerate(lines, start=1):
            seal = parse(line)
            if seal is None:
                self._unreadable.append(number)
            elif not self._is_genuine(seal):
                self._fault(number, f"Segel {seal.number} diubah: tanda tangannya tidak cocok dengan isinya.")
                self._forged += 1
            elif self._takes_its_place(number, seal) and self._is_whole(number, seal):
                yield seal
        for number in self._unreadable:
            self._fault(number, TORN_AT_END)

    def trusts(self, key: str) -> bool:
        """Is `key` (hex) one of this chain's? Both keys sign every change of key, so any of them vouches for all."""
        return key in self.keys

    def _is_genuine(self, seal: Seal) -> bool:
        message = signed_bytes(seal.header)
        if not self.is_signed(seal.key, seal.signature, message):
            return False
        if seal.header["kunci_baru"]:
            return self.is_signed(seal.next_key, seal.next_signature, message)
        return seal.next_signature == ""

    def _takes_its_place(self, line: int, seal: Seal) -> bool:
        """False where nothing of it may be believed: another key than the chain's."""
        if self.last is not None and seal.number <= self.last.number:
            self._fault(line, f"Segel {seal.number} tidak pada urutannya: ia sesudah segel {self.last.number}.")
            return seal.key in self.keys
        if self.last is not None and seal.key != self.last.next_key:
            if not self._is_foreign:
                self._fault(line, f"Segel {seal.number} ditandatangani kunci lain, bukan kunci rantai ini.")
            self._is_foreign = True
            return False
        self._check_link(line, seal)
        self.last, self._is_foreign = seal, False
        self._unreadable, self._forged = [], 0
        self.keys += [key for key in (seal.key, seal.next_key) if key not in self.keys]
        return True

    def _check_link(self, line: int, seal: Seal) -> None:
        """To the seal before it, over lines that are none."""
        expected = self.last.number + 1 if self.last else 1
        follows = seal.number == expected and seal.previous == (self.last.hash if self.last else NO_SEAL)
        for each in self._unreadable:
            (self.notes if follows else self.faults).append(SealFault(each, TORN_BEFORE if follows else UNREADABLE))
        if seal.number > expected + len(self._unreadable) + self._forged:
            self._fault(line, _gap(expected, seal))
        elif seal.number == expected and not follows:
            self._fault(line, f"Segel {seal.number} tidak menyambung ke segel sebelumnya: salah satunya diganti.")
        elif seal.header["sambungan"] == RESTORED:
            self._fault(line, _restored(seal))

    def _is_whole(self, line: int, seal: Seal) -> bool:
        if not seal.is_whole:
            self._fault(line, f"Isi segel {seal.number} diubah: daftar ujungnya tidak sesuai akar yang ditandatangani.")
        return seal.is_whole

    def _fault(self, line: int, why: str) -> None:
        self.faults.append(SealFault(line, why))


def _gap(expected: int, seal: Seal) -> str:
    last = seal.number - 1
    which = f"Segel {expected}" if expected == last else f"Segel {expected} sampai {last}"
    if seal.header["sambungan"] == LINES_LOST:
        return f"{which} hilang dari berkas; kantor meneruskan dengan sengaja pada segel {seal.number}."
    return f"{which} tidak ada di tempatnya: barisnya dihapus atau dipindah."


def _restored(seal: Seal) -> str:
    return (
        f"Sejak segel {seal.number}, basis data berasal dari cadangan keadaan segel {seal.header['dari']}; "
        "yang disegel di antaranya tidak ada lagi di basis data."
    )
