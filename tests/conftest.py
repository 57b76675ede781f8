"""Fixtures for everyone: the application on both databases, and real servers beside it."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from app import create_app
from app.adapters import redis_child
from app.extensions import db
from app.services import store
from app.services.signin import hashing
from tests import factories
from tests.support import databases, quick, routes, servers, templates
from tests.support.kasus import Jam, jam_uji

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# Property tests measure what they bound themselves: a busy machine fails none by a deadline.
settings.register_profile("alur", deadline=None, database=None, print_blob=True)
settings.load_profile("alur")


def pytest_configure() -> None:
    """Temporary files go to memory where there is room; modules are compiled once for all processes."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if quick.ROOT is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick.ROOT))


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser or a Redis here, leave out what needs one and say so. Under CI nothing is left out."""
    if os.environ.get("CI"):
        return
    absent = {
        "Chromium": (chromium() is None, lambda item: item.get_closest_marker("e2e")),
        "Redis": (redis_child.find_server() is None, lambda item: "redis_url" in getattr(item, "fixturenames", ())),
    }
    for name, (is_absent, needs) in absent.items():
        left_out = [item for item in items if is_absent and needs(item)]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
            config.issue_config_time_warning(
                UserWarning(f"{name} tidak ada di mesin ini: {len(left_out)} uji tidak dijalankan"), stacklevel=2
            )


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Passwords and PINs cost next to nothing in this process; programs that tests start hash in earnest."""
    before = hashing.use(factories.CHEAP)
    yield
    hashing.use(before)


@pytest.fixture(scope="session", autouse=True)
def unflushed_sqlite() -> Iterator[None]:
    """A commit of this process need not survive a power cut; programs that tests start flush as an office's do."""
    before = store.SQLITE_PRAGMAS
    store.SQLITE_PRAGMAS = tuple(pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in before)
    yield
    store.SQLITE_PRAGMAS = before


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    with routes.compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    with templates.compiled_once():
        yield


@contextmanager
def _opened(app: Flask) -> Iterator[Flask]:
    """`app` inside its context, as services need it."""
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> databases.SqliteTemplate:
    return databases.SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.PostgresTemplate]:
    with databases.postgres_server() as url:
        template = databases.PostgresTemplate(url, tmp_path_factory.mktemp("postgresql"))
        yield template
        template.close()


@pytest.fixture
def sqlite_url(sqlite_template: databases.SqliteTemplate, tmp_path: Path) -> str:
    return sqlite_template.new(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_template: databases.PostgresTemplate) -> Iterator[str]:
    url = postgresql_template.new()
    yield url
    postgresql_template.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on each database in turn, inside its context: for services."""
    url = request.getfixturevalue(f"{request.param}_url")
    with _opened(create_app(databases.config_for(url, tmp_path / "var"))) as app:
        yield app


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    with _opened(create_app(databases.config_for(sqlite_url, tmp_path / "var"))) as app:
        yield app


@pytest.fixture
def postgresql_app(postgresql_url: str, tmp_path: Path) -> Iterator[Flask]:
    with _opened(create_app(databases.config_for(postgresql_url, tmp_path / "var"))) as app:
        yield app


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on SQLite, outside any context (each request has its own): for pages. No CSRF field needed."""
    app = create_app(databases.config_for(sqlite_url, tmp_path / "var"))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def jam() -> Iterator[Jam]:
    """What `clock.now()` says, from a Monday morning on, until the test moves it."""
    with jam_uji() as jam:
        yield jam


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Address of a real, empty Redis."""
    servers.Redis.from_url(redis_server).flushall()
    return redis_server


@pytest.fixture
def smtp() -> Iterator[servers.Mailbox]:
    """A real SMTP server: `.host`, `.port`, `.messages`; set `.refuse` to make it say no."""
    with servers.smtp_server() as mailbox:
        yield mailbox
