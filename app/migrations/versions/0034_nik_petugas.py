"""NIK dan nomor KK petugas; nomor KK yang disebut tiap kasus, agar petugas tidak menangani keluarganya sendiri

Revision ID: 0034
Revises: 0033
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_BATCH = 500
_NUMBER = re.compile(r"[0-9]{16}")


def upgrade() -> None:
    op.create_table(
        "officer_identities",
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("nik", sa.String(length=16), nullable=False),
        sa.Column("nomor_kk", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_officer_identities_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_officer_identities")),
        sa.UniqueConstraint("nik", name=op.f("uq_officer_identities_nik")),
    )
    op.create_index("ix_officer_identities_kk", "officer_identities", ["nomor_kk"])
    op.create_table(
        "case_kks",
        sa.Column("nomor_kk", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_kks_case_id_cases")),
        sa.PrimaryKeyConstraint("nomor_kk", "case_id", name=op.f("pk_case_kks")),
    )
    op.create_index("ix_case_kks_case", "case_kks", ["case_id"])
    _index_kks()


def downgrade() -> None:
    op.drop_table("case_kks")
    op.drop_table("officer_identities")


def _index_kks() -> None:
    connection, after = op.get_bind(), ""
    kks = sa.table("case_kks", sa.column("nomor_kk"), sa.column("case_id"))
    query = sa.text(f"SELECT id, data FROM cases WHERE id > :after ORDER BY id LIMIT {_BATCH}")
    while rows := connection.execute(query, {"after": after}).all():
        found = []
        for row in rows:
            data = json.loads(row.data) if isinstance(row.data, str) else row.data
            found += [{"nomor_kk": one, "case_id": row.id} for one in sorted(set(_kks(data.get("answers", {}))))]
        if found:
            op.bulk_insert(kks, found)
        after = rows[-1].id


def _kks(answers: Any, key: str = "") -> Iterator[str]:
    """Sixteen digits under a name that says nomor KK, however deep."""
    if isinstance(answers, dict):
        for name, value in answers.items():
            yield from _kks(value, name)
    elif isinstance(answers, list):
        for value in answers:
            yield from _kks(value, key)
    elif isinstance(answers, str) and "nomor_kk" in key and _NUMBER.fullmatch(answers):
        yield answers
