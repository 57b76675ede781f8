"""The kinds of element we run, as SpiffWorkflow task specs, and the parser that makes them.

They differ from SpiffWorkflow's own in three things:

- No looking ahead: children are made when a task runs. Stock prediction copies the rest of the diagram into
  every instance, doubles at each parallel split, and recurses for ever on a loop without an exclusive gateway.
- Timers and messages never fire by themselves: the caller says when. SpiffWorkflow's clock and expressions are
  unused.
- A joining gateway counts the tokens that wait before it. Stock joins search finished history, which we do not
  keep, and take a token of an earlier lap of a loop for one of this lap.
"""

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import (
    ConditionalGatewayParser,
    GatewayParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.task import Task, TaskState


class DrawnTimer(EventDefinition):
    """Fires when the caller says so; its length is none of SpiffWorkflow's business."""


class DrawnMessage(EventDefinition):
    """Fires when the caller delivers the message called `name`."""


class OnDemand:
    """Makes a task's children when it runs, not before."""

    outputs: list[object]

    def _predict_hook(self, my_task: Task) -> None:
        pass

    def _run_hook(self, my_task: Task) -> object:
        result = super()._run_hook(my_task)  # type: ignore[misc]
        self._make_children(my_task)
        return result

    def _make_children(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)


class UserTask(OnDemand, defaults.UserTask):
    pass


class ServiceTask(OnDemand, defaults.ManualTask):
    """Stays open until its job has run; the engine itself never calls a service."""


class ExclusiveGateway(OnDemand, defaults.ExclusiveGateway):
    def _make_children(self, my_task: Task) -> None:
        pass  # the chosen branch alone was made by the choice


class ParallelGateway(OnDemand, defaults.ParallelGateway):
    """Splits, joins, or both. Joins when a token waits from every incoming element; takes one of each."""

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.WAITING)
        waiting: dict[str, Task] = {my_task.parent.task_spec.name: my_task}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task.state == TaskState.WAITING:
                waiting.setdefault(task.parent.task_spec.name, task)
        if not waiting.keys() >= set(self._inputs):
            return False
        for task in waiting.values():
            if task is not my_task:
                task._set_state(TaskState.CANCELLED)
        return True


class StartEvent(OnDemand, defaults.StartEvent):
    pass


class EndEvent(OnDemand, defaults.EndEvent):
    pass


class CatchEvent(OnDemand, defaults.IntermediateCatchEvent):
    pass


class BoundaryEvent(OnDemand, defaults.BoundaryEvent):
    pass


class _DrawnEvents:
    """Replaces the event definitions of the stock parsers by ours."""

    process_parser: object

    def parse_timer_event(self, event: etree._Element) -> DrawnTimer:
        return DrawnTimer()

    def parse_message_event(self, event: etree._Element) -> DrawnMessage:
        return DrawnMessage(self.process_parser.parser.messages[event.get("messageRef")])  # type: ignore[attr-defined]


class _CatchParser(_DrawnEvents, IntermediateCatchEventParser):
    pass


class _BoundaryParser(_DrawnEvents, BoundaryEventParser):
    pass


class DiagramParser(BpmnParser):
    """Knows our elements and nothing else. One per file: it caches lanes by the identity of the XML root."""

    PARSER_CLASSES = {
        full_tag("startEvent"): (StartEventParser, StartEvent),
        full_tag("endEvent"): (EndEventParser, EndEvent),
        full_tag("userTask"): (TaskParser, UserTask),
        full_tag("serviceTask"): (TaskParser, ServiceTask),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, ExclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
        full_tag("intermediateCatchEvent"): (_CatchParser, CatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
    }
