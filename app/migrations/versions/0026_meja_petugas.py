"""Meja petugas: pencarian, saringan tersimpan, catatan, tanda, tugas yang ditahan

Revision ID: 0026
Revises: 0025
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BATCH = 1000
_WORD = re.compile(r"[a-z0-9]+")
_NIK = re.compile(r"[0-9]{16}")
_TAGS = ("antar ke rumah", "lansia atau difabel", "perlu ditelepon", "titip kapanewon")


def upgrade() -> None:
    op.create_table(
        "name_words",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_name_words_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "user_id", name=op.f("pk_name_words")),
    )
    op.create_index("ix_name_words_user", "name_words", ["user_id"])
    op.create_table(
        "case_niks",
        sa.Column("nik", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_niks_case_id_cases")),
        sa.PrimaryKeyConstraint("nik", "case_id", name=op.f("pk_case_niks")),
    )
    op.create_index("ix_case_niks_case", "case_niks", ["case_id"])
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_saved_filters_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    op.create_index("ix_saved_filters_owner", "saved_filters", ["owner_id"])
    op.create_index("ix_saved_filters_role", "saved_filters", ["role"])
    op.create_table(
        "case_notes",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("by", sa.String(length=22), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index("ix_case_notes_case", "case_notes", ["case_id", "at", "id"])
    op.create_table(
        "case_tags",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=22), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tags_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "word", name=op.f("pk_case_tags")),
    )
    op.create_index("ix_case_tags_word", "case_tags", ["word", "case_id"])
    tags = op.create_table(
        "tag_words",
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_tag_words")),
    )
    op.create_table(
        "task_asides",
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_task_asides_case_id_cases")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_asides_task_id_tasks")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_asides")),
    )
    op.create_index("ix_task_asides_case", "task_asides", ["case_id"])
    op.create_index("ix_task_asides_owner", "task_asides", ["owner_id", "until"])
    op.bulk_insert(tags, [{"word": word} for word in _TAGS])
    _index_names()
    _index_niks()


def downgrade() -> None:
    for table in ("task_asides", "tag_words", "case_tags", "case_notes", "saved_filters", "case_niks", "name_words"):
        op.drop_table(table)


def _index_names() -> None:
    words = sa.table("name_words", sa.column("word"), sa.column("user_id"))
    for rows in _batches("users", "id, name", "id"):
        found = [{"word": word, "user_id": row.id} for row in rows for word in _words(row.name)]
        if found:
            op.bulk_insert(words, found)


def _index_niks() -> None:
    niks = sa.table("case_niks", sa.column("nik"), sa.column("case_id"))
    for rows in _batches("cases", "id, data", "id"):
        found = []
        for row in rows:
            data = json.loads(row.data) if isinstance(row.data, str) else row.data
            found += [{"nik": nik, "case_id": row.id} for nik in sorted(set(_niks(data.get("answers", {}))))]
        if found:
            op.bulk_insert(niks, found)


def _batches(table: str, columns: str, key: str) -> Iterator[Any]:
    connection, after = op.get_bind(), ""
    query = sa.text(f"SELECT {columns} FROM {table} WHERE {key} > :after ORDER BY {key} LIMIT {_BATCH}")
    while rows := connection.execute(query, {"after": after}).all():
        yield rows
        after = rows[-1][0]


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "")).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return list(dict.fromkeys(word[:40] for word in _WORD.findall(plain)))[:12]


def _niks(answers: Any, key: str = "") -> Iterator[str]:
    """Sixteen digits under a name that says NIK, however deep."""
    if isinstance(answers, dict):
        for name, value in answers.items():
            yield from _niks(value, name)
    elif isinstance(answers, list):
        for value in answers:
            yield from _niks(value, key)
    elif isinstance(answers, str) and "nik" in key and _NIK.fullmatch(answers):
        yield answers
