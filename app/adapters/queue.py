"""The bell: hurries a worker to a job whose row is already committed. The row is the truth: a lost ring only delays."""

import logging
import threading
import time
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError

QUEUE = "alur"
TARGET = "app.jobs.run.run_job"
_QUIET_SECONDS = 5.0
_JOB_SECONDS = 300

log = logging.getLogger(__name__)


class Bell(Protocol):
    def ring(self, job_id: str) -> None:
        """Say that the job of this id is due. Never raises for a queue that is away."""


class NullBell:
    """No Redis at all: the workers poll the table."""

    def ring(self, job_id: str) -> None:
        return


class RedisBell:
    """rq on Redis. Each job stands in the queue at most once, however often it is rung.

    After a failure it keeps quiet for some seconds, so that a Redis that hangs doesn't slow every request down.
    """

    def __init__(self, url: str) -> None:
        self._queue = Queue(QUEUE, connection=connect(url))
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    def ring(self, job_id: str) -> None:
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._queue.enqueue_call(
                TARGET,
                args=(job_id,),
                job_id=job_id,
                unique=True,
                timeout=_JOB_SECONDS,
                result_ttl=0,
                failure_ttl=1,
            )
        except DuplicateJobError:
            log.debug("already rung")
        except (RedisError, OSError) as problem:
            with self._lock:
                self._quiet_until = time.monotonic() + _QUIET_SECONDS
            log.warning("the bell is out of order (%s); workers poll", type(problem).__name__)


def connect(url: str) -> Redis:
    """A client that gives up in two seconds rather than hang a request."""
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)


def make_bell(url: str) -> Bell:
    return RedisBell(url) if url else NullBell()


def answers(url: str) -> bool:
    """Does Redis answer within half a second?"""
    try:
        with Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
