"""`/metrics` for Prometheus: what this web answered, and what waits in the office. For those who hold the token.

Counters of requests live in each web process; started by app.jobs.web, the processes of one machine share a folder, so
that any of them can tell the sum. Everything else is read from the database at each scrape, so it is the same
whichever process answers.
"""

import hmac
import os
import time
from collections.abc import Iterator, Mapping

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.domain.version import VERSION
from app.services import clock, store
from app.services.operations import figures, revision
from app.services.operations.figures import Figures
from app.services.operations.health import free_bytes
from app.web.access import public

metrics = Blueprint("metrics", __name__)

SHARED = "PROMETHEUS_MULTIPROC_DIR"
LOCAL = ("127.0.0.1", "::1")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

Values = Mapping[tuple[str], int] | Mapping[tuple[str, str], int]

_own = CollectorRegistry()
REQUESTS = Counter("alur_http_requests", "Requests answered", ["method", "route", "status"], registry=_own)
SECONDS = Histogram("alur_http_request_seconds", "Time to answer", ["method", "route"], buckets=_BUCKETS, registry=_own)


def init_app(app: Flask) -> None:
    app.register_blueprint(metrics)
    app.after_request(_count)


@metrics.get("/metrics")
@public
def show() -> ResponseReturnValue:
    """With a token set: whoever shows it. Without: in a demonstration this machine only, in production nobody."""
    _demand_right()
    registry = CollectorRegistry()
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)
    else:
        registry.register(_Own())
    registry.register(_Office())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _demand_right() -> None:
    config = current_app.config["ALUR"]
    if config.metrics_token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), config.metrics_token.encode()):
            abort(401)
    elif not config.is_demo or request.remote_addr not in LOCAL:
        abort(404)


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "(tidak dikenal)"
    # Whoever asks chooses the word: others would each begin a series of their own, with whatever stands in it.
    method = request.method if request.method in _METHODS else "lain"
    begun = g.get("begun")
    REQUESTS.labels(method, route, response.status_code).inc()
    if begun is not None:
        SECONDS.labels(method, route).observe(time.perf_counter() - begun)
    return response


class _Own(Collector):
    def collect(self) -> Iterator[Metric]:
        return iter(_own.collect())


class _Office(Collector):
    """A database that is away is a figure too, and no reason to say nothing."""

    def collect(self) -> Iterator[Metric]:
        free: Values = {(place,): count for place, count in free_bytes().items()}
        yield _many("alur_disk_free_bytes", "Free bytes where we write", ["place"], free)
        try:
            found, tables = figures.read(clock.now()), revision.current()
        except SQLAlchemyError:
            store.session.rollback()
            yield _one("alur_database_up", "Does the database answer?", 0)
            return
        yield _one("alur_database_up", "Does the database answer?", 1)
        yield _many("alur_build_info", "Program and tables", ["version", "revision"], {(VERSION, tables): 1})
        yield from _waiting(found)


def _waiting(found: Figures) -> Iterator[Metric]:
    yield _many("alur_open_tasks", "Open tasks", ["step", "queue"], found.tasks)
    yield _many("alur_late_tasks", "Open tasks that are late", ["step", "queue"], found.late)
    yield _many("alur_jobs", "Jobs that are not done", ["kind", "state"], found.jobs)
    yield _one("alur_oldest_due_job_seconds", "How long the oldest due job waits", found.oldest_job_s)
    yield _one("alur_overdue_timers", "Timers that should have fired", found.overdue_timers)
    yield _one("alur_oldest_overdue_timer_seconds", "How long the oldest has been overdue", found.oldest_timer_s)
    if found.seal_age_s is not None:
        yield _one("alur_seal_age_seconds", "Since the last seal of the trail", found.seal_age_s)
    yield _one("alur_oldest_unsealed_seconds", "How long the oldest unsealed entry waits", found.unsealed_s)
    alive: Values = {(kind,): count for kind, count in found.alive.items()}
    yield _many("alur_processes_alive", "Processes with a fresh heartbeat", ["kind"], alive)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _many(name: str, meaning: str, labels: list[str], values: Values) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for names, value in values.items():
        family.add_metric(list(names), value)
    return family
