"""What the queue calls: run one job by its id."""

from functools import cache

from flask import Flask

from app import create_app, logs
from app.services.background import jobs
from app.services.office import taking


@cache
def application() -> Flask:
    """This process's one application."""
    return create_app()


def run_job(job_id: str) -> bool:
    """Run the job if it is due and free. False: somebody has it, or it is done; both are fine."""
    token = logs.request_id.set(f"job-{job_id}")
    try:
        with application().app_context():
            taking.refresh()
            return jobs.run_one(job_id)
    finally:
        logs.request_id.reset(token)
