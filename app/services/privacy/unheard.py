"""Cases about a person that the person does not hear of: the office's own, such as a proposal to block their account.

They come to know of it by its effect, if it has one: then it is theirs to see like any other.
"""

from collections.abc import Iterable

from sqlalchemy import select

from app.domain.actors import APPLICANTS
from app.models import AccountBlock
from app.services import store
from app.services.flow import published

ABOUT = "akun"
MOST = 20
"""Cases about one account that a page reads beside those it shows."""


def among(user_id: str, cases: Iterable[tuple[str, str, str]]) -> set[str]:
    """Ids; `cases`: of this person, as (id, about, version id)."""
    theirs = [(one, version) for one, about, version in cases if about == ABOUT]
    found = {one for one, version in theirs if not published.compiled(version).roles & APPLICANTS}
    if not found:
        return found
    return found - set(store.session.scalars(select(AccountBlock.case_id).where(AccountBlock.user_id == user_id)))
