"""HTTP only: parse, call one service, render. One module per room."""

from flask import Blueprint, Flask

from app.web import templating
from app.web.auth import auth
from app.web.draf import draf
from app.web.files import files
from app.web.langkah import langkah
from app.web.portal import portal
from app.web.public import public_pages

BLUEPRINTS: tuple[Blueprint, ...] = (public_pages, auth, portal, draf, langkah, files)


def init_app(app: Flask) -> None:
    templating.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
