"""What a page showed of whose case, and who was turned away: gathered while the page is made, written once after it."""

import re
from collections.abc import Iterable

from flask import Flask, Response, g, request

from app.domain.actors import Actor
from app.services.records import reads, refusals
from app.services.records.reads import Reading
from app.web.access import actor_or_none

# Ids as models.base makes them; anything else in an address may be what somebody typed, and is not kept.
_ID = re.compile(r"[2-9a-hjkmnp-tv-z]{22}")
_TURNED_AWAY = (403, 404)


def init_app(app: Flask) -> None:
    app.after_request(_write)


def showing(cases: Iterable[tuple[str, str]], purpose: str, object_id: str = "", page: int = 0) -> None:
    """This page shows these cases, (case id, subject id) each; or `page` of a file. A pemohon's own are left out."""
    actor = actor_or_none()
    others = [case_id for case_id, subject_id in cases if actor is None or subject_id != actor.id]
    g.setdefault("readings", []).extend(Reading(case_id, purpose, object_id, page) for case_id in others)


def turned_away(object_id: str, status: int) -> None:
    """One of several things that this request asked for was refused, though its page is not."""
    g.setdefault("refused", []).append(([object_id] if _ID.fullmatch(object_id) else [], status))


def _write(response: Response) -> Response:
    """Before the answer leaves: a page whose reading cannot be written is not shown."""
    actor = actor_or_none() if request.url_rule and ("readings" in g or _was_refused(response)) else None
    if actor is None or request.url_rule is None:
        return response
    route = f"{request.method} {request.url_rule.rule}"
    reads.note(actor, g.pop("readings", ()), route, response.status_code)
    for ids, status in g.pop("refused", ()):
        _refused(actor, ids, route, status)
    if response.status_code in _TURNED_AWAY:
        named = [str(value) for value in (request.view_args or {}).values()]
        _refused(actor, [one for one in named if _ID.fullmatch(one)], route, response.status_code)
    return response


def _refused(actor: Actor, ids: list[str], route: str, status: int) -> None:
    if reads.note_refusal(actor, ids, route, status):
        refusals.watch(actor)


def _was_refused(response: Response) -> bool:
    return response.status_code in _TURNED_AWAY or "refused" in g
