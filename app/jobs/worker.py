"""A worker process: `python -m app.jobs.worker`. Listens to the bell, and reads the table for rings that were lost."""

import logging
import threading
from datetime import timedelta
from types import FrameType

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from app.adapters import queue
from app.jobs import loop
from app.jobs.run import application, run_job
from app.services import clock
from app.services.background import jobs

POLL_SECONDS = 1.0
# With a bell, the table is for jobs that the bell has left lying this long.
GRACE = timedelta(seconds=3)
BATCH = 20

log = logging.getLogger("alur.jobs.worker")


def run_due(grace: timedelta) -> int:
    """Run what has been due for longer than `grace` and nobody holds; how many this worker ran."""
    with application().app_context():
        due = jobs.due_job_ids(clock.now() - grace, BATCH)
    return sum(run_job(job_id) for job_id in due)


class BellWorker(SimpleWorker):
    """Runs jobs in this process: a fork for each would cost more than the job. Tells `stop` when it is told to stop."""

    stop: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stop.set()
        super().request_stop(signum, frame)


def listen(url: str, stop: threading.Event) -> None:
    """Serve the queue until `stop`; come back to it when Redis was away."""
    connection = queue.connect(url)
    while not stop.is_set():
        worker = BellWorker([Queue(queue.QUEUE, connection=connection)], connection=connection)
        worker.stop = stop
        try:
            worker.work(logging_level="WARNING")
        except (RedisError, OSError) as problem:
            log.warning("no queue (%s); reading the table", type(problem).__name__)
        loop.stop_on_signals(stop)  # rq has put its own handlers there, which belong to the worker that just ended
        stop.wait(2)


def main() -> None:
    stop = threading.Event()
    loop.stop_on_signals(stop)
    redis_url = application().config["ALUR"].redis_url
    log.info("worker started")
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
