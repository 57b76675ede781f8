"""What the office counts: rows made from the trail's cases by the sweeper, never by hand; they may be made anew.

`task_figures` and `case_figures` have a row for each task and case; `step_days`, `case_days` and `step_present` add
them up, so that a page reads hundreds of rows however many cases there were. `stale_counts` are the sums that must be
made again.
"""

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict

_OPEN, _CLOSED = text("closed_at IS NULL"), text("closed_at IS NOT NULL")
_LATE_NOW = text("closed_at IS NULL AND late_at IS NOT NULL")
_WAS_LATE = text("late_at IS NOT NULL")
_STOPPED = text("closed_at IS NOT NULL AND stopped_s > 0")
_SKIPPED = text("closed_at IS NOT NULL AND skipped <> ''")
_IN_HAND = text("closed_at IS NULL AND holder <> ''")
_SAMPLE = text("to_end_s IS NOT NULL")
_RUNS = text("ended_at IS NULL")
_PROMISED = text("ended_at IS NULL AND promise_at IS NOT NULL")
_EXPECTED = text("ended_at IS NULL AND expect_mid IS NOT NULL")


def _partial(name: str, *columns: str, where: TextClause) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class TaskFigures(Base):
    """One visit to one human step, measured.

    `state`: antre | dipegang | terhenti | menunggu (for the pemohon) while open; selesai | batal. `queue_s`,
    `handling_s`, `stopped_s`: working seconds, 0 while open; they add up to what went by. `late_at`: lewat batas since.
    `causes`: of a return, "|paper:ruling|paper:ruling|", or "|:step|" where it names no paper. `stops`: cause ->
    seconds, as far as they were within working time. `to_end_s`: working seconds from opening to the end of its case,
    where that ended as it should; `ended_at`: when. `skipped`: why it was taken before one that was late, "" = in turn.
    """

    __tablename__ = "task_figures"
    __table_args__ = (
        Index("ix_task_figures_case", "case_id"),
        _partial("ix_task_figures_open", "slug", "step", "opened_at", "task_id", where=_OPEN),
        _partial("ix_task_figures_closed", "slug", "step", "closed_at", "task_id", where=_CLOSED),
        _partial("ix_task_figures_late", "opened_at", "task_id", where=_LATE_NOW),
        _partial("ix_task_figures_was_late", "late_at", "task_id", where=_WAS_LATE),
        _partial("ix_task_figures_stopped", "closed_at", "task_id", where=_STOPPED),
        _partial("ix_task_figures_skipped", "closed_at", "task_id", where=_SKIPPED),
        _partial("ix_task_figures_holder", "holder", "opened_at", "task_id", where=_IN_HAND),
        _partial("ix_task_figures_sample", "slug", "step", "ended_at", where=_SAMPLE),
    )

    task_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(22))
    slug: Mapped[str] = mapped_column(String(80))
    step: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    holder: Mapped[str] = mapped_column(String(22))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    queue_s: Mapped[int]
    handling_s: Mapped[int]
    stopped_s: Mapped[int]
    over_norm: Mapped[bool]
    returned: Mapped[bool]
    causes: Mapped[str] = mapped_column(String(1000))
    stops: Mapped[JsonDict] = mapped_column(JSON)
    skipped: Mapped[str] = mapped_column(String(16), server_default="")
    to_end_s: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class CaseFigures(Base):
    """One case, measured. `channel`: mandiri | dibantu | whatsapp | kantor; the days are the office's, "2026-11-24".

    `promise_at`: by when `layanan.janji` is kept, from the papers being complete; None while the pemohon has them.
    `kept`: of an ended case, was it? `elapsed_s`: working seconds from opening to end, `queue_s` those of them in which
    it waited for an officer to take it. `expect_*`: of a running case,
    when it will probably end (one in five earlier than low, half before mid, one in five after high), from
    `samples` others, made when `expect_task` opened. `first_low`, `first_high`: the first such estimate; `hit`: did the
    case end between them?
    """

    __tablename__ = "case_figures"
    __table_args__ = (
        Index("ix_case_figures_opened", "opened_at", "case_id"),
        Index("ix_case_figures_ended", "ended_at", "case_id"),
        _partial("ix_case_figures_promise", "promise_at", "case_id", where=_PROMISED),
        Index(
            "ix_case_figures_breaks",
            "promise_at",
            "case_id",
            sqlite_where=text("ended_at IS NULL AND will_break = 1"),  # as SQLAlchemy asks it there
            postgresql_where=text("ended_at IS NULL AND will_break"),
        ),
        _partial("ix_case_figures_expected", "expect_mid", "case_id", where=_EXPECTED),
    )

    case_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    number: Mapped[str] = mapped_column(String(24))
    slug: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    opened_day: Mapped[str] = mapped_column(String(10))
    ended_at: Mapped[datetime | None]
    ended_day: Mapped[str] = mapped_column(String(10))
    result: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(80))
    returns: Mapped[int]
    elapsed_s: Mapped[int]
    queue_s: Mapped[int] = mapped_column(server_default="0")
    promise_at: Mapped[datetime | None]
    kept: Mapped[bool | None]
    expect_task: Mapped[str] = mapped_column(String(22))
    expect_low: Mapped[datetime | None]
    expect_mid: Mapped[datetime | None]
    expect_high: Mapped[datetime | None]
    samples: Mapped[int]
    will_break: Mapped[bool]
    first_low: Mapped[datetime | None]
    first_high: Mapped[datetime | None]
    hit: Mapped[bool | None]


