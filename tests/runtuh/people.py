"""The people of the demonstration at their pages: residents who file and answer, officers who work their inbox."""

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.rehearsal.demo import PASSWORD
from tests import factories
from tests.runtuh.browser import Browser, Page
from tests.runtuh.house import SLUG
from tests.support import tanda

RESIDENTS = ("sari", "joko")
OFFICERS = ("budi", "rini", "agus", "wulan", "kartika")
_ID = r"[0-9a-z]{22}"
_ROUNDS = 30  # pages of one permohonan, and of one step: more would never end
_REST, _IDLE = (0.05, 0.2), (0.3, 1.2)


@dataclass
class Said:
    """What people were told is done: it must be so afterwards, whatever fell in between.

    `filed`: draft -> number of the permohonan, or its case; `done`: task -> who finished it; `withdrawn`: cases.
    """

    filed: dict[str, str] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)


class Person(threading.Thread):
    """Does what there is to do until told that all is over; whatever goes wrong ends up in `trouble`."""

    def __init__(self, name: str, browser: Browser, said: Said, rng: random.Random) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self.said, self.rng = browser, said, rng
        self.calm, self.over = threading.Event(), threading.Event()
        self.trouble: Exception | None = None

    @property
    def email(self) -> str:
        return f"{self.name}@contoh.id"

    def run(self) -> None:
        try:
            self._log_in()
            while not self.over.is_set():
                time.sleep(self.rng.uniform(*(_REST if self.turn() else _IDLE)))
        except Exception as problem:  # noqa: BLE001  # the edge of a thread: the main one asks for it
            self.trouble = problem

    def turn(self) -> bool:
        """One look at what there is to do. False: nothing was."""
        raise NotImplementedError

    def chance(self, share: float) -> bool:
        """Something unusual; not any more when calm has come."""
        return not self.calm.is_set() and self.rng.random() < share

    def _log_in(self) -> None:
        page = self.browser.get("/masuk")
        form = page.form("password")
        form.fields["email"], form.fields["password"] = self.email, PASSWORD
        page = self.browser.send(page, form)
        assert page.path in ("/permohonan", "/inbox"), f"{self.email} cannot log in: {page.path} {page.text[:300]}"

    def _photo(self, name: str) -> tuple[str, bytes]:
        if name.endswith("kk_pdf"):
            return "berkas.pdf", tanda.signed_blank()
        if name.endswith("draft_kk"):
            return "berkas.pdf", factories.pdf()
        return "IMG_0001.jpg", factories.photo(320, 240, text=f"{name} {self.rng.getrandbits(32)}")

    def fill(self, form: Any, chosen: Mapping[str, str], skip: tuple[str, ...] = ()) -> dict[str, tuple[str, bytes]]:
        """Answer everything on the form: `chosen` first, else the first there is. Returns the files to send along."""
        files: dict[str, tuple[str, bytes]] = {}
        handed_in = {each.name for each in form.inputs if getattr(each, "type", "") == "hidden" and each.name}
        for name, each in [(each.name, each) for each in form.inputs if each.name and each.name not in skip]:
            kind = "select" if each.tag == "select" else "text" if each.tag == "textarea" else each.type
            if kind == "file" and name.removeprefix("unggah:") not in handed_in | set(skip):
                files[name] = self._photo(name)
            elif kind == "checkbox":
                each.checked = True
            elif kind == "radio":
                group = [one for one in form.inputs if one.name == name]
                if name in chosen and chosen[name] == each.get("value"):
                    for one in group:
                        one.checked = one is each
                elif name not in chosen and not any(one.checked for one in group):
                    each.checked = True
            elif kind == "select" and (name in chosen or not each.value):
                options = [one for one in each.value_options if one]
                each.value = chosen[name] if chosen.get(name) in options else options[2 * name.endswith("menjadi")]
            elif kind in ("text", "email", "tel") and (name in chosen or not (each.value or "").strip()):
                each.value = chosen.get(name, "Contoh isian")
        return files


