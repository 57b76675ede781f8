"""`python -m app.jobs.alarm UNIT`: a letter to the operator that what runs at night failed.

Run by pasang/systemd/alur-gagal@.service and pasang/compose.yaml. Needs no database: that may be what failed.
"""

import logging
import os
import socket
import sys
from datetime import datetime

from app import create_app
from app.adapters.mailer import MailDeferred, MailRejected
from app.config import Config
from app.domain.tanggal import format_moment
from app.services import clock
from app.services.messages import outgoing

log = logging.getLogger("alur.jobs.alarm")

SENT, TRY_AGAIN, IN_VAIN = 0, 1, 2


def letter(unit: str, machine: str, at: datetime) -> tuple[str, str]:
    """Subject and body; `unit`: of systemd (`….service`), or a service of pasang/compose.yaml."""
    if unit.endswith(".service"):
        look, again = f"sudo journalctl -u {unit} -n 50", f"sudo systemctl start {unit}"
    else:
        look, again = "keluaran cron mesin itu", f"docker compose run --rm {unit}"
    body = (
        f"{unit} di mesin {machine} gagal pada {format_moment(at)}.\n\n"
        f"Sebabnya ada di catatan mesin itu:\n    {look}\n"
        f"Sesudah diperbaiki, jalankan sekali lagi:\n    {again}\n"
    )
    return f"Alur: {unit} gagal di {machine}", body


def tell(config: Config, unit: str) -> int:
    """Mail the operator; the exit code: SENT, TRY_AGAIN (the mail server is away) or IN_VAIN."""
    log.error("unit %s failed", unit)
    if not config.operator_mail:
        log.error("nobody is told: ALUR_OPERATOR_MAIL is empty")
        return IN_VAIN
    create_app(config)
    at = clock.now()
    subject, body = letter(unit, socket.gethostname(), at)
    try:
        outgoing.mailer.send(outgoing.message_id(f"gagal-{at:%Y%m%d%H%M%S}"), config.operator_mail, subject, body)
    except MailDeferred as problem:
        log.error("not sent, to be tried again: %s", problem)
        return TRY_AGAIN
    except MailRejected as problem:
        log.error("not sent: %s", problem)
        return IN_VAIN
    return SENT


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("Sebutkan unitnya: python -m app.jobs.alarm alur-cadangan.service\n")
        return IN_VAIN
    # The shared folder may be what is gone; a letter needs no files.
    return tell(Config.from_env({**os.environ, "ALUR_FILES": ""}), sys.argv[1])


if __name__ == "__main__":
    sys.exit(main())
