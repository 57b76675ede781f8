"""What the office counts, for whoever watches over it: the page, the lists behind its figures, its downloads."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ASSIGNERS, WATCHERS
from app.domain.csvtext import csv_parts, csv_text
from app.domain.tanggal import local_date
from app.services import clock
from app.services.desk import sharing
from app.services.flow.tasks import SKIP_REASONS
from app.services.oversight import board, lists, ranges, scope, services, tables
from app.services.oversight.board import Board
from app.services.oversight.lists import Asked, Line, Listed
from app.services.oversight.outlook import FEWEST, MOST
from app.services.oversight.services import Services
from app.web import lembar
from app.web.access import current_actor, roles
from app.web.templating import page_exists

pantau = Blueprint("pantau", __name__)

_ROLES = tuple(sorted(WATCHERS))
_FILTERS = ("rentang", "layanan", "unit")
_SHADES = 4
MINUTE = timedelta(minutes=1)
_DEALING = "/inbox/bagi"
# Lists of tasks that can be dealt out -> which of them are ticked there.
_MEANT = {"antre": sharing.FREE, "dipegang": sharing.HELD, "lewat": sharing.LATE}


@pantau.get("/pantau")
@roles(*_ROLES)
def show() -> ResponseReturnValue:
    actor, asked = current_actor(), chosen()
    found = board.read(actor, *asked.values())
    slug, role = asked["layanan"] or _busiest(found), request.args.get("pelaksana", "")
    return render_template(
        "pantau/pantau.html",
        p=found,
        baris=[line for line in found.lines if role in ("", line.queue)],
        pelaksana=board.role_name(role) if role else "",
        bulan_laporan=f"{found.range.first:%Y-%m}",
        saringan=asked,
        tautan={name: value for name, value in asked.items() if value},
        pilihan_rentang=_ranges(),
        pilihan_layanan=list(services.known().titles.items()),
        pilihan_unit=scope.unit_choices(actor),
        kanal=board.CHANNELS,
        diagram=slug,
        kotak=_boxes(found, slug),
        lama=tables.length,
        paling_sedikit=FEWEST,
        paling_banyak=MOST,
        sekarang=clock.now(),
    )


@pantau.get("/pantau/daftar/<what>")
@roles(*_ROLES)
def listed(what: str) -> ResponseReturnValue:
    asked = _asked(what)
    after = lembar.cursor()
    found = lists.page(current_actor(), asked, after)
    here: dict[str, Any] = {name: value for name, value in request.args.items() if name != "sesudah" and value}
    names = services.known()
    return render_template(
        "pantau/daftar.html",
        d=found,
        di=_place(found),
        nama_langkah=names.step_name(asked.slug, asked.step) if asked.step else "",
        sebab=_cause(asked, names),
        bagi=_share_out(found),
        kembali=url_for("pantau.show", **{name: here[name] for name in _FILTERS if name in here}),
        lanjutan=url_for("pantau.listed", what=what, **here, sesudah=str(found.next)) if found.next else "",
        awal=url_for("pantau.listed", what=what, **here) if after else "",
        berkas=url_for("pantau.listed_csv", what=what, **here),
    )


def _cause(asked: Asked, names: Services) -> str:
    """What a list is narrowed to, in words; "" = nothing."""
    if not asked.cause or asked.what == "penahan":
        return asked.cause
    if asked.what == "mendahului":
        return SKIP_REASONS.get(asked.cause, asked.cause)
    return ": ".join(names.cause(asked.slug, asked.step, asked.cause))


@pantau.get("/pantau/daftar/<what>.csv")
@roles(*_ROLES)
def listed_csv(what: str) -> ResponseReturnValue:
    """The same list as a table, all of it."""
    columns = ["Nomor", "Layanan", "Langkah", "Kapanewon", "Pemegang", "Sejak", "Sampai", "Waktu kerja (menit)"]
    return _csv(csv_parts(columns, _parts(_asked(what))), f"pantau-{what}")


def _parts(asked: Asked) -> Iterator[list[list[object]]]:
    """The first part now, so that what may not be listed is refused; each other one in a context of its own, so that
    nothing is kept open for whoever reads slowly."""
    app, actor, now = current_app._get_current_object(), current_actor(), clock.now()  # type: ignore[attr-defined]
    first = lists.part(actor, asked, now, None)

    def every() -> Iterator[list[list[object]]]:
        lines, after = first
        yield [_cells(line) for line in lines]
        while after is not None:
            with app.app_context():
                lines, after = lists.part(actor, asked, now, after)
            yield [_cells(line) for line in lines]

    return every()


def _cells(x: Line) -> list[object]:
    minutes = int(x.length.total_seconds()) // 60
    return [x.number, x.service, x.step, x.unit, x.holder, _stamp(x.since), _stamp(x.until), minutes]


@pantau.get("/pantau/unduh/<name>.csv")
@roles(*_ROLES)
def download(name: str) -> ResponseReturnValue:
    found = board.read(current_actor(), *chosen().values())
    made = tables.table(found, name)
    return _csv(csv_text(made.columns, made.rows), f"pantau-{name}-{found.range.first}-{found.range.last}")


@pantau.get("/pantau/diagram/<slug>.bpmn")
@roles(*_ROLES)
def diagram(slug: str) -> ResponseReturnValue:
    """The procedure as it was published last."""
    return Response(services.newest(slug).bpmn, mimetype="application/xml")


def _share_out(found: Listed) -> str:
    """Where the tasks of this list are dealt out, "" for those who do not do that."""
    if not current_actor().roles & ASSIGNERS or not page_exists(_DEALING):
        return ""
    asked = found.asked
    which = asked.person or _MEANT.get(asked.what, "")
    named = {"langkah": asked.step, "unit": asked.unit, "pilihan": which}
    return f"{_DEALING}?{urlencode({name: value for name, value in named.items() if value})}" if which else ""


def chosen() -> dict[str, str]:
    """The filters of the address, "" where it names none."""
    return {name: request.args.get(name, "")[:80] for name in _FILTERS}


def _asked(what: str) -> Asked:
    args = {name: value[:200] for name, value in request.args.items()}
    return Asked(
        what=what,
        range=args.get("rentang", ""),
        slug=args.get("layanan", ""),
        unit=args.get("unit", ""),
        step=args.get("langkah", ""),
        person=args.get("petugas", ""),
        channel=args.get("kanal", ""),
        cause=args.get("sebab", ""),
    )


def _place(found: Listed) -> list[str]:
    """What narrows a list, in words."""
    asked, names = found.asked, services.known()
    said = [names.titles.get(asked.slug, asked.slug)] if asked.slug else []
    said += [scope.unit_name(asked.unit)] if asked.unit else []
    said += [board.CHANNELS.get(asked.channel, asked.channel)] if asked.channel else []
    return said if found.is_open else [*said, found.range.title]


def _ranges() -> list[tuple[str, str]]:
    today = local_date(clock.now())
    named = [ranges.read(key, today) for key in (ranges.TODAY, ranges.WEEK, ranges.MONTH)]
    months = ranges.months(today.replace(year=today.year - 1, day=1), today)
    return [(one.key, one.title) for one in [*named, *months]]


def _busiest(found: Board) -> str:
    """The service whose diagram is worth looking at: the one with the most open tasks, else with the most done."""
    weights: dict[str, tuple[int, int]] = {}
    for line in found.lines:
        open_, done = weights.get(line.slug, (0, 0))
        weights[line.slug] = (open_ + line.sum.open, done + line.sum.done)
    return max(weights, key=lambda slug: weights[slug], default="")


def _boxes(found: Board, slug: str) -> dict[str, dict[str, Any]]:
    """Box of the diagram -> how many are in it, how many of them late, and how dark it is (0 to 4)."""
    lines = [line for line in found.lines if line.slug == slug]
    most = max((line.sum.open for line in lines), default=0)
    return {
        line.step: {
            "banyak": line.sum.open,
            "lewat": line.sum.late,
            "kadar": -(-_SHADES * line.sum.open // most) if most else 0,
        }
        for line in lines
    }


def _stamp(at: datetime | None) -> str:
    return f"{at.astimezone(clock.WIB):%Y-%m-%d %H:%M}" if at else ""


def _csv(text: str | Iterator[str], name: str) -> Response:
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
