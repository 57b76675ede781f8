"""A case of any procedure, in memory, with invented answers that its forms accept: at random first, then home."""

import random
from collections import Counter
from typing import Any

from app.procedures.actions import CASE, CLOSED_BY
from app.procedures.answers import FormContext, UploadInfo, clean, form_context
from app.procedures.checks.ground import Ground
from app.procedures.model.form import Field
from app.procedures.model.procedure import Procedure
from app.procedures.sample import NoSample, sample_answers
from app.workflow.contract import Advance, CaseData, Complete, Event, Fire, Start
from app.workflow.engine import advance
from tests.procedures import kk

WANDER = 6
MAX_EVENTS = 200


def drive(procedure: Procedure, ground: Ground, rng: random.Random) -> str:
    """The end event that was reached. AssertionError when nothing can move the case, or nothing ends it."""
    return _Drive(procedure, ground, rng).run()


class _Drive:
    def __init__(self, procedure: Procedure, ground: Ground, rng: random.Random) -> None:
        self.procedure, self.ground, self.rng = procedure, ground, rng
        self.answers: dict[str, dict[str, Any]] = {}
        self.visits: Counter[str] = Counter()
        self.uploads: dict[str, UploadInfo] = {}
        self.open: dict[str, str] = {}
        self.timers: dict[str, str] = {}

    def run(self) -> str:
        result = self._take(None, Start())
        for number in range(MAX_EVENTS):
            if result.ended:
                return result.ended
            result = self._take(result.state, self._next(number))
        raise AssertionError(f"no end in {MAX_EVENTS} events, open: {self.open}")

    def _take(self, state: bytes | None, event: Event) -> Advance:
        result = advance(self.procedure.spec, state, event, CaseData(self.answers, self.visits), kk.NOW)
        for closed in result.closed:
            self.open.pop(closed.token, None)
            self.timers.pop(closed.token, None)
        self.open |= {each.token: each.step for each in (*result.opened, *result.jobs)}
        self.timers |= {each.token: each.element for each in result.timers}
        for element in result.passed:
            if element in self.procedure.outcomes:
                self.answers[CASE] = {CLOSED_BY: element}
        return result

    def _next(self, number: int) -> Event:
        assert self.open or self.timers, "nothing can move this case"
        wandering = number < WANDER
        if self.timers and (not self.open or (wandering and self.rng.random() < 0.1)):
            return Fire(self.rng.choice(sorted(self.timers)))
        home = {**self.open, **self.timers}
        token = min(home, key=lambda each: (self.ground.home.get(home[each], 999), each))
        if wandering:
            token = self.rng.choice(sorted(self.open))
        if token in self.timers:
            return Fire(token)
        step = self.open[token]
        self.answers[step] = self._fill(step, {} if wandering else self._homeward(step))
        self.visits[step] += 1
        return Complete(token)

    def _fill(self, step: str, preferred: dict[str, Any]) -> dict[str, Any]:
        form = self.procedure.forms.get(step)
        if form is None:
            return {}
        try:
            raw = sample_answers(form, self._context(), self.rng, self._upload, preferred)
        except NoSample:  # the shortest way home may not be open to what was answered before
            raw = sample_answers(form, self._context(), self.rng, self._upload)
        return clean(form, raw, self._context())

    def _context(self) -> FormContext:
        known = {"akun": kk.BU_SARI, "penduduk": kk.HOME}
        return form_context(self.procedure, kk.NOW, answers=self.answers, uploads=self.uploads, prefill=known)

    def _upload(self, path: str, field: Field) -> tuple[str, UploadInfo]:
        name = f"unggahan-{len(self.uploads)}"
        wants_pdf = "pdf" in field.extra.get("format", ())
        self.uploads[name] = UploadInfo("application/pdf" if wants_pdf else "image/jpeg")
        return name, self.uploads[name]

    def _homeward(self, step: str) -> dict[str, Any]:
        """The answers that lead home by the shortest way, for the fields that decide it."""

        visits = {**self.visits, step: self.visits[step] + 1}

        def distance(values: dict[str, Any]) -> int:
            flows = self.ground.path_after(step, {**self.answers, step: values}, visits)
            return self.ground.home.get(flows[-1].target, 999) if flows else 999

        best = min(self.ground.combinations(step, self.answers), key=distance)
        return {name: value for name, value in best.items() if value is not None}
