"""The same procedure in plain SpiffWorkflow, kept in memory: the independent opinion our engine is compared with.

Stock parser, stock task specs, stock joins, its own look-ahead; no codec, no rebuilding. Only the conditions are ours.
"""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import ManualTask
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from app.domain.conditions import compile_condition
from tests.workflow.acuan import kk_perubahan_data, timer

FAR = "P3D"  # the walk takes milliseconds


class _Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {full_tag("serviceTask"): (TaskParser, ManualTask)}


class _Engine(PythonScriptEngine):
    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, dict[str, Any]] = {}

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        return FAR if expression == FAR else compile_condition(expression).holds(self.answers)


def plain_spec() -> Any:
    parser = _Parser()
    bpmn = kk_perubahan_data().replace(timer().encode(), timer(FAR).encode())
    parser.add_bpmn_xml(etree.fromstring(bpmn))
    return parser.get_spec("kk_perubahan_data")


class PlainCase:
    def __init__(self, spec: Any) -> None:
        self.engine = _Engine()
        self.workflow = BpmnWorkflow(spec, script_engine=self.engine)
        self.workflow.do_engine_steps()

    def do(self, step: str, answers: dict[str, dict[str, Any]]) -> None:
        self.engine.answers = answers
        next(t for t in self._tasks(TaskState.READY) if t.task_spec.name == step).run()
        self.workflow.do_engine_steps()

    def fire(self, timer_element: str) -> None:
        task = next(t for t in self._tasks(TaskState.WAITING) if t.task_spec.name == timer_element)
        task.task_spec.catch(task, None)
        task.task_spec._update(task)
        self.workflow.do_engine_steps()

    def send(self, name: str) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(name)))
        self.workflow.do_engine_steps()

    def live(self) -> list[str]:
        ready = [t.task_spec.name for t in self._tasks(TaskState.READY) if t.task_spec.manual]
        waiting = [t.task_spec for t in self._tasks(TaskState.WAITING)]
        return sorted(ready + [spec.name for spec in waiting if isinstance(spec, CatchingEvent)])

    def ended(self) -> str | None:
        """The end event of a completed workflow."""
        if not self.workflow.is_completed():
            return None
        done = {t.task_spec.name for t in self._tasks(TaskState.COMPLETED)}
        [end] = done & {"selesai", "tutup_tanpa_kk"}
        return str(end)

    def _tasks(self, state: int) -> list[Any]:
        return list(self.workflow.get_tasks(state=state))
