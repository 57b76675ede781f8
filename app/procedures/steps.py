"""The user and service tasks of the diagram, with what the ikmt says of each: who, how long, told to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.durations import Duration
from app.procedures.document import read_duration
from app.procedures.model.steps import Step
from app.procedures.places import Findings, Place
from app.workflow.spec import Element, Spec

KINDS = {"user", "service"}


@dataclass
class _Said:
    """What the rows and langkah_tambahan say of one step, summed up."""

    rows: list[int] = field(default_factory=list)
    norm: Duration | None = None
    queue_limit: Duration | None = None
    tell: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    bulk: bool = False
    when_opened: bool = False
    stops: bool = False
    helpers: tuple[str, ...] = ()
    reminders: tuple[Duration, ...] = ()
    status: str = ""
    open_status: str = ""

    def add(self, place: Place, norm: Duration | None, findings: Findings) -> None:
        if norm is not None:
            self.norm = norm if self.norm is None else self.norm + norm
        if place.has("batas_antre"):
            self.queue_limit = read_duration(place.at("batas_antre"), findings)
        self.tell = place.texts("jika_terlambat") or self.tell
        self.different = place.texts("harus_beda_petugas_dari") or self.different
        self.helpers = place.texts("boleh_diisi_petugas") or self.helpers
        self.bulk = self.bulk or place.yes("boleh_massal")


def read_steps(root: Place, spec: Spec, lanes: Mapping[str, tuple[str, ...]], findings: Findings) -> dict[str, Step]:
    """Every user and service task by id, in the order of the diagram file."""
    said = {element.id: _Said() for element in spec.elements.values() if element.kind in KINDS}
    for row in root.each("kegiatan"):
        _read_row(row, spec, said, findings)
    for step, place in root.items("langkah_tambahan"):
        if step in said:
            _read_extra(place, said[step], findings)
    return {step: _step(spec.elements[step], lanes, each) for step, each in said.items()}


def _read_row(row: Place, spec: Spec, said: Mapping[str, _Said], findings: Findings) -> None:
    steps = [step for step in row.texts("langkah") if step in said]
    shares = _shares(row, [step for step in steps if spec.elements[step].kind == "user"], findings)
    for step in steps:
        each = said[step]
        each.rows.append(row.number("no", 0))
        each.add(row, shares.get(step), findings)
        each.when_opened = each.when_opened or row.text("selesai_saat") == "dibuka"
        each.status = row.text("status", each.status)


def _shares(row: Place, people: list[str], findings: Findings) -> dict[str, Duration]:
    """How the row's time is divided over its user tasks: by bagi_waktu, else all of it to the only one."""
    whole = read_duration(row.at("waktu"), findings)
    if whole is None:
        return {}
    if not row.has("bagi_waktu"):
        if len(people) > 1:
            findings.at(row, f"Baris {row.text('no')} memuat beberapa langkah; bagi waktunya dengan bagi_waktu.")
        return dict.fromkeys(people, whole)
    shares: dict[str, Duration] = {}
    for step, place in row.items("bagi_waktu"):
        share = read_duration(place, findings)
        if step not in people:
            findings.at(place, f"bagi_waktu menyebut '{step}', yang bukan langkah orang di baris ini.")
        elif share is not None:
            shares[step] = share
    if set(shares) != set(people) or sum(shares.values(), Duration()) != whole:
        findings.at(row.at("bagi_waktu"), f"Jumlah bagi_waktu harus {whole} dan memuat: {', '.join(people)}.")
    return shares


def _read_extra(place: Place, said: _Said, findings: Findings) -> None:
    norm = read_duration(place.at("waktu"), findings) if place.has("waktu") else None
    said.add(place, norm, findings)
    said.stops = place.text("jam_kantor") == "berhenti"
    lengths = (read_duration(each, findings) for each in place.each("pengingat"))
    said.reminders = tuple(length for length in lengths if length is not None)
    said.open_status = place.text("status")
    said.status = place.text("status_sesudah")


def _step(element: Element, lanes: Mapping[str, tuple[str, ...]], said: _Said) -> Step:
    return Step(
        id=element.id,
        name=element.name,
        kind=element.kind,
        lane=element.lane,
        roles=frozenset(lanes.get(element.lane, ())),
        rows=tuple(said.rows),
        norm=said.norm,
        queue_limit=said.queue_limit,
        tell_when_late=said.tell,
        different_from=said.different,
        bulk=said.bulk,
        done_when_opened=said.when_opened,
        clock_stops=said.stops,
        helpers=frozenset(said.helpers),
        reminders=said.reminders,
        status=said.status,
        open_status=said.open_status,
    )
