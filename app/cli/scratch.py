"""A database and a data folder that exist only as long as a command needs them; never the real ones."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import scoped_session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from app.cli.database import upgrade
from app.services import store
from app.services.messages import mailbox, outgoing


@contextmanager
def scratch_store() -> Iterator[None]:
    """Services work on a temporary SQLite and folder in here; mail stays in its mailbox table, no bell rings."""
    with tempfile.TemporaryDirectory(prefix="alur-coba-") as folder:
        engine = create_engine(f"sqlite:///{folder}/alur.db")
        session = scoped_session(sessionmaker(engine))
        upgrade(engine, Path(folder))
        real_mailer, real_url = outgoing.mailer, outgoing.base_url
        try:
            with store.instead(session=session, engine_for=lambda: engine, data_dir=Path(folder)):
                event.listen(engine, "connect", _forget_about_power_cuts)
                outgoing.bind(mailer=mailbox.MailboxMailer(), base_url=real_url)
                yield
        finally:
            outgoing.bind(mailer=real_mailer, base_url=real_url)
            session.remove()
            engine.dispose()


def _forget_about_power_cuts(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """What is thrown away anyway need not survive one."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