class StepDay(Base):
    """All tasks of one step and unit that closed on one day of the office.

    `queue`, `handling`: the working seconds of each task done, sorted, so that any median is exact. `stops`: cause ->
    [tasks, seconds]; `causes`: "paper:ruling" -> tasks; `skips`: why taken
    out of turn -> tasks. `passed`: tasks that passed their limit on this day.
    """

    __tablename__ = "step_days"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    step: Mapped[str] = mapped_column(String(80), primary_key=True)
    unit: Mapped[str] = mapped_column(String(10), primary_key=True)
    done: Mapped[int]
    cancelled: Mapped[int]
    returned: Mapped[int]
    over_norm: Mapped[int]
    passed: Mapped[int]
    queue: Mapped[list[int]] = mapped_column(JSON)
    handling: Mapped[list[int]] = mapped_column(JSON)
    stopped_s: Mapped[int]
    stops: Mapped[JsonDict] = mapped_column(JSON)
    causes: Mapped[JsonDict] = mapped_column(JSON)
    skips: Mapped[JsonDict] = mapped_column(JSON, server_default="{}")


class CaseDay(Base):
    """Cases of one service, unit and channel that came in, and that ended, on one day of the office.

    Of those that ended: `returned` were sent back at least once; `kept` and `broken`: their promise; `waits`: how long
    each waited to be taken, working seconds, sorted.
    """

    __tablename__ = "case_days"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    unit: Mapped[str] = mapped_column(String(10), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    opened: Mapped[int]
    ended: Mapped[int]
    returned: Mapped[int]
    kept: Mapped[int]
    broken: Mapped[int]
    waits: Mapped[list[int]] = mapped_column(JSON, server_default="[]")


class StepPresent(Base):
    """The open tasks of one step and unit. `oldest_at`: since when the oldest of those in the queue waits."""

    __tablename__ = "step_present"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    step: Mapped[str] = mapped_column(String(80), primary_key=True)
    unit: Mapped[str] = mapped_column(String(10), primary_key=True)
    waiting: Mapped[int]
    in_hand: Mapped[int]
    stopped: Mapped[int]
    awaited: Mapped[int]
    late: Mapped[int]
    oldest_at: Mapped[datetime | None]


class StaleCount(Base):
    """Sums to be made again: of a step on a day; with `day` "" its open tasks; with `step` "" the cases of that day."""

    __tablename__ = "stale_counts"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    step: Mapped[str] = mapped_column(String(80), primary_key=True)


class FiguresTip(Base):
    """The one row that says how far the trail is counted. Whoever counts holds it. `at`: when nothing was left."""

    __tablename__ = "figures_tip"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    at: Mapped[datetime | None]
