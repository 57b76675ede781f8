"""The ikmt file as parts of model.Procedure."""

from collections.abc import Mapping
from typing import Any

from app.domain.conditions import Condition, compile_visibility
from app.domain.durations import Duration, InvalidDuration
from app.domain.errors import ConditionError
from app.procedures.model.document import (
    Automation,
    Deadline,
    FollowUp,
    Outcome,
    Reopening,
    Requirement,
    Service,
    Withdrawal,
)
from app.procedures.model.notices import NoticeRule, NoticeTemplate
from app.procedures.model.steps import Row
from app.procedures.places import Findings, Place
from app.workflow.spec import Spec

FRONT = (
    "nomor",
    "nama",
    "tanggal_pembuatan",
    "tanggal_revisi",
    "tanggal_efektif",
    "berlaku_mulai",
    "disahkan_oleh",
    "lampiran",
    "penanda_tangan",
    "dasar_hukum",
    "kualifikasi_pelaksana",
    "keterkaitan",
    "peralatan",
    "peringatan",
    "pencatatan_pendataan",
    "catatan",
)


def read_duration(place: Place, findings: Findings) -> Duration | None:
    """The length of time written at `place`; a fault and None where it cannot be read."""
    try:
        return Duration.parse(str(place.data))
    except InvalidDuration as error:
        findings.at(place, str(error))
        return None


def read_service(root: Place) -> Service:
    place = root.at("layanan")
    return Service(
        title=place.text("judul"),
        summary=place.text("ringkas"),
        keywords=place.texts("kata_cari"),
        fee=place.text("biaya"),
        promise=place.text("janji"),
        division=place.text("bidang"),
    )


def read_front(root: Place) -> Mapping[str, Any]:
    """The front page, word for word."""
    return {key: root.data[key] for key in FRONT if root.has(key)}


def read_rows(root: Place, spec: Spec, findings: Findings) -> tuple[Row, ...]:
    rows = []
    for place in root.each("kegiatan"):
        steps = place.texts("langkah")
        lanes = dict.fromkeys(spec.elements[step].lane for step in steps if step in spec.elements)
        rows.append(
            Row(
                no=int(place.text("no")),
                steps=steps,
                uraian=place.text("uraian"),
                kelengkapan=place.text("kelengkapan"),
                waktu=read_duration(place.at("waktu"), findings) or Duration(),
                output=place.text("output"),
                keterangan=place.text("keterangan"),
                lanes=tuple(lane for lane in lanes if lane),
            )
        )
    return tuple(rows)


def read_requirements(root: Place, first_step: str, findings: Findings) -> tuple[Requirement, ...]:
    found = []
    for place in root.each("persyaratan"):
        needed = None
        if place.has("perlu_jika"):
            needed = _condition(place.at("perlu_jika"), first_step, findings)
        words = (place.text(key) for key in ("dasar", "bila", "petunjuk"))
        found.append(Requirement(place.text("kode"), place.text("nama"), needed, *words))
    return tuple(found)


def read_deadlines(root: Place, findings: Findings) -> dict[str, Deadline]:
    found = {}
    for element, place in root.items("batas"):
        is_detailed = isinstance(place.data, dict)
        length = read_duration(place.at("lama") if is_detailed else place, findings)
        step, _, name = place.text("isian").partition(".") if is_detailed else ("", "", "")
        if length is not None:
            found[element] = Deadline(length, (step, name) if name else None)
    return found


def read_outcomes(root: Place) -> dict[str, Outcome]:
    return {element: Outcome(place.text("hasil"), place.text("status")) for element, place in root.items("hasil_akhir")}


def read_automation(root: Place) -> dict[str, Automation]:
    found = {}
    for element, place in root.items("otomatis"):
        arguments = {
            key: tuple(value) if isinstance(value, list) else str(value)
            for key, value in place.data.items()
            if key != "kerjakan"
        }
        found[element] = Automation(place.text("kerjakan"), arguments)
    return found


def read_notices(root: Place, findings: Findings) -> tuple[NoticeRule, ...]:
    found = (_notice(place, findings) for place in root.each("pemberitahuan"))
    return tuple(rule for rule in found if rule is not None)


def _notice(place: Place, findings: Findings) -> NoticeRule | None:
    words = place.text("saat").split()
    match words:
        case ["kasus", "ditutup"]:
            on, step, value = "ditutup", "", ""
        case ["kasus", "dibuka", "kembali"]:
            on, step, value = "dibuka_kembali", "", ""
        case ["kasus", "ditutup", "=", value]:
            on, step = "ditutup", ""
        case [step, "dibuka" | "selesai" as on]:
            value = ""
        case [step, "=", value]:
            on = "jawaban"
        case _:
            findings.at(
                place.at("saat"),
                "Tulis saat sebagai '<langkah> dibuka', '<langkah> selesai', '<langkah> = <keputusan>', "
                "'kasus ditutup', atau 'kasus ditutup = <hasil>'.",
            )
            return None
    return NoticeRule(
        on=on,
        step=step,
        value=value,
        to=place.texts("kepada"),
        template=place.text("templat"),
        channels=place.texts("kanal"),
        compulsory=place.yes("wajib"),
        speaker=place.text("pesan_dari"),
        digest=tuple(_minute_of_day(at) for at in place.texts("rangkum")),
        once=place.yes("sekali"),
    )


def _minute_of_day(text: str) -> int:
    hours, _, minutes = text.partition(".")
    return int(hours) * 60 + int(minutes)


def read_withdrawal(root: Place, spec: Spec) -> Withdrawal | None:
    """The message is the one that the diagram waits for beside the tasks; without either there is no withdrawal."""
    message = next(iter(spec.messages.values()), "")
    if not root.has("penarikan") or not message:
        return None
    place = root.at("penarikan")
    return Withdrawal(message, place.text("langsung_sebelum"), place.text("tidak_lagi_sejak"))


def read_cut(root: Place, findings: Findings) -> Condition | None:
    """`pengiriman.putus_bila`."""
    place = root.at("pengiriman")
    if not root.has("pengiriman") or not place.has("putus_bila"):
        return None
    return _condition(place.at("putus_bila"), place.text("langkah"), findings)


def read_follow_up(root: Place, findings: Findings) -> FollowUp | None:
    if not root.has("kasus_lanjutan"):
        return None
    place = root.at("kasus_lanjutan")
    when = _condition(place.at("jika"), "", findings)
    return FollowUp(when, place.yes("prioritas")) if when is not None else None


def read_reopenings(root: Place) -> tuple[Reopening, ...]:
    return tuple(
        Reopening(frozenset(place.texts("hasil")), place.text("langkah"), frozenset(place.texts("peran")))
        for place in root.each("buka_kembali")
    )


def read_noted(root: Place, findings: Findings) -> tuple[tuple[Condition, str], ...]:
    rules = ((_condition(place.at("jika"), "", findings), place.text("catat")) for place in root.each("jejak"))
    return tuple((condition, word) for condition, word in rules if condition is not None)


def read_templates(root: Place, first_step: str, findings: Findings) -> dict[str, NoticeTemplate]:
    found = {}
    for name, place in root.items("templat"):
        additions = []
        for addition in place.each("tambahan"):
            condition = _condition(addition.at("jika"), first_step, findings)
            if condition is not None:
                additions.append((condition, addition.text("isi")))
        found[name] = NoticeTemplate(place.text("judul"), place.text("isi"), tuple(additions))
    return found


def _condition(place: Place, step: str, findings: Findings) -> Condition | None:
    try:
        return compile_visibility(place.data, step)
    except ConditionError as error:
        findings.at(place, error.pesan)
        return None
