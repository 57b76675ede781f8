"""A worker process: `python -m app.jobs.worker`. Listens to the bell, and reads the table for rings that were lost."""

import logging
import threading
from datetime import timedelta

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from app.adapters import queue
from app.jobs import loop
from app.jobs.run import application, run_job
from app.services import clock, jobs

POLL_SECONDS = 1.0
# With a bell, the table is for jobs that the bell has left lying this long.
GRACE = timedelta(seconds=3)
BATCH = 20

log = logging.getLogger(__name__)


def run_due(grace: timedelta) -> int:
    """Run what has been due for longer than `grace` and nobody holds; how many this worker ran."""
    with application().app_context():
        due = jobs.due_job_ids(clock.now() - grace, BATCH)
    return sum(run_job(job_id) for job_id in due)


def listen(url: str, stop: threading.Event) -> None:
    """Serve the queue until `stop`. Jobs run in this process: a fork for each would cost more than the job."""
    connection = queue.connect(url)
    while not stop.is_set():
        worker = SimpleWorker([Queue(queue.QUEUE, connection=connection)], connection=connection)
        try:
            worker.work(logging_level="WARNING")
        except (RedisError, OSError) as problem:
            log.warning("no queue (%s); reading the table", type(problem).__name__)
        if worker._stop_requested:
            stop.set()
        stop.wait(2)


def main() -> None:
    redis_url = application().config["ALUR"].redis_url
    stop = loop.stop_on_signals()
    if not redis_url:
        loop.repeat(lambda: run_due(timedelta(0)), stop, POLL_SECONDS)
        return
    reader = threading.Thread(
        target=loop.repeat, args=(lambda: run_due(GRACE), stop, POLL_SECONDS), name="reader", daemon=True
    )
    reader.start()
    listen(redis_url, stop)
    reader.join(timeout=10)


if __name__ == "__main__":
    main()