class Resident(Person):
    """`quota`: how many permohonan to file at most."""

    def __init__(self, *given: Any, quota: int) -> None:
        super().__init__(*given)
        self.quota = quota
        self._has_filed = False

    def turn(self) -> bool:
        if not self._has_filed or (self.quota and self.chance(0.6)):
            self.quota -= 1
            self._file()
            self._has_filed = True
            return True
        page = self.browser.get("/permohonan")
        if self.chance(0.06) and (cases := page.links(f"/permohonan/{_ID}")):
            self._withdraw(self.rng.choice(cases))
        waiting = page.links(rf"/permohonan/{_ID}/langkah/{_ID}(\?.*)?")
        if waiting and not self.chance(0.5):
            self._answer(self.rng.choice(waiting).partition("?")[0])
        return bool(waiting)

    def _file(self) -> None:
        page = self.browser.get(f"/permohonan/baru/{SLUG}")
        page = self.browser.send(page, next(form for form in page.tree.forms if "Mulai" in form.text_content()))
        draft = re.fullmatch(rf"/permohonan/draf/({_ID})/.*", page.path)
        assert draft is not None, page.path
        chosen = {"jenis": self.rng.choice(("hilang", "rusak", "perubahan")), "untuk": "diri_sendiri"}
        for _ in range(_ROUNDS):
            number = page.tree.find_class("nomor-besar")
            case = re.fullmatch(rf"/permohonan/({_ID})", page.path)
            if number or case:
                self.said.filed[draft[1]] = case[1] if case else number[0].text_content().strip()
                return
            page = self._next_page(page, chosen)
        raise AssertionError(f"never sent: {page.path} {page.text[:500]}")

    def _next_page(self, page: Page, chosen: Mapping[str, str]) -> Page:
        form = page.form("versi")
        assert form is not None, f"{page.path} {page.text[:300]}"
        if page.path.partition("?")[0].endswith("/periksa"):
            again = form.xpath('.//button[@value="tetap"]')
            return self.browser.send(page, form, ("aksi", "tetap") if again else None)
        if form.xpath('.//button[@value="baris:perubahan:baru"]') and not page.tree.find_class("kartu-judul"):
            return self.browser.send(page, form, ("aksi", "baris:perubahan:baru"))
        files = self.fill(form, chosen, skip=("rw",))
        return self.browser.send(page, form, ("aksi", "lanjut"), files)

    def _answer(self, path: str) -> None:
        page = self.browser.get(path)
        task, case = path.rpartition("/")[2], path.split("/")[2]
        complains = self.chance(0.15)
        chosen = {"hasil": "bermasalah" if complains else "baik", "masalah": "data_salah"}
        for _ in range(_ROUNDS):
            form = page.form("kunci")
            if page.path.partition("?")[0] != path or form is None:
                break
            page = self.browser.send(page, form, ("aksi", "lanjut"), self.fill(form, chosen))
        else:
            raise AssertionError(f"never answered: {page.text[:900]}")
        if page.path == f"/permohonan/{case}" and "Terkirim. Terima kasih." in page.text:
            self.said.done[task] = self.email

    def _withdraw(self, case_path: str) -> None:
        page = self.browser.get(f"{case_path}/tarik")
        form = page.form("alasan")
        if form is not None:
            form.fields["alasan"] = "Salah memilih layanan."
            page = self.browser.send(page, form)
            if "sudah ditarik" in page.text or "Penarikan diterima" in page.text:
                self.said.withdrawn.add(case_path.rpartition("/")[2])


class Officer(Person):
    def turn(self) -> bool:
        page = self.browser.get("/inbox?tampil=tugas-saya")
        mine = page.links(f"/tugas/{_ID}")
        if mine:
            self._work(self.rng.choice(mine))
            return True
        page = self.browser.get("/inbox")
        buttons = page.tree.xpath('//button[starts-with(@formaction, "/tugas/")]')
        if buttons:
            button = self.rng.choice(buttons)
            form = next(button.iterancestors("form"))
            form.set("action", button.get("formaction"))
            self.browser.send(page, form)
        return bool(buttons)

    def _work(self, path: str) -> None:
        page = self.browser.get(path)
        if self.chance(0.05) and (letting_go := page.form("alasan")) is not None:
            letting_go.fields["alasan"] = "Giliran istirahat."
            self.browser.send(page, letting_go)
            return
        for address in page.tree.xpath('//*[@class="berkas-lembar"]//@src'):
            self.browser.get(str(address))
        decided: dict[str, str] = {}
        for _ in range(_ROUNDS):
            form = next((one for one in page.forms("kunci") if one.get("action") == path), None)
            if page.path != path or form is None:
                break
            files = self.fill(form, self._decide(form, decided))
            press = f"putus:keputusan:{decided['keputusan']}" if _buttons(form) else "lanjut"
            page = self.browser.send(page, form, ("aksi", press), files)
        else:
            raise AssertionError(f"never done, {decided}: {page.text[:900]}")
        if "diteruskan." in page.text and page.path != path:
            self.said.done[path.rpartition("/")[2]] = self.email

    def _decide(self, form: Any, decided: dict[str, str]) -> dict[str, str]:
        """A decision once made stays the same when the form comes back with more questions."""
        options = {each.get("value") for each in form.inputs if each.name == "keputusan"} | _buttons(form)
        for value, (others, share) in _UNUSUAL.items():
            if value in options and "keputusan" not in decided:
                decided["keputusan"] = self.rng.choice(others) if self.chance(share) else value
        returns = decided.get("keputusan") in ("kurang", "tidak_valid")
        for name in {each.name for each in form.inputs if each.name}:
            if name.endswith(".nilai"):
                decided.setdefault(name, "tidak_terbaca" if returns else "sesuai")
            if name.endswith(".catatan"):
                decided[name] = "Foto buram." if returns else ""
        return decided


def _buttons(form: Any) -> set[str]:
    """The decisions that are drawn as buttons."""
    return {each.split(":")[2] for each in form.xpath('.//button[starts-with(@value, "putus:keputusan:")]/@value')}


# Usual decision -> others, and how often.
_UNUSUAL: dict[str, tuple[tuple[str, ...], float]] = {
    "lengkap": (("kurang", "usul_tolak"), 0.3),
    "valid": (("salah_entri", "tidak_valid"), 0.2),
    "ditandatangani": (("dikembalikan",), 0.1),
    "terkirim": (("tte_belum",), 0.1),
    "tolak": (("teruskan",), 0.5),
    "dipulihkan": (("tidak_perlu",), 0.5),
    "dijelaskan": (("kirim_ulang",), 0.5),
}


def hire(port: int, said: Said, seed: int, tally: Any, nuisance: Callable[[], None], quota: int) -> list[Person]:
    """Everybody, not started yet, each with a browser and chances of their own. `quota`: permohonan per resident."""
    people: list[Person] = []
    for name in (*RESIDENTS, *OFFICERS):
        rng = random.Random(f"{seed} {name}")
        browser = Browser(port, tally, rng, nuisance)
        if name in RESIDENTS:
            people.append(Resident(name, browser, said, rng, quota=quota))
        else:
            people.append(Officer(name, browser, said, rng))
    return people
