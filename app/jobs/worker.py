"""A worker process: `python -m app.jobs.worker`. Listens to the bell, and reads the table for rings that were lost."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from app.adapters import queue
from app.jobs import loop, pulse
from app.jobs.run import application, run_job
from app.services import clock
from app.services.background import jobs, workers
from app.services.operations.heartbeats import WORKER

POLL_SECONDS = 1.0
# With a bell, the table is for jobs that the bell has left lying this long.
GRACE = timedelta(seconds=3)
BATCH = 20

log = logging.getLogger("alur.jobs.worker")


def run_due(grace: timedelta, beat: Callable[[], None] = pulse.silent) -> int:
    """Run what has been due for longer than `grace` and nobody holds; how many this worker ran."""
    with application().app_context():
        workers.free_leases_of_the_dead()
        due = jobs.due_job_ids(clock.now() - grace, BATCH)
    ran = 0
    for job_id in due:
        ran += run_job(job_id)
        beat()  # twenty letters to a slow mail server take longer than a dead worker is waited for
    return ran


class BellWorker(SimpleWorker):
    """Runs jobs in this process: a fork for each would cost more than the job. Tells `stop` when it is told to stop."""

    stop: threading.Event
    # rq would wait up to a minute for a Redis that is away, and hear nobody meanwhile.
    max_connection_wait_time = 5.0

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stop.set()
        super().request_stop(signum, frame)


def listen(url: str, stop: threading.Event) -> None:
    """Serve the queue until `stop`; come back to it when Redis was away."""
    connection = queue.connect(url)
    while not stop.is_set():
        try:
            worker = BellWorker([Queue(queue.QUEUE, connection=connection)], connection=connection)  # calls on Redis
            worker.stop = stop
            worker.work(logging_level="WARNING")
        except (RedisError, OSError) as problem:
            log.warning("no queue (%s); reading the table", type(problem).__name__)
        loop.stop_on_signals(stop)  # rq has put its own handlers there, which belong to the worker that just ended
        stop.wait(2)


def read_on(stop: threading.Event, beat: Callable[[], None]) -> None:
    """Read the table until `stop`. A reader that dies takes the process along: without it, lost rings stay lost."""
    try:
        loop.repeat(lambda: run_due(GRACE, beat), stop, POLL_SECONDS, beat)
    finally:
        if not stop.is_set():
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    stop = threading.Event()
    loop.stop_on_signals(stop)
    redis_url = application().config["ALUR"].redis_url
    workers.begin()
    log.info("worker started")
    with pulse.beating(WORKER) as beat:
        if redis_url:
            serve(redis_url, stop, beat)
        else:
            loop.repeat(lambda: run_due(timedelta(0), beat), stop, POLL_SECONDS, beat)


def serve(redis_url: str, stop: threading.Event, beat: Callable[[], None]) -> None:
    """The bell in this thread; beside it a reader of the table, whose loop is this process's pulse."""
    reader = threading.Thread(target=read_on, args=(stop, beat), name="reader", daemon=True)
    reader.start()
    listen(redis_url, stop)
    reader.join(timeout=10)


if __name__ == "__main__":
    main()
