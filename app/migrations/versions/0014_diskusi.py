"""Diskusi, sampai mana dibaca, dan jawaban siap pakai"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime, new_id

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ASKED = sa.text("asked_queue <> ''")
_UNSENT = sa.text("step = 'diskusi' AND field = ''")
# What the office starts with; officers change them on the page of ready answers.
_FIRST = (
    (
        "Foto tidak terbaca",
        "Bapak/Ibu {nama}, foto yang dikirim belum terbaca. Mohon foto ulang kertas aslinya di tempat terang, seluruh "
        "tepi kertas terlihat, lalu lampirkan di sini atau lewat tombol Lengkapi berkas.",
    ),
    (
        "Sedang dikerjakan",
        "Bapak/Ibu {nama}, permohonan {nomor} sedang kami kerjakan. Statusnya sekarang: {status}. Tidak ada yang perlu "
        "Anda lakukan; kami kabari bila ada perubahan.",
    ),
    (
        "Perlu keterangan",
        "Bapak/Ibu {nama}, ada yang perlu kami tanyakan tentang permohonan {nomor}:\n\n\nMohon dibalas di sini.",
    ),
    (
        "Data sudah kami periksa",
        "Bapak/Ibu {nama}, data yang Anda tanyakan sudah kami periksa dan sesuai dengan catatan kependudukan.",
    ),
    (
        "KK belum diterima di email",
        "Bapak/Ibu {nama}, mohon periksa juga folder Spam. Bila tidak ada, tulis di sini alamat email yang aktif; kami "
        "kirim ulang pada jam kerja.",
    ),
    (
        "Terima kasih",
        "Terima kasih, Bapak/Ibu {nama}. Bila ada yang ingin ditanyakan lagi, tulis di sini.",
    ),
)


def upgrade() -> None:
    op.create_table(
        "discussions",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("last_office", sa.Integer(), nullable=False),
        sa.Column("last_resident", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("asked_queue", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_discussions_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_discussions")),
    )
    op.create_index(
        "ix_discussions_asked", "discussions", ["asked_queue"], sqlite_where=_ASKED, postgresql_where=_ASKED
    )
    op.create_table(
        "discussion_messages",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(length=22), nullable=False),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["discussions.case_id"], name=op.f("fk_discussion_messages_case_id_discussions")
        ),
        sa.ForeignKeyConstraint(["author"], ["users.id"], name=op.f("fk_discussion_messages_author_users")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_discussion_messages")),
    )
    op.create_table(
        "discussion_marks",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("mailed", sa.Integer(), nullable=False),
        sa.Column("mailed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["discussions.case_id"], name=op.f("fk_discussion_marks_case_id_discussions")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_discussion_marks_user_id_users")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_discussion_marks")),
    )
    answers = op.create_table(
        "canned_answers",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=22), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answers")),
    )
    op.create_index("ix_uploads_unsent", "uploads", ["created_at"], sqlite_where=_UNSENT, postgresql_where=_UNSENT)
    at = datetime.now(UTC)
    first = {"version": 1, "changed_by": "sistem", "changed_at": at}
    op.bulk_insert(answers, [{"id": new_id(), "title": title, "text": text, **first} for title, text in _FIRST])


def downgrade() -> None:
    op.drop_index("ix_uploads_unsent", "uploads")
    op.drop_table("canned_answers")
    op.drop_table("discussion_marks")
    op.drop_table("discussion_messages")
    op.drop_index("ix_discussions_asked", "discussions")
    op.drop_table("discussions")
