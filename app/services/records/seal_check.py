"""The seal file read for an audit: what is wrong with it, and the heads to hold against the trail."""

from dataclasses import dataclass, field

from app.adapters import seal_key
from app.adapters.seal_file import SealFile
from app.domain.seal_chain import SealChain, SealFault
from app.domain.sealed_heads import SealedHeads
from app.domain.seals import Seal
from app.services import store
from app.services.records.seal_standing import Tip

NO_KEY = (
    "Kunci segel tidak ada di mesin ini, jadi pembuat segel tidak dapat dipastikan. Setel ALUR_SEAL_KEY, atau pakai "
    "--public-key."
)
UNREADABLE = "Kunci segel tidak dapat dibaca, jadi pembuat segel tidak dapat dipastikan: {why}"


@dataclass
class SealCheck:
    """`known`: hash of the seal with the number that the database knew before the file was read.

    `key_problem`: why there was no key to hold the seals against, which is a matter of settings and proves nothing.
    """

    tip: Tip
    chain: SealChain = field(default_factory=lambda: SealChain(seal_key.is_signed))
    heads: SealedHeads = field(default_factory=SealedHeads)
    count: int = 0
    known: str = ""
    key_problem: str = ""

    def faults_of_file(self, public_key: str | None) -> list[SealFault]:
        """Read the file. `public_key` (hex): the office's, given by hand; None: the one of this machine's key file."""
        for seal in self.chain.read(SealFile(store.seals.file).lines()):
            self.heads.add(seal)
            self.count += 1
            if seal.number == self.tip.number:
                self.known = seal.hash
        return [*self._key_fault(public_key), *self.chain.faults]

    def faults_against(self, after: Tip) -> list[SealFault]:
        """File and database compared. `after`: what the database knows in the snapshot that is verified."""
        last, before = self.chain.last, self.tip
        if last is None or last.number < before.number:
            return [SealFault(0, _behind(last, before))] if before.number else []
        if self.known and self.known != before.hash:
            why = f"Segel {before.number} di berkas bukan segel {before.number} yang dikenal basis data ini."
            return [SealFault(0, why)]
        is_next = (last.number, last.previous) == (after.number + 1, after.hash)
        if last.number > after.number and not is_next:
            return [SealFault(0, _ahead(last, after))]
        return []

    def _key_fault(self, public_key: str | None) -> list[SealFault]:
        if self.chain.last is None:
            return []
        try:
            key = public_key or _own_key()
        except OSError as problem:
            self.key_problem = UNREADABLE.format(why=problem)
            return []
        if not key:
            self.key_problem = NO_KEY
            return []
        if not self.chain.trusts(key):
            return [SealFault(0, "Segel di berkas ini dibuat dengan kunci lain, bukan kunci kantor.")]
        return []


def _own_key() -> str:
    key = seal_key.load(store.seals.key)
    return key.public if key else ""


def _behind(last: Seal | None, tip: Tip) -> str:
    if last is None:
        return f"Berkas segel tidak ada atau kosong, padahal basis data mengenal segel {tip.number}."
    return (
        f"Berkas segel tertinggal: berakhir pada segel {last.number}, padahal basis data mengenal segel {tip.number}. "
        "Ujungnya dipotong, atau ini salinan lama."
    )


def _ahead(last: Seal, tip: Tip) -> str:
    known = f"hanya mengenal segel {tip.number}" if tip.number else "belum pernah disegel"
    return (
        f"Basis data lebih tua daripada berkas segel: {known}, sedangkan berkas sampai segel {last.number}. "
        "Agaknya basis data dipulihkan dari cadangan; catatan yang disegel sesudahnya disebut di bawah."
    )
