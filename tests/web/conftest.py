"""A site with the whole cast on it, at a moment that the test sets."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.services import clock
from tests.support.kasus import Jam, cast


@pytest.fixture
def situs(site: Flask, jam: Jam) -> Iterator[Flask]:
    with clock.using(jam):
        with site.app_context():
            cast()
        yield site
