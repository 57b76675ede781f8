"""The whole site seen through browsers, with an office behind it whose cases are walked to any step."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Case, Task
from app.services import store
from tests.support.kantor import Kantor
from tests.support.kasus import Jam
from tests.support.peramban import sign_in


class Situs:
    def __init__(self, site: Flask, jam: Jam) -> None:
        self.site, self.jam = site, jam
        with site.app_context():
            self.kantor = Kantor.open()

    def browser(self, person: str) -> FlaskClient:
        return sign_in(self.site, person)

    def case(self, until: str, **isian: str) -> str:
        with self.site.app_context():
            case_id = self.kantor.case(**isian)
            self.jam.lewat(minutes=2)
            self.kantor.walk(case_id, until)
            return case_id

    def do(self, case_id: str, step: str, **answers: object) -> None:
        with self.site.app_context():
            task = self.kantor.find(case_id, step)
            assert task is not None
            self.kantor.do(task, None, **answers)
            self.jam.lewat(minutes=2)

    def task(self, case_id: str, step: str) -> str:
        with self.site.app_context():
            query = select(Task.id).where(Task.case_id == case_id, Task.step == step, Task.closed_at.is_(None))
            return str(store.session.scalars(query).one())

    def status(self, case_id: str) -> str:
        with self.site.app_context():
            return store.session.get_one(Case, case_id).status
