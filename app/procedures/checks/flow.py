"""The diagram itself: lanes, conditions of gateways, timers, loops without a person."""

from app.procedures.checks.subject import Subject
from app.procedures.checks.words import Say, check_condition, find_field
from app.procedures.places import Place, nearest
from app.workflow.spec import Flow


def check_drawing(subject: Subject) -> None:
    """What the diagram and the forms say of each other, whether or not there is a document."""
    for element in subject.spec.elements.values():
        if element.kind == "user" and not element.lane:
            message = f"Langkah '{element.id}' tidak berada di lajur mana pun. Taruh di lajur pelakunya."
            subject.in_diagram(element.line, message)
        if element.kind in ("user", "service") and "-" in element.id:
            message = f"Id '{element.id}' memuat tanda hubung, jadi tidak dapat disebut di ikmt dan kondisi."
            subject.in_diagram(element.line, f"{message} Ganti id-nya, misalnya periksa_berkas.")
    _check_gateways(subject)
    _check_loops(subject)


def check_flow(subject: Subject) -> None:
    _check_lanes(subject)
    _check_timers(subject)


def _check_lanes(subject: Subject) -> None:
    known = subject.procedure.lanes
    drawn: dict[str, int] = {}
    for element in subject.spec.elements.values():
        if element.lane:
            drawn.setdefault(element.lane, element.line)
    for lane, line in drawn.items():
        if lane not in known:
            subject.in_diagram(line, f"Lajur '{lane}' tidak ada di pelaksana (ikmt).{nearest(lane, known)}")
    for lane, place in subject.root.items("pelaksana"):
        if lane not in drawn:
            message = f"Lajur '{lane}' tidak ada di diagram, atau belum memuat langkah.{nearest(lane, drawn)}"
            subject.findings.at(place, message)


def _check_gateways(subject: Subject) -> None:
    for flow in subject.spec.flows:
        if flow.condition in subject.spec.conditions:
            check_condition(subject, subject.spec.conditions[str(flow.condition)], flow.source, _at(subject, flow))


def _at(subject: Subject, flow: Flow) -> Say:
    return lambda message, warning: subject.in_diagram(flow.condition_line, f"Kondisi: {message}", warning)


def _check_timers(subject: Subject) -> None:
    undrawn = {timer for timer, length in subject.spec.timers.items() if length is None}
    for timer in sorted(undrawn - subject.procedure.deadlines.keys()):
        line = subject.spec.elements[timer].line
        message = f"Timer '{timer}' belum punya lama. Tulis di ikmt bagian batas, misalnya 3 hari kerja."
        subject.in_diagram(line, message)
    for timer, place in subject.root.items("batas"):
        if timer not in subject.spec.timers and not subject.is_doubtful(timer):
            message = f"Timer '{timer}' tidak ada di diagram.{nearest(timer, subject.spec.timers)}"
            subject.findings.at(place, message)
        elif timer in subject.spec.timers and timer not in undrawn:
            subject.findings.at(place, f"Timer '{timer}' sudah punya lama di diagram. Pakai salah satu saja.")
        rule = subject.procedure.deadlines.get(timer)
        if rule is not None and rule.field is not None:
            _check_chosen(subject, place.at("isian"), *rule.field)


def _check_chosen(subject: Subject, place: Place, step: str, name: str) -> None:
    field = find_field(subject, step, name, subject.saying(place))
    if field is not None and field.kind != "tanggal":
        subject.findings.at(place, f"Isian '{step}.{name}' harus berjenis tanggal.")


def _check_loops(subject: Subject) -> None:
    for element in subject.rings:
        line = subject.spec.elements[element].line
        message = f"'{element}' ada di putaran tanpa orang: tidak ada langkah yang menghentikannya."
        subject.in_diagram(line, f"{message} Beri tugas orang atau batas waktu di putaran itu.")
