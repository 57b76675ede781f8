"""`/healthz`: this process answers. `/readyz`: it can serve people. `/statusz`: the whole office's machinery works.

Three questions, because three parties ask: who restarts a process, who sends people to it (a dead worker must not
take the web out of a load balancer: it only delays), and who is called at night.
"""

import logging

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue

from app.services import clock
from app.services.operations.health import BROKEN, POOR, Part, can_serve, overall, parts
from app.web.access import public

health = Blueprint("health", __name__)
log = logging.getLogger(__name__)

WORDS = {"baik": "ok", POOR: "terganggu", BROKEN: "terganggu"}


def init_app(app: Flask) -> None:
    app.register_blueprint(health)


@health.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@health.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """503 while this web can serve nobody: no database, old tables, no room. The other parts are only told."""
    found = _look()
    if can_serve(found):
        return _said(WORDS[overall(found)], found), 200
    log.warning("not ready: %s", ", ".join(part.name for part in found if part.state == BROKEN))
    return _said("belum siap", found), 503


@health.get("/statusz")
@public
def statusz() -> ResponseReturnValue:
    """503 while anything is rusak, workers and sweepers too: for alarms, not for load balancers."""
    found = _look()
    return _said(WORDS[overall(found)], found), 503 if overall(found) == BROKEN else 200


def _look() -> list[Part]:
    config = current_app.config["ALUR"]
    return list(parts(clock.now(), redis_url=config.redis_url, disk_min_mb=config.disk_min_mb))


def _said(status: str, found: list[Part]) -> dict[str, object]:
    return {
        "status": status,
        "bagian": {part.name: part.state for part in found},
        "yang_perlu": {part.name: part.advice for part in found if part.advice},
    }
