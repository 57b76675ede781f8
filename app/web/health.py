"""`/healthz`: the process answers. `/readyz`: it can also do its work."""

import logging

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.web.access import public

health = Blueprint("health", __name__)
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(health)


@health.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@health.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """503 until the database answers and holds our tables. Redis is only the bell, so it doesn't count."""
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        log.warning("not ready: the database does not answer or is not migrated")
        return {"status": "belum siap"}, 503
    return {"status": "ok"}
