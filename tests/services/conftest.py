"""The whole cast, and KK's procedure published, on each database in turn."""

import pytest
from flask import Flask

from app.domain.actors import Actor
from tests.support.kasus import Jam, cast, publish


@pytest.fixture
def people(app: Flask, jam: Jam) -> dict[str, Actor]:
    publish()
    return cast()


@pytest.fixture
def sari(people: dict[str, Actor]) -> Actor:
    return people["bu_sari"]
