"""The figures of a board as plain tables: what the page shows, what is downloaded, what the monthly report prints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.errors import NotFound
from app.domain.tanggal import format_length
from app.services.oversight.adding import Sum
from app.services.oversight.board import Board

Cell = str | int | None


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def table(board: Board, name: str) -> Table:
    """Raises NotFound."""
    if name not in TABLES:
        raise NotFound
    return TABLES[name](board)


def minutes(seconds: int | None) -> int | None:
    """Whole working minutes, seconds dropped."""
    return None if seconds is None else seconds // 60


def length(seconds: int | None) -> str:
    """ "1 j 20 m" of working time, "45 d" below a minute, "–" of nothing."""
    if seconds is None:
        return "–"
    return f"{seconds} d" if seconds < 60 else format_length(timedelta(seconds=seconds))


def _steps(board: Board) -> Table:
    columns = ["Layanan", "Langkah", "Pelaksana", *PRESENT, *_PAST, "Norma (menit)", "Melewati batas"]
    rows: list[list[Cell]] = [
        [line.service, line.name, line.role, *_present(line.sum), *_past(line.sum), line.norm or None, line.sum.passed]
        for line in board.lines
    ]
    return Table("Per langkah", columns, rows)


def _roles(board: Board) -> Table:
    rows: list[list[Cell]] = [[group.name, *_present(group.sum), *_past(group.sum)] for group in board.roles]
    return Table("Per pelaksana", ["Pelaksana", *PRESENT, *_PAST], rows)


def _units(board: Board) -> Table:
    rows: list[list[Cell]] = [[g.name, g.opened, g.ended, *_present(g.sum), *_past(g.sum)] for g in board.units]
    columns = ["Kapanewon", "Permohonan masuk", "Permohonan selesai", *PRESENT, *_PAST]
    return Table("Per kapanewon", columns, rows)


def _channels(board: Board) -> Table:
    columns = [
        "Kanal",
        "Masuk",
        "Selesai",
        "Pernah dikembalikan",
        "Tepat janji",
        "Melewati janji",
        "Median antre (menit)",
    ]
    rows: list[list[Cell]] = [
        [c.name, c.opened, c.ended, c.returned, c.kept, c.broken, minutes(c.wait_median)] for c in board.channels
    ]
    return Table("Per kanal", columns, rows)


def _causes(board: Board) -> Table:
    rows: list[list[Cell]] = [[c.service, c.step_name, c.paper, c.reason, c.count] for c in board.causes]
    return Table("Sebab pengembalian", ["Layanan", "Langkah", "Berkas", "Sebab", "Banyak"], rows)


def _holders(board: Board) -> Table:
    rows: list[list[Cell]] = [[h.name, h.tasks, minutes(h.seconds)] for h in board.holders]
    return Table("Penahan", ["Sebab", "Tugas", "Waktu kerja (menit)"], rows)


def _skips(board: Board) -> Table:
    rows: list[list[Cell]] = [[skip.name, skip.tasks] for skip in board.skips]
    return Table("Diambil mendahului yang lewat batas", ["Alasan", "Tugas"], rows)


def _days(board: Board) -> Table:
    rows: list[list[Cell]] = [[day.day.isoformat(), day.opened, day.ended] for day in board.days]
    return Table("Masuk dan selesai per hari", ["Tanggal", "Masuk", "Selesai"], rows)


def _people(board: Board) -> Table:
    rows: list[list[Cell]] = [[load.name, load.held, load.stopped] for load in board.people]
    return Table("Beban petugas sekarang", ["Petugas", "Dipegang", "Jamnya berhenti"], rows)


PRESENT = ["Menunggu", "Dikerjakan", "Jam berhenti", "Menunggu pemohon", "Lewat batas"]
_PAST = [
    "Selesai",
    "Dikembalikan",
    "Dikembalikan (%)",
    "Median antre (menit)",
    "Median kerja (menit)",
    "Lebih lama dari norma",
]


def _present(found: Sum) -> list[Cell]:
    return [found.waiting, found.in_hand, found.stopped, found.awaited, found.late]


def _past(found: Sum) -> list[Cell]:
    medians = [minutes(found.queue_median), minutes(found.handling_median)]
    return [found.done, found.returned, found.returned_share, *medians, found.over_norm]


TABLES: Mapping[str, Callable[[Board], Table]] = {
    "langkah": _steps,
    "pelaksana": _roles,
    "kapanewon": _units,
    "kanal": _channels,
    "sebab": _causes,
    "penahan": _holders,
    "mendahului": _skips,
    "harian": _days,
    "petugas": _people,
}
