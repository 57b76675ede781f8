"""What officers keep at their desks: ways to find a case, and what they noted about it for each other."""

from datetime import datetime

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, Text, delete, event, insert
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.orm.attributes import get_history

from app.domain.names import words
from app.models.base import Base, JsonDict, new_id
from app.models.people import User


class NameWord(Base):
    """One word of somebody's name, as it is searched for; written by itself whenever the name is."""

    __tablename__ = "name_words"
    __table_args__ = (Index("ix_name_words_user", "user_id"),)

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)


class CaseNik(Base):
    """A NIK that the answers of a case name, whoever its pemohon is: for finding the case by exactly that number."""

    __tablename__ = "case_niks"
    __table_args__ = (Index("ix_case_niks_case", "case_id"),)

    nik: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)


class CaseKk(Base):
    """A nomor KK that the answers of a case name: for keeping it from officers of that household."""

    __tablename__ = "case_kks"
    __table_args__ = (Index("ix_case_kks_case", "case_id"),)

    nomor_kk: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)


class SavedFilter(Base):
    """A filter of the inbox under a name. `role`: shared with everybody of that role, "" = the owner's alone.

    `asked`: the words of the inbox's address, e.g. {"tampil": "antrean", "jenis": "hilang"}; never a search.
    """

    __tablename__ = "saved_filters"
    __table_args__ = (Index("ix_saved_filters_owner", "owner_id"), Index("ix_saved_filters_role", "role"))

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(40))
    asked: Mapped[JsonDict] = mapped_column(JSON)
    at: Mapped[datetime]


class CaseNote(Base):
    """What an officer noted for the others. Never changed; the trail holds a digest of `text` with `salt`."""

    __tablename__ = "case_notes"
    __table_args__ = (Index("ix_case_notes_case", "case_id", "at", "id"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    by: Mapped[str] = mapped_column(String(22))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))


class CaseTag(Base):
    """A word of the office's short list, put on a case by an officer; the pemohon never sees it."""

    __tablename__ = "case_tags"
    __table_args__ = (Index("ix_case_tags_word", "word", "case_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(24), primary_key=True)
    by: Mapped[str] = mapped_column(String(22))
    at: Mapped[datetime]


class TagWord(Base):
    """The short list itself."""

    __tablename__ = "tag_words"

    word: Mapped[str] = mapped_column(String(24), primary_key=True)


class TaskAside(Base):
    """A task that its holder has put aside until a day: it comes back by itself, and its clock never stops.

    It holds for that very claim: in other hands, or claimed anew (`claimed_at`), the task is not aside any more.
    """

    __tablename__ = "task_asides"
    __table_args__ = (Index("ix_task_asides_case", "case_id"), Index("ix_task_asides_owner", "owner_id", "until"))

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    owner_id: Mapped[str] = mapped_column(String(22))
    claimed_at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


@event.listens_for(User, "after_insert")
def _named(mapper: Mapper[User], connection: Connection, user: User) -> None:
    found = [{"word": word, "user_id": user.id} for word in words(user.name)]
    if found:
        connection.execute(insert(NameWord), found)


@event.listens_for(User, "after_update")
def _renamed(mapper: Mapper[User], connection: Connection, user: User) -> None:
    if get_history(user, "name").has_changes():
        connection.execute(delete(NameWord).where(NameWord.user_id == user.id))
        _named(mapper, connection, user)
