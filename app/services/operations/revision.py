"""Is the database at the revision that this program was written for?"""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.services import store


@cache
def known() -> tuple[str, ...]:
    """Every revision of this program, the newest first."""
    scripts = ScriptDirectory(str(Path(__file__).parents[2] / "migrations"))
    return tuple(revision.revision for revision in scripts.walk_revisions())


def head() -> str:
    return known()[0]


def current() -> str:
    """The database's revision; "" when it has no tables of ours. Raises SQLAlchemyError when it does not answer."""
    return MigrationContext.configure(store.session().connection()).get_current_revision() or ""
