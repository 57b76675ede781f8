"""From stored tokens to a SpiffWorkflow instance, and back.

The instance is a root with one small branch per token: the waiting task itself, under a finished stand-in where the
task looks at its parent (a joining gateway) or at its siblings (a task with boundary events).
"""

from collections.abc import Iterator

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task, TaskState

from app.domain.conditions import Condition
from app.domain.errors import EngineFault
from app.workflow.contract import CaseData
from app.workflow.nodes import ParallelGateway
from app.workflow.spec import Spec
from app.workflow.state import State, Token


class ConditionEngine:
    """Stands where SpiffWorkflow expects a Python engine: it looks conditions up, and evaluates nothing else."""

    def __init__(self, spec: Spec, data: CaseData) -> None:
        self._conditions, self._data = spec.conditions, data

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> bool:
        condition: Condition | None = self._conditions.get(expression)
        if condition is None:
            raise EngineFault from ValueError(f"condition was not compiled: {expression[:80]!r}")
        return condition.holds(self._data.answers, self._data.visits)

    def execute(self, task: Task, script: str, external_context: object = None) -> bool:
        raise EngineFault from ValueError("scripts are not run")

    def call_service(self, task: Task, **kwargs: object) -> object:
        raise EngineFault from ValueError("services are not called from the engine")


def new_instance(spec: Spec, data: CaseData) -> BpmnWorkflow:
    """An instance whose start event is ready to run."""
    return BpmnWorkflow(spec._spiff, script_engine=ConditionEngine(spec, data))


def grow_instance(spec: Spec, state: State, data: CaseData) -> BpmnWorkflow:
    """An instance in which exactly the tokens of `state` wait; a task's id is its token's number."""
    workflow = BpmnWorkflow(spec._spiff, script_engine=ConditionEngine(spec, data), deserializing=True)
    workflow.task_tree = Task(workflow, spec._spiff.start, state=TaskState.COMPLETED, id="root")
    for token in state.tokens:
        if token.host is None:
            _grow_branch(workflow, token, [t for t in state.tokens if t.host == token.number])
    return workflow


def _grow_branch(workflow: BpmnWorkflow, token: Token, events: list[Token]) -> None:
    task_spec, parent = _task_spec(workflow, token.place), workflow.task_tree
    if token.via is not None:
        before = _task_spec(workflow, token.via)
        parent = Task(workflow, before, parent, TaskState.COMPLETED, id=f"before {token.number}")
    split = workflow.spec.task_specs.get(f"{token.place}.BoundaryEventSplit")
    if split is not None:
        parent = Task(workflow, split, parent, TaskState.COMPLETED, id=f"around {token.number}")
    state = TaskState.READY if task_spec.manual else TaskState.WAITING
    Task(workflow, task_spec, parent, state, id=token.number)
    for event in events:
        Task(workflow, _task_spec(workflow, event.place), parent, TaskState.WAITING, id=event.number)


def _task_spec(workflow: BpmnWorkflow, name: str) -> TaskSpec:
    task_spec = workflow.spec.task_specs.get(name)
    if task_spec is None:
        raise EngineFault from LookupError(f"element {name!r} is not in this diagram")
    return task_spec


def read_tokens(workflow: BpmnWorkflow, issued: int) -> tuple[tuple[Token, ...], int]:
    """What waits in the instance now, and the highest number given. Tasks made in this step get the next numbers."""
    numbers: dict[object, int] = {}
    waiting = list(_waiting(workflow))
    for task in waiting:
        if isinstance(task.id, int):
            numbers[task.id] = task.id
        else:
            issued += 1
            numbers[task.id] = issued
    tokens = []
    for task in waiting:
        host = next((numbers[s.id] for s in _siblings(task) if s.task_spec.manual), None)
        via = task.parent.task_spec.name if isinstance(task.task_spec, ParallelGateway) else None
        tokens.append(Token(numbers[task.id], task.task_spec.name, host, via))
    return tuple(tokens), issued


def _waiting(workflow: BpmnWorkflow) -> Iterator[Task]:
    for task in workflow.tasks.values():
        if (task.state == TaskState.READY and task.task_spec.manual) or (
            task.state == TaskState.WAITING and isinstance(task.task_spec, (CatchingEvent, ParallelGateway))
        ):
            yield task


def _siblings(task: Task) -> list[Task]:
    around = isinstance(task.parent.task_spec, BoundaryEventSplit) and not task.task_spec.manual
    return task.parent.children if around else []
