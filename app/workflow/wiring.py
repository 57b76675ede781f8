"""What must hold between elements for a drawing to run as it looks. SpiffWorkflow lets most of this pass silently."""

from app.workflow.drawn import OTHER, Drawing, Element

HOSTS = {"user", "service"}
ONE_WAY_OUT = HOSTS | {"start", "catch_timer", "catch_message", "boundary_timer", "boundary_message"}


def check_wiring(drawing: Drawing) -> None:
    """Add a fault for every flow that leads nowhere, is not looked at, or leaves a choice open."""
    starts = [e for e in drawing.elements.values() if e.kind == "start"]
    if len(starts) != 1:
        line = starts[1].line if starts else drawing.line
        drawing.fault(line, f"Diagram harus mempunyai tepat satu awal (start event); di sini ada {len(starts)}.")
    _check_flows(drawing)
    for element in drawing.elements.values():
        _check_ways_out(drawing, element)
        if element.id in drawing.attached:
            _check_host(drawing, element)
    if len(starts) == 1:
        _check_reach(drawing, starts[0].id)


def _check_flows(drawing: Drawing) -> None:
    pairs: set[tuple[str, str]] = set()
    for flow in drawing.flows:
        if (flow.source, flow.target) in pairs:
            drawing.fault(flow.line, f"Alur {flow.id}: sudah ada alur lain antara kedua elemen yang sama.")
        pairs.add((flow.source, flow.target))
        source, target = drawing.elements.get(flow.source), drawing.elements.get(flow.target)
        if source is None or target is None:
            missing = flow.source if source is None else flow.target
            drawing.fault(
                flow.line, f"Alur {flow.id} menyambung ke {missing or '(kosong)'}, yang tidak ada di diagram."
            )
            continue
        if target.kind == "start" or target.id in drawing.attached:
            drawing.fault(flow.line, f"Alur {flow.id} tidak boleh masuk ke {_called(target)}.")
        if flow.condition is not None and source.kind not in ("exclusive", OTHER):
            message = f"Alur {flow.id}: kondisi hanya dibaca pada alur keluar gerbang eksklusif."
            drawing.fault(flow.condition_line, f"{message} Gambar gerbangnya sesudah {_called(source)}.")


def _check_ways_out(drawing: Drawing, element: Element) -> None:
    out = drawing.outgoing(element.id)
    if element.kind == OTHER:
        return
    if element.kind == "end":
        if out:
            drawing.fault(element.line, f"{_called(element)}: akhir tidak boleh mempunyai alur keluar.")
    elif not out:
        drawing.fault(element.line, f"{_called(element)}: tidak ada alur keluar. Sambungkan ke langkah berikut.")
    elif element.kind in ONE_WAY_OUT and len(out) > 1:
        drawing.fault(element.line, f"{_called(element)}: {len(out)} alur keluar. Pakai gerbang untuk bercabang.")
    elif element.kind == "exclusive":
        _check_choice(drawing, element)


def _check_choice(drawing: Drawing, gateway: Element) -> None:
    out = drawing.outgoing(gateway.id)
    if len(out) > 1 and not any(flow.default for flow in out):
        drawing.fault(gateway.line, f"{_called(gateway)}: belum ada alur default untuk jawaban lainnya.")
    for flow in out:
        otherwise = flow.default or len(out) == 1
        if otherwise and flow.condition is not None:
            message = f"Alur {flow.id} adalah jalan terakhir, jadi tidak boleh berkondisi. Hapus kondisinya."
            drawing.fault(flow.condition_line, message)
        elif not otherwise and not flow.condition:
            message = f"Alur {flow.id} dari {_called(gateway)} belum berkondisi."
            drawing.fault(flow.line, f"{message} Tulis kondisinya, atau jadikan default.")


def _check_host(drawing: Drawing, event: Element) -> None:
    host = drawing.elements.get(drawing.attached[event.id])
    if host is None or host.kind not in HOSTS | {OTHER}:
        drawing.fault(event.line, f"{_called(event)}: harus menempel pada tugas yang ada di diagram.")


def _check_reach(drawing: Drawing, start: str) -> None:
    reached, todo = set[str](), [start]
    while todo:
        here = todo.pop()
        if here not in reached:
            reached.add(here)
            todo += [flow.target for flow in drawing.outgoing(here)]
            todo += [event for event, host in drawing.attached.items() if host == here]
    for element in drawing.elements.values():
        if element.id not in reached and element.kind != OTHER:
            drawing.fault(element.line, f"{_called(element)}: tidak pernah dicapai dari awal.")


def _called(element: Element) -> str:
    return element.name or element.id
