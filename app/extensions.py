"""Flask's extensions, unbound; create_app() binds them."""

from flask import Flask
from flask_login import LoginManager
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from app.models.base import Base

db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
mail = Mail()
csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    for extension in (db, login_manager, mail, csrf):
        extension.init_app(app)
