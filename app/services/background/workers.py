"""Workers that died in the middle of a job: what they had leased is free again at once, not when the lease ends."""

from pathlib import Path

from sqlalchemy import or_, update

from app.adapters import signs
from app.models import Job
from app.services import store
from app.services.background import job_rows
from app.services.work import unit_of_work


def begin() -> None:
    """This process is a worker from now on: its leases carry its name, and a sign says that it lives."""
    job_rows.worker = signs.give(_folder())


def free_leases_of_the_dead() -> int:
    """How many jobs were in the hands of workers of this machine that are gone.

    The mark `sending_at` stays: that letter may have been taken.
    """
    dead = signs.of_the_dead(_folder())
    if not dead:
        return 0
    theirs = or_(*(Job.leased_by.startswith(f"{name}{job_rows.OF}") for name in dead))
    free = update(Job).where(theirs, Job.done_at.is_(None)).values(lease_until=None, leased_by=None)
    with unit_of_work() as session:
        freed = session.execute(free, execution_options={"synchronize_session": False})
    for name in dead:
        signs.forget(_folder(), name)
    return int(freed.rowcount)  # type: ignore[attr-defined]


def _folder() -> Path:
    return store.data_dir / "pekerja"
