"""The room of whoever sends results, for tests: cases that wait for their PDF, each with a KK number of its own."""

import io
from dataclasses import dataclass

from app.domain.actors import Actor
from app.models import Case
from app.services import store
from app.services.delivery import attaching, staging
from app.services.delivery.staging import Finding
from app.services.work import unit_of_work
from tests.support import tanda
from tests.support.kantor import Kantor
from tests.support.kasus import Jam


@dataclass
class Antre:
    """Cases of Bu Sari's at kirim_kk. `numbers`: case id -> KK number in its PDF."""

    kantor: Kantor
    jam: Jam
    numbers: dict[str, str]

    @property
    def agus(self) -> Actor:
        return self.kantor.people["pak_agus"]

    def number(self, case_id: str) -> str:
        store.session.expire_all()
        return store.session.get_one(Case, case_id).number

    def take(self, data: bytes, name: str = "kk.pdf") -> Finding:
        return staging.take(self.agus, name, io.BytesIO(data))

    def attach_all(self) -> list[str]:
        """Every case's PDF taken in and attached; what failed."""
        for number in self.numbers.values():
            assert self.take(tanda.signed_kk(number)).fits
        done = attaching.attach(self.agus, [one.id for one in staging.listed(self.agus)])
        return [one.problem for one in done if one.problem]


def waiting(kantor: Kantor, jam: Jam, count: int) -> Antre:
    numbers = {}
    for n in range(1, count + 1):
        case_id = kantor.case()
        kantor.walk(case_id, "kirim_kk")
        numbers[case_id] = f"3402990101{n:06d}"
        renumber(case_id, numbers[case_id])
        jam.lewat(minutes=1)
    return Antre(kantor, jam, numbers)


def renumber(case_id: str, number: str) -> None:
    """As if its pemohon had been of that KK."""
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        answers = dict(case.data["answers"])
        answers["isi_permohonan"] = {**answers["isi_permohonan"], "nomor_kk": number}
        case.data = {**case.data, "answers": answers}
