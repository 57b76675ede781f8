"""One step of a case: a pure function of the diagram, the stored state, an event and the case's data.

The same arguments give the same bytes. Nothing is written, nothing is read, no clock is looked at. On any error
the caller keeps the state it had. A late completion against a due timer is the caller's to order: fire what is due
first, then complete, and the completion is refused with TaskClosed when the timer has closed its task.
"""

from collections.abc import Iterable
from datetime import datetime

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task, TaskState

from app.domain.errors import EngineFault
from app.workflow.contract import (
    Advance,
    CaseData,
    Closed,
    Complete,
    Event,
    Fire,
    Message,
    Moving,
    OpenedJob,
    OpenedTask,
    OpenedTimer,
    Reopen,
    Start,
)
from app.workflow.spec import Spec
from app.workflow.state import State, Token, dump_state, load_state
from app.workflow.tree import grow_instance, new_instance, read_tokens

MAX_STEPS = 200  # automatic elements in one step; more is a loop without a person in it
TIMERS = {"catch_timer", "boundary_timer"}
MESSAGES = {"catch_message", "boundary_message"}


def advance(spec: Spec, state: bytes | None, event: Event, data: CaseData, now: datetime) -> Advance:
    """Take one step. `state` is None for Start and the stored bytes for everything else; `now` is aware.

    Raises TaskClosed when the token was open once and is no more, NotFound when it never was, and EngineFault
    (with its cause) when the step cannot be taken.
    """
    if (state is None) != isinstance(event, Start):
        raise EngineFault from ValueError("Start makes the state; every other event needs it")
    before = State() if state is None else load_state(state, spec.content_hash)
    if isinstance(event, Reopen):
        return _report(spec, before, _reopened(spec, before, event), event, (), now)
    try:
        workflow, passed = _run(spec, before, event, data)
    except SpiffWorkflowException as exc:
        raise EngineFault from exc
    tokens, issued = read_tokens(workflow, before.issued)
    after = State(issued, tokens, _ended(spec, tokens, passed))
    return _report(spec, before, after, event, tuple(passed), now)


def live(spec: Spec, state: bytes) -> tuple[tuple[str, str], ...]:
    """Everything that waits for the outside world, as (token, element id): tasks, jobs, timers, messages."""
    tokens = load_state(state, spec.content_hash).tokens
    return tuple((token.name, token.place) for token in tokens if token.via is None)


def _reopened(spec: Spec, before: State, event: Reopen) -> State:
    """The ended state with one token at the step, those of the events that are drawn on it, and of those beside it."""
    element = spec.elements.get(event.step)
    if before.ended is None or before.tokens or element is None or element.kind != "user":
        raise EngineFault from ValueError(f"cannot go on at {event.step!r}")
    if any(spec.elements[each].kind != "catch_message" for each in event.beside):
        raise EngineFault from ValueError(f"cannot wait at {event.beside}")
    host = before.issued + 1
    drawn_on_it = [each for each, on in spec.attached.items() if on == event.step]
    last = host + len(drawn_on_it)
    tokens = (Token(host, event.step), *(Token(host + n, each, host) for n, each in enumerate(drawn_on_it, 1)))
    waiting = tuple(Token(last + n, each) for n, each in enumerate(event.beside, 1))
    return State(last + len(waiting), tokens + waiting)


def _run(spec: Spec, before: State, event: Moving, data: CaseData) -> tuple[BpmnWorkflow, list[str]]:
    if isinstance(event, Start):
        workflow = new_instance(spec, data)
        return workflow, _run_automatic(workflow)
    chosen = list(_choose(spec, before, event))
    workflow = grow_instance(spec, before, data)
    passed = []
    for token in chosen:
        task = workflow.tasks[token.number]
        if task.task_spec.manual:
            passed.append(token.place)
            task.run()
        elif task.state == TaskState.WAITING:
            task.task_spec.catch(task, None)
            task.task_spec._update(task)
        passed += _run_automatic(workflow)
    return workflow, passed


def _choose(spec: Spec, before: State, event: Complete | Fire | Message) -> Iterable[Token]:
    if isinstance(event, Message):
        waiting = [t for t in before.tokens if spec.messages.get(t.place) == event.name]
        if not waiting:
            raise EngineFault from LookupError(f"nobody waits for the message {event.name!r}")
        return waiting
    token = before.find(event.token)
    if isinstance(event, Fire) != (token.place in spec.timers) or token.place in spec.messages:
        raise EngineFault from ValueError(f"{type(event).__name__} does not fit {token.place!r}")
    return [token]


def _run_automatic(workflow: BpmnWorkflow) -> list[str]:
    """Run gateways and events until only the outside world is waited for; the ids passed, in order.

    One task at a time: SpiffWorkflow's own loop still runs, after a terminating end, what was ready before it.
    """
    passed: list[str] = []
    for _ in range(MAX_STEPS):
        task = _next_automatic(workflow)
        if task is None:
            return passed
        task.run()
        if getattr(task.task_spec, "bpmn_id", None):
            passed.append(task.task_spec.bpmn_id)
    raise EngineFault from RuntimeError(f"more than {MAX_STEPS} automatic elements, last {passed[-3:]}")


def _next_automatic(workflow: BpmnWorkflow) -> Task | None:
    ready = (t for t in workflow.tasks.values() if t.state == TaskState.READY and not t.task_spec.manual)
    return next(ready, None)


def _ended(spec: Spec, tokens: tuple[Token, ...], passed: list[str]) -> str | None:
    if any(token.via is None for token in tokens):
        return None
    ends = [element for element in passed if spec.elements[element].kind == "end"]
    if tokens or not ends:
        raise EngineFault from RuntimeError(f"stuck at {[token.place for token in tokens]}")
    return ends[-1]


def _report(spec: Spec, before: State, after: State, event: Event, passed: tuple[str, ...], now: datetime) -> Advance:
    new = [token for token in after.tokens if token.number > before.issued and token.via is None]
    kinds = {token.number: spec.elements[token.place].kind for token in new}
    return Advance(
        state=dump_state(after, spec.content_hash),
        opened=tuple(OpenedTask(t.name, t.place) for t in new if kinds[t.number] == "user"),
        jobs=tuple(OpenedJob(t.name, t.place) for t in new if kinds[t.number] == "service"),
        timers=tuple(_timer(spec, t, now) for t in new if kinds[t.number] in TIMERS),
        closed=_closed(spec, before, after, event),
        passed=passed,
        ended=after.ended,
    )


def _timer(spec: Spec, token: Token, now: datetime) -> OpenedTimer:
    length = spec.timers[token.place]
    host = None if token.host is None else f"t{token.host}"
    return OpenedTimer(token.name, token.place, length.due(now) if length else None, host)


def _closed(spec: Spec, before: State, after: State, event: Event) -> tuple[Closed, ...]:
    """Tokens the caller knows of (tasks, jobs, timers) that are open no more."""
    left = {token.number for token in after.tokens}
    by_caller = event.token if isinstance(event, (Complete, Fire)) else None
    return tuple(
        Closed(token.name, token.place, cancelled=token.name != by_caller)
        for token in before.tokens
        if token.number not in left and token.via is None and spec.elements[token.place].kind not in MESSAGES
    )
