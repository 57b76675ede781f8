"""What BPMN has and we do not run, each with what to draw instead. Whatever is not named here is refused as well."""

from collections.abc import Mapping, Sequence

_BY_TASK = "Gambar langkah-langkahnya langsung di proses ini."
_ON_EDGE = "Pakai batas waktu atau pesan di tepi tugas (boundary event)."
_CHOICE = "Pakai gerbang eksklusif (pilih satu jalan) atau gerbang paralel (semua jalan)."

NODES: Mapping[str, str] = {
    "task": "Ubah jenisnya menjadi user task (dikerjakan orang) atau service task (dikerjakan sistem).",
    "manualTask": "Ubah jenisnya menjadi user task, supaya ada yang mencatat selesainya.",
    "scriptTask": "Skrip tidak pernah dijalankan. Pakai service task, lalu tulis pekerjaannya di otomatis (ikmt).",
    "businessRuleTask": "Pakai gerbang eksklusif berkondisi, atau user task yang memutuskan.",
    "sendTask": "Pakai service task dengan kirim_pemberitahuan di otomatis (ikmt), atau bagian pemberitahuan.",
    "receiveTask": "Pakai peristiwa tengah berpesan (message intermediate catch event).",
    "callActivity": _BY_TASK,
    "subProcess": _BY_TASK,
    "subChoreography": _BY_TASK,
    "callChoreography": _BY_TASK,
    "choreographyTask": _BY_TASK,
    "transaction": _BY_TASK,
    "adHocSubProcess": _BY_TASK,
    "inclusiveGateway": _CHOICE,
    "complexGateway": _CHOICE,
    "eventBasedGateway": _ON_EDGE,
    "intermediateThrowEvent": "Pakai service task untuk mengirim sesuatu; tanpa itu, sambungkan saja garisnya.",
    "implicitThrowEvent": "Pakai akhir yang digambar (end event).",
}
EVENT_SUBPROCESS = f"Subproses peristiwa bukan bagian alur ini. {_ON_EDGE}"

_CATCH = "Yang dapat ditunggu hanya batas waktu (timer) atau pesan (message)."
_EVENTS: Mapping[str, str] = {
    "linkEventDefinition": "Sambungkan kedua ujungnya langsung dengan garis alur.",
    "compensateEventDefinition": "Gambar pembatalannya sebagai tugas di jalan tersendiri.",
    "signalEventDefinition": "Pakai pesan (message).",
    "conditionalEventDefinition": "Pakai gerbang eksklusif berkondisi.",
    "errorEventDefinition": "Pekerjaan sistem yang gagal menjadi insiden dengan sendirinya; hapus penanda ini.",
    "escalationEventDefinition": "Keterlambatan diatur jika_terlambat (ikmt); hapus penanda ini.",
    "cancelEventDefinition": "Pakai akhir terminate, atau pesan di tepi tugas.",
}
_THROWN = {"linkEventDefinition", "compensateEventDefinition", "escalationEventDefinition"}
_START = "Pakai awal polos: kasus dibuat saat pemohon mengirim permohonan."
_END = "Pakai akhir polos atau terminate."
_INSIDE: Mapping[str, str] = {
    "multiInstanceLoopCharacteristics": "Tugas berganda tidak dijalankan. Pakai satu tugas dengan isian tabel.",
    "standardLoopCharacteristics": "Tugas berulang tidak dijalankan. Gambar putarannya dengan gerbang eksklusif.",
}


def instead_of(word: str, events: Sequence[str], is_event_subprocess: bool) -> str:
    """The sentence after "… tidak didukung." for an element of the process; `events`: what is drawn inside it."""
    if is_event_subprocess:
        return EVENT_SUBPROCESS
    if events and events[0] in _THROWN:
        return _EVENTS[events[0]]
    return NODES.get(word, "Pakai user task, service task, gerbang eksklusif atau paralel, atau batas waktu.")


def instead_inside(word: str, kind: str) -> str:
    """The same for something inside an element of `kind` (start, end, user, …)."""
    if word in _INSIDE:
        return _INSIDE[word]
    if not word.endswith("EventDefinition") and word != "eventDefinitionRef":
        return "Hapus bagian ini di editor."
    if kind == "start":
        return _START
    if kind == "end":
        return _END
    if kind in ("catch", "boundary"):
        return f"{_EVENTS.get(word, '')} {_CATCH}".strip()
    return "Hapus bagian ini di editor."
