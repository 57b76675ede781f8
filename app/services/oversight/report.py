"""The monthly report: the figures of one month on the office's paper, to be signed by whoever answers for them."""

from collections.abc import Sequence

from app.adapters.pdf import NO_DATE, Letterhead, Paper
from app.adapters.pdf_chart import Series
from app.adapters.pdf_table import Column
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.tanggal import format_date, format_moment, local_date
from app.services import clock
from app.services.oversight import board, ranges, services, tables
from app.services.oversight.board import Board
from app.services.oversight.scope import unit_name
from app.services.oversight.tables import Cell, Table

_PRINTED = ("pelaksana", "kapanewon", "kanal", "sebab", "penahan", "mendahului")
_WIDE = 3.0


def monthly(actor: Actor, month: str, slug: str, unit: str, head: Letterhead) -> bytes:
    """`month`: "2026-10". Raises Forbidden, NotFound (no such month yet, a unit that is not theirs)."""
    now = clock.now()
    if ranges.read(month, local_date(now)).key != month:
        raise NotFound
    found = board.read(actor, month, slug, unit)
    paper = Paper(f"Laporan pelayanan {found.range.title}", now, head, landscape=True)
    paper.letterhead(head)
    paper.heading(f"LAPORAN PELAYANAN BULAN {found.range.title.upper()}")
    paper.details(_about(found, slug, unit))
    paper.paragraph(_summary(found))
    if not found.is_empty:
        _figures(paper, found)
    paper.signature(f"{head.place}, {NO_DATE}", "Kepala Dinas,", "(" + "." * 40 + ")")
    return paper.to_bytes()


def _about(found: Board, slug: str, unit: str) -> list[tuple[str, str]]:
    counted = format_moment(found.counted_at) if found.counted_at else "belum pernah"
    first, last = (format_date(day) for day in (found.range.first, found.range.last))
    return [
        ("Masa", f"{first} sampai {last}"),
        ("Layanan", services.known().titles.get(slug, slug) if slug else "Semua layanan"),
        ("Kapanewon", unit_name(unit) if unit else "Semua yang Anda awasi" if found.scope.units else "Semua"),
        ("Dihitung", f"{counted}, dari riwayat perbuatan dalam aplikasi"),
    ]


def _summary(found: Board) -> str:
    if found.is_empty:
        return "Belum ada permohonan pada rentang ini."
    passed = sum(line.sum.passed for line in found.lines)
    returned = sum(line.sum.returned for line in found.lines)
    kept, broken = (sum(getattr(one, name) for one in found.channels) for name in ("kept", "broken"))
    promise = f" Janji layanan ditepati {kept} dari {kept + broken} permohonan." if kept + broken else ""
    return (
        f"{found.opened} permohonan masuk dan {found.ended} selesai. {passed} tugas melewati batas waktu; "
        f"{returned} kali permohonan dikembalikan.{promise} Semua waktu adalah waktu kerja kantor."
    )


def _figures(paper: Paper, found: Board) -> None:
    paper.subheading("Masuk dan selesai per hari")
    days = [str(day.day.day) for day in found.days]
    paper.bars(
        days, [Series("Masuk", [d.opened for d in found.days]), Series("Selesai", [d.ended for d in found.days])]
    )
    paper.subheading("Per langkah")
    paper.table(_STEP_COLUMNS, _steps(found))
    for name in _PRINTED:
        made = tables.table(found, name)
        if made.rows:
            paper.subheading(made.title)
            paper.table(_columns(made), [[_text(cell) for cell in row] for row in _past_only(made)])


_STEP_COLUMNS = (
    Column("Langkah", 4.2),
    Column("Pelaksana", 3.2),
    Column("Selesai", 1.2, "R"),
    Column("Median antre", 1.6, "R"),
    Column("Median kerja", 1.6, "R"),
    Column("Norma", 1.3, "R"),
    Column("Lebih lama dari norma", 1.8, "R"),
    Column("Melewati batas", 1.5, "R"),
    Column("Dikembalikan", 1.7, "R"),
)


def _steps(found: Board) -> list[list[str]]:
    return [
        [
            f"{line.name} ({line.service})",
            line.role,
            str(line.sum.done),
            tables.length(line.sum.queue_median),
            tables.length(line.sum.handling_median),
            f"{line.norm} m" if line.norm else "–",
            _with_share(line.sum.over_norm, line.sum.over_norm_share) if line.norm else "–",
            str(line.sum.passed),
            _with_share(line.sum.returned, line.sum.returned_share),
        ]
        for line in found.lines
        if line.sum.done or line.sum.passed
    ]


def _past_only(made: Table) -> list[list[Cell]]:
    """A report is about its month: what is open at this moment has no place in it."""
    kept = [place for place, name in enumerate(made.columns) if name not in tables.PRESENT]
    return [[row[place] for place in kept] for row in made.rows]


def _columns(made: Table) -> Sequence[Column]:
    rows, found = _past_only(made), []
    for place, title in enumerate(each for each in made.columns if each not in tables.PRESENT):
        is_text = any(isinstance(row[place], str) for row in rows)
        found.append(Column(title, _WIDE, "L") if is_text else Column(title, 1.0, "R"))
    return found


def _with_share(count: int, share: int | None) -> str:
    return f"{count} ({share}%)" if share is not None else str(count)


def _text(cell: Cell) -> str:
    return "–" if cell is None else str(cell)
