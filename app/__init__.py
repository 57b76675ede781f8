"""Alur: case management for civil registration offices. create_app() puts the house together."""

from app import startup  # isort: split

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, extensions, logs, web
from app.adapters import queue
from app.adapters.signer_bsre import BsreSigner
from app.adapters.whatsapp_cloud import CloudApi
from app.config import Config
from app.mailing import SmtpMailer
from app.services import signatures, store
from app.services.messages import mailbox, outgoing
from app.services.office import profile, taking
from app.services.signin import keyring
from app.services.signing import letters, signers
from app.web import access, assets, errors, health, metrics, reading, requests, security, templating
from app.web.portal.cetakan import letterhead


def create_app(config: Config | None = None) -> Flask:
    """The application, bound to `config` (default: the environment). Raises ConfigError on nonsense."""
    config = config or Config.from_env(os.environ)
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.update(config.flask_settings())
    logs.init_app(app, config.log_level)
    requests.init_app(app)
    security.init_app(app)
    extensions.init_app(app)
    keyring.bind(config.secret_key)
    with app.app_context():
        store.bind(
            session=extensions.db.session,  # type: ignore[arg-type]  # its Session is a subclass
            engine_for=lambda: extensions.db.engine,
            data_dir=config.data_dir,
            bell=queue.make_bell(config.redis_url).ring,
            seals=store.SealPlaces(config.seal_key, config.seal_file, makes_key=config.is_demo),
            files_dir=config.files_dir,
        )
        outgoing.bind(
            mailer=SmtpMailer(app) if config.mail.server else mailbox.MailboxMailer(),
            base_url=config.base_url,
            whatsapp=CloudApi(config.whatsapp) if config.whatsapp else None,
            office=config.kantor.nama or outgoing.OFFICE,
        )
    profile.bind(config.kantor)
    taking.reset()
    letters.bind(head=letterhead)
    signers.bind(bsre=BsreSigner(config.bsre) if config.bsre else None, tsa=config.tsa_url)
    signatures.bind(roots=config.signature_roots, takes_unsigned=config.is_demo, revocation=config.signature_revocation)
    for part in (assets, access, reading, templating, errors, health, metrics, web, cli):
        part.init_app(app)
    if config.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies
        )
    return app


startup.over()
