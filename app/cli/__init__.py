"""What operators type: `flask --app wsgi <group> <command>`. Thin, like views: parse, call one service, print."""

import click
from flask import Flask

from app.cli.accounts import account_group
from app.cli.announcements import announcement_group
from app.cli.archive import archive_group
from app.cli.audit import audit_group
from app.cli.backup import backup_group
from app.cli.case import case_group
from app.cli.database import db_group
from app.cli.demo import demo_group
from app.cli.mail import mail_group
from app.cli.procedure import procedure_group
from app.cli.signer import signer_group

GROUPS: tuple[click.Group, ...] = (
    db_group,
    demo_group,
    account_group,
    announcement_group,
    archive_group,
    audit_group,
    backup_group,
    case_group,
    mail_group,
    procedure_group,
    signer_group,
)


def init_app(app: Flask) -> None:
    for group in GROUPS:
        app.cli.add_command(group)
