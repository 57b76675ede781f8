"""The prepared office, once for each process, and a copy of it for each module."""

from collections.abc import Iterator

import pytest

from app.services import clock
from tests.pintu import dunia as isi
from tests.pintu.dunia import Dunia
from tests.support import databases
from tests.support.kasus import Jam


@pytest.fixture(scope="session")
def _dunia_jadi(sqlite_template: databases.SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Dunia:
    return isi.build(sqlite_template, tmp_path_factory.mktemp("dunia"))


@pytest.fixture(scope="module")
def dunia(_dunia_jadi: Dunia, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dunia]:
    jam = Jam()
    jam.lewat(hours=1)
    with clock.using(jam):
        made = isi.copy_of(_dunia_jadi, tmp_path_factory.mktemp("pintu"))
        yield made
        isi.close(made)


@pytest.fixture
def utuh(dunia: Dunia) -> Iterator[Dunia]:
    """The same, put back as it was afterwards."""
    yield dunia
    dunia.restore()
