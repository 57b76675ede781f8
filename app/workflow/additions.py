"""What drawing tools add to BPMN: ignored where it is decoration, said where somebody might count on it.

A modeler's additions stand in its own namespace, as attributes or under `extensionElements`. Most say where things
are drawn. Some say who does a task or which code runs: what we do not do must not look as if it were done.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from app.workflow.bpmnxml import NS, is_bpmn, line, local

ENGINES = ("camunda.org", "activiti.org", "flowable.org", "jboss.org/drools")
"""Parts of the namespaces whose words mean behaviour; what other tools add is decoration."""

CODE = frozenset(
    {
        *("executionListener", "taskListener", "executionListeners", "taskListeners", "eventListener"),
        *("onEntry-script", "onExit-script", "skipExpression", "script"),
    }
)
"""Would run code, or skip the task: refused."""

PEOPLE = frozenset({"potentialOwner", "humanPerformer", "performer", "resourceRole"})
"""BPMN's own way to say who does a task."""

_WHO = "pelakunya ditentukan lajur dan pelaksana (ikmt)"
_FORM = "layarnya berkas di forms/"
_JOB = "pekerjaannya ditulis di otomatis (ikmt)"
_DATA = "isian dipakai langsung sebagai langkah.isian"
_TIME = "batasnya ditulis sebagai waktu (ikmt)"
SAID: Mapping[str, str] = {
    **dict.fromkeys(("assignee", "candidateUsers", "candidateGroups", "owner", "assignmentDefinition"), _WHO),
    **dict.fromkeys((*PEOPLE, "candidateStarterGroups"), _WHO),
    **dict.fromkeys(("formKey", "formRef", "formData", "formProperty", "formDefinition", "userTaskForm"), _FORM),
    **dict.fromkeys(("class", "delegateExpression", "expression", "topic", "taskDefinition", "connector"), _JOB),
    **dict.fromkeys(("inputOutput", "ioMapping", "resultVariable"), _DATA),
    **dict.fromkeys(("dueDate", "followUpDate", "taskSchedule"), _TIME),
}
"""Has no effect here, and why: said as a warning."""

DATA = frozenset(
    {
        *("auditing", "monitoring", "categoryValueRef", "rendering", "property", "ioSpecification", "ioBinding"),
        *("dataInput", "dataOutput", "dataInputAssociation", "dataOutputAssociation", "inputSet", "outputSet"),
        *("supports", "correlationSubscription", "dataObject", "dataObjectReference", "dataStoreReference", "artifact"),
    }
)
"""BPMN's own description of data. Answers live in the case, by step and field, so none of it moves a token."""


def additions(node: etree._Element) -> Iterator[tuple[int, str, str]]:
    """(line, name, why it has no effect) of everything a tool added to this element; the why is "" for code."""
    for attribute in node.attrib:
        name = etree.QName(attribute)
        if _is_engines(name):
            yield from _one(line(node), name.localname)
    for child in node.iterchildren(tag=etree.Element):
        if is_bpmn(child) and local(child) in PEOPLE:
            yield from _one(line(child), local(child))
    for block in node.iterchildren(f"{NS}extensionElements"):
        for added in block.iterchildren(tag=etree.Element):
            if _is_engines(etree.QName(added)):
                yield from _one(line(added), local(added))


def _is_engines(name: etree.QName) -> bool:
    return any(engine in (name.namespace or "") for engine in ENGINES)


def _one(at: int, name: str) -> Iterator[tuple[int, str, str]]:
    if name in CODE:
        yield at, name, ""
    elif name in SAID:
        yield at, name, SAID[name]
