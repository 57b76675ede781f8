"""Every list by its own index, and who asked the pemohon."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FREE = "closed_at IS NULL AND claimed_by IS NULL AND held_at IS NULL"
_WITH_LIMIT, _WITHOUT_LIMIT = f"{_FREE} AND due_at IS NOT NULL", f"{_FREE} AND due_at IS NULL"
_OPEN = "closed_at IS NULL"

_BEFORE = (
    ("ix_tasks_inbox", "tasks", ("queue", "due_at", "id"), _OPEN),
    ("ix_tasks_mine", "tasks", ("claimed_by", "due_at", "id"), _OPEN),
    ("ix_tasks_done", "tasks", ("completed_by", "completed_at"), ""),
    ("ix_timers_due_at", "timers", ("due_at",), ""),
    ("ix_cases_subject", "cases", ("subject_id", "opened_at"), ""),
    ("ix_answers_case_id", "answers", ("case_id",), ""),
    ("ix_drafts_owner", "drafts", ("owner_id", "updated_at"), ""),
    ("ix_notices_user", "notices", ("user_id", "created_at"), ""),
    ("ix_mailbox_sent_at", "mailbox", ("sent_at",), ""),
)
_AFTER = (
    ("ix_tasks_inbox", "tasks", ("queue", "due_at", "id"), _WITH_LIMIT),
    ("ix_tasks_inbox_unlimited", "tasks", ("queue", "opened_at", "id"), _WITHOUT_LIMIT),
    ("ix_tasks_unit", "tasks", ("queue", "unit", "due_at", "id"), _WITH_LIMIT),
    ("ix_tasks_unit_unlimited", "tasks", ("queue", "unit", "opened_at", "id"), _WITHOUT_LIMIT),
    ("ix_tasks_mine", "tasks", ("claimed_by", "due_at", "id"), "closed_at IS NULL AND claimed_by IS NOT NULL"),
    ("ix_tasks_asked", "tasks", ("asked_by", "opened_at", "id"), "closed_at IS NULL AND asked_by IS NOT NULL"),
    ("ix_tasks_late", "tasks", ("step", "unit"), "closed_at IS NULL AND late_at IS NOT NULL"),
    ("ix_tasks_done", "tasks", ("completed_by", "completed_at", "id"), ""),
    ("ix_timers_due", "timers", ("due_at", "id"), ""),
    ("ix_jobs_incidents", "jobs", ("failed_at", "id"), "failed_at IS NOT NULL"),
    ("ix_jobs_lateness", "jobs", ("due_at",), "kind = 'keterlambatan'"),
    ("ix_cases_running", "cases", ("subject_id", "opened_at", "id"), "ended_at IS NULL"),
    ("ix_cases_ended", "cases", ("subject_id", "opened_at", "id"), "ended_at IS NOT NULL"),
    ("ix_answers_case", "answers", ("case_id", "at"), ""),
    ("ix_drafts_unsent", "drafts", ("owner_id", "updated_at", "id"), "submitted_at IS NULL"),
    ("ix_notices_user", "notices", ("user_id", "created_at", "id"), ""),
    ("ix_notices_unread", "notices", ("user_id",), "read_at IS NULL"),
    ("ix_mailbox_sent", "mailbox", ("sent_at", "message_id"), ""),
)
# What waits for a pemohon already is shown to whoever worked on the case last.
_WHO_ASKED = """
UPDATE tasks SET asked_by = (
  SELECT before.completed_by FROM tasks AS before
  WHERE before.case_id = tasks.case_id AND before.completed_by IS NOT NULL AND before.queue <> 'pemohon'
  ORDER BY before.completed_at DESC LIMIT 1)
WHERE closed_at IS NULL AND queue = 'pemohon'
"""


def upgrade() -> None:
    op.add_column("tasks", sa.Column("asked_by", sa.String(length=22), nullable=True))
    op.execute(_WHO_ASKED)
    _exchange(_BEFORE, _AFTER)


def downgrade() -> None:
    _exchange(_AFTER, _BEFORE)
    op.drop_column("tasks", "asked_by")


def _exchange(
    old: tuple[tuple[str, str, tuple[str, ...], str], ...], new: tuple[tuple[str, str, tuple[str, ...], str], ...]
) -> None:
    for name, table, _, _ in old:
        op.drop_index(name, table)
    for name, table, columns, where in new:
        partial = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
        op.create_index(name, table, list(columns), **partial)
