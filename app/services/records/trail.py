"""The trail: append-only events, one hash chain per stream; its head stands in the stream's row."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.chain import entry_hash
from app.models import Event, Stream
from app.services.work import one_or_many

START = ""  # the hash before the first entry
OFFICE = "kantor"

_INSERT_EVENTS = insert(Event.__table__).inline()  # type: ignore[arg-type]  # nobody needs the new id back
_INSERT_STREAM = insert(Stream.__table__)  # type: ignore[arg-type]
_UPDATE_STREAM = (
    update(Stream.__table__)  # type: ignore[arg-type]
    .where(Stream.__table__.c.name == bindparam("stream"))
    .values(seq=bindparam("to_seq"), head=bindparam("to_head"))
)


def case_stream(case_id: str) -> str:
    return f"kasus:{case_id}"


def account_stream(user_id: str) -> str:
    return f"akun:{user_id}"


def new_salt() -> str:
    """Salt of one digest of personal data; it is stored beside the data and erased with it."""
    return secrets.token_hex(16)


@dataclass
class Chain:
    """The tail of one stream inside one transaction: entries gather here, `save` writes them in two statements.

    The stream's row must be locked (or new) before the chain is made.
    """

    stream: str
    seq: int
    head: str
    is_new: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, actor_id: str, verb: str, payload: Mapping[str, Any], at: datetime) -> int:
        """Append one act; returns its number in the stream, from 1."""
        self.seq += 1
        self.head = entry_hash(self.head, self.stream, self.seq, at, actor_id, verb, payload)
        self.rows.append(
            {
                "stream": self.stream,
                "seq": self.seq,
                "at": at,
                "actor": actor_id,
                "verb": verb,
                "payload": dict(payload),
                "hash": self.head,
            }
        )
        return self.seq

    def save(self, session: Session) -> None:
        if not self.rows:
            return
        connection = session.connection()
        if self.is_new:
            connection.execute(_INSERT_STREAM, {"name": self.stream, "seq": self.seq, "head": self.head})
        else:
            connection.execute(_UPDATE_STREAM, {"stream": self.stream, "to_seq": self.seq, "to_head": self.head})
        connection.execute(_INSERT_EVENTS, one_or_many(self.rows))
        self.rows, self.is_new = [], False


def save_all(session: Session, chains: Sequence[Chain]) -> None:
    """Many streams that are there already, in two statements for all of them."""
    connection = session.connection()
    heads = [{"stream": chain.stream, "to_seq": chain.seq, "to_head": chain.head} for chain in chains]
    connection.execute(_UPDATE_STREAM, heads)
    connection.execute(_INSERT_EVENTS, [row for chain in chains for row in chain.rows])


def lock_chain(session: Session, stream: str) -> Chain:
    """The stream's tail, locked for this transaction; a stream nobody wrote to yet starts at 0.

    Of two that write first at once, the second waits for the first: a row that is not there cannot be locked.
    """
    tail = select(Stream.seq, Stream.head).where(Stream.name == stream).with_for_update()
    row = session.execute(tail).one_or_none()
    if row is None:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        begin = dialect.insert(Stream).values(name=stream, seq=0, head=START).on_conflict_do_nothing()
        session.execute(begin)
        row = session.execute(tail).one()
    return Chain(stream, row.seq, row.head)


def append(session: Session, stream: str, actor_id: str, verb: str, payload: Mapping[str, Any], at: datetime) -> int:
    """One act, inside the caller's unit of work. Returns its number in the stream."""
    chain = lock_chain(session, stream)
    number = chain.add(actor_id, verb, payload, at)
    chain.save(session)
    return number
