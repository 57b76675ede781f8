"""A case in memory: what services do around advance(), and nothing more."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from app.workflow.contract import Advance, CaseData, Complete, Event, Fire, Message, Start
from app.workflow.engine import advance, live
from app.workflow.spec import Spec, compile_spec
from tests.workflow.acuan import ANSWERS, kk_perubahan_data

PAGI = datetime(2026, 6, 2, 1, 30, tzinfo=UTC)


def compiled(bpmn: bytes) -> Spec:
    return compile_spec(bpmn, "uji.bpmn")


@cache
def kk() -> Spec:
    return compiled(kk_perubahan_data())


class Case:
    """Keeps the bytes between steps, the answers by step, and every result in `results`."""

    def __init__(self, spec: Spec) -> None:
        self.spec, self.now = spec, PAGI
        self.answers: dict[str, dict[str, Any]] = {}
        self.visits: Counter[str] = Counter()
        self.results: list[Advance] = []
        self.state: bytes | None = None
        self.take(Start())

    @property
    def last(self) -> Advance:
        return self.results[-1]

    def take(self, event: Event) -> Advance:
        self.now += timedelta(minutes=1)
        data = CaseData(self.answers, self.visits)
        self.results.append(advance(self.spec, self.state, event, data, self.now))
        self.state = self.last.state
        return self.last

    def live(self) -> list[str]:
        assert self.state is not None
        return sorted(element for _, element in live(self.spec, self.state))

    def token(self, element: str) -> str:
        assert self.state is not None
        return next(token for token, place in live(self.spec, self.state) if place == element)

    def do(self, step: str, **answers: Any) -> Advance:
        token = self.token(step)
        self.answers[step] = answers
        self.visits[step] += 1
        return self.take(Complete(token))

    def fire(self, timer: str) -> Advance:
        return self.take(Fire(self.token(timer)))

    def send(self, name: str) -> Advance:
        return self.take(Message(name))

    def open_steps(self) -> list[str]:
        return [e for e in self.live() if self.spec.elements[e].kind in ("user", "service")]


def random_answers(dice: random.Random, step: str) -> dict[str, str]:
    return {field: dice.choice(values) for field, values in ANSWERS.get(step, {}).items()}
