"""However much stands in the files, a check takes less than five seconds and says where."""

import copy
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.procedures.check import check
from app.procedures.files import ProcedureFiles
from app.procedures.yamltext import load
from tests.procedures import kk
from tests.procedures.broken import BPMN, IKMT, ISI

SECONDS = 5


def rewritten(path: str, change: Callable[[Any], None]) -> ProcedureFiles:
    files = kk.files()
    data = copy.deepcopy(load(files.files[path], path).data)
    change(data)
    return replace(files, files={**files.files, path: json.dumps(data).encode()})


def drawn(more: str, before: str = "</bpmn:process>") -> ProcedureFiles:
    files = kk.files()
    text = files.files[BPMN].decode().replace(before, more + before)
    return replace(files, files={**files.files, BPMN: text.encode()})


def many_rows(data: Any) -> None:
    names = {"langkah": "periksa_berk", "jika_terlambat": "kas", "harus_beda_petugas_dari": "entri_sia"}
    row = {**data["kegiatan"][2], **{key: [f"{name}{n}" for n in range(50)] for key, name in names.items()}}
    data["kegiatan"] = [{**row, "no": str(n)} for n in range(90)]


def many_fields(data: Any) -> None:
    field = {"jenis": "salin", "label": "x"}
    data["bagian"] = [
        {"id": f"b{n}", "judul": "x", "isian": [{**field, "id": f"f{n}_{m}", "dari": f"a.b{n}{m}"} for m in range(60)]}
        for n in range(30)
    ]


def long_conditions() -> str:
    words = " or ".join(f'periksa_berkas.keputusan == "lengka{n}"' for n in range(10))
    way = '<bpmn:sequenceFlow id="x{0}" sourceRef="gw_berkas" targetRef="a{0}"><bpmn:conditionExpression>{1}'
    way += '</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:userTask id="a{0}"/>'
    way += '<bpmn:sequenceFlow id="y{0}" sourceRef="a{0}" targetRef="gw_berkas"/>'
    return "".join(way.format(n, words.replace("lengka", f"lengka{n}")) for n in range(150))


LARGE: dict[str, Callable[[], ProcedureFiles]] = {
    "banyak_kunci": lambda: rewritten(IKMT, lambda data: data.update({f"nomo{n}": "x" for n in range(9_500)})),
    "banyak_timer": lambda: rewritten(IKMT, lambda data: data["batas"].update({f"bats{n}": "x" for n in range(9_000)})),
    "banyak_baris": lambda: rewritten(IKMT, many_rows),
    "banyak_isian": lambda: rewritten(ISI, many_fields),
    "banyak_kondisi": lambda: drawn(long_conditions()),
    "banyak_id_kembar": lambda: drawn('<bpmn:documentation id="mulai"/>' * 40_000),
    "banyak_lajur": lambda: drawn(
        '<bpmn:lane id="l" name="L"><bpmn:flowNodeRef>gw_ttd</bpmn:flowNodeRef></bpmn:lane>' * 15_000, "</bpmn:laneSet>"
    ),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_berkas_sebesar_apa_pun_diperiksa_dalam_lima_detik(make: Callable[[], ProcedureFiles]) -> None:
    files = make()
    begun = time.thread_time()
    faults = check(files)
    assert time.thread_time() - begun < SECONDS
    assert any(not fault.warning for fault in faults)
    assert all(fault.line > 0 for fault in faults)
