"""Small BPMN files for the tests, written as Python, and the whole reference procedure of the office."""

from collections.abc import Iterable
from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="gambar" targetNamespace="http://alur.invalid">'
)
PENARIKAN = '<message id="pesan_penarikan" name="penarikan"/>'


def start(node: str) -> str:
    return f'<startEvent id="{node}"/>'


def end(node: str, terminate: bool = False) -> str:
    return f'<endEvent id="{node}">{"<terminateEventDefinition/>" if terminate else ""}</endEvent>'


def user(node: str) -> str:
    return f'<userTask id="{node}"/>'


def service(node: str) -> str:
    return f'<serviceTask id="{node}"/>'


def choice(node: str, default: str = "") -> str:
    return f'<exclusiveGateway id="{node}"' + (f' default="{default}"/>' if default else "/>")


def parallel(node: str) -> str:
    return f'<parallelGateway id="{node}"/>'


def timer(length: str = "") -> str:
    drawn = f'<timeDuration xsi:type="tFormalExpression">{length}</timeDuration>' if length else ""
    return f"<timerEventDefinition>{drawn}</timerEventDefinition>"


def message(ref: str = "pesan_penarikan") -> str:
    return f'<messageEventDefinition messageRef="{ref}"/>'


def catch(node: str, event: str) -> str:
    return f'<intermediateCatchEvent id="{node}">{event}</intermediateCatchEvent>'


def boundary(node: str, host: str, event: str, interrupting: bool = True) -> str:
    cancel = "true" if interrupting else "false"
    return f'<boundaryEvent id="{node}" attachedToRef="{host}" cancelActivity="{cancel}">{event}</boundaryEvent>'


def flow(source: str, target: str, condition: str = "") -> str:
    """The flow's id is `source-target`; of two flows between the same pair, write the second by hand."""
    inner = f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def path(*nodes: str) -> str:
    return "\n".join(flow(a, b) for a, b in pairwise(nodes))


def diagram(*parts: str, process: str = "p", outside: str = PENARIKAN) -> bytes:
    """One part a line, the first on line 4, so that a test can say where a fault stands."""
    body = "\n".join(parts)
    return f'{HEAD}\n{outside}\n<process id="{process}" isExecutable="true">\n{body}\n</process></definitions>'.encode()


# The reference procedure: KK karena perubahan data, the office's own table of elements and gateways.

LANES = {
    "Pemohon": "mulai isi_permohonan bagi_awal lengkapi_berkas batas_lengkapi terima_kk batas_terima gw_terima "
    "satukan_terima tunggu_penarikan",
    "Petugas Unit Layanan & Entri": "buka_permohonan periksa_berkas gw_berkas gw_perlu_entri entri_siak "
    "ajukan_cetak beri_tahu_unit gw_sudah_entri pulihkan_data gw_pulih tutup_tanpa_kk",
    "Petugas Cetak": "kirim_kk gw_kirim bagi_akhir tangani_keluhan gw_keluhan susun_arsip arsipkan gabung_akhir "
    "selesai",
    "Kasi/Kabid": "putuskan_penolakan gw_tolak verifikasi_draft gw_valid",
    "Kepala Dinas": "tanda_tangan_kk gw_ttd",
}
USERS = (
    "isi_permohonan",
    "buka_permohonan",
    "periksa_berkas",
    "lengkapi_berkas",
    "putuskan_penolakan",
    "entri_siak",
    "ajukan_cetak",
    "verifikasi_draft",
    "tanda_tangan_kk",
    "kirim_kk",
    "terima_kk",
    "tangani_keluhan",
    "arsipkan",
    "pulihkan_data",
)
CHOICES: dict[str, dict[str, str]] = {  # gateway -> target -> condition, "" is the default
    "gw_berkas": {
        "gw_perlu_entri": 'periksa_berkas.keputusan == "lengkap"',
        "putuskan_penolakan": 'periksa_berkas.keputusan == "usul_tolak"',
        "lengkapi_berkas": "",
    },
    "gw_tolak": {"gw_sudah_entri": 'putuskan_penolakan.keputusan == "tolak"', "periksa_berkas": ""},
    "gw_perlu_entri": {"entri_siak": 'periksa_berkas.jenis_ditetapkan == "perubahan"', "ajukan_cetak": ""},
    "gw_valid": {
        "tanda_tangan_kk": 'verifikasi_draft.keputusan == "valid"',
        "gw_perlu_entri": 'verifikasi_draft.keputusan == "salah_entri"',
        "lengkapi_berkas": "",
    },
    "gw_ttd": {"beri_tahu_unit": 'tanda_tangan_kk.keputusan == "ditandatangani"', "verifikasi_draft": ""},
    "gw_kirim": {"bagi_akhir": 'kirim_kk.keputusan == "terkirim"', "tanda_tangan_kk": ""},
    "gw_terima": {"satukan_terima": 'terima_kk.hasil == "baik"', "tangani_keluhan": ""},
    "gw_keluhan": {"terima_kk": 'tangani_keluhan.keputusan == "kirim_ulang"', "satukan_terima": ""},
    "gw_sudah_entri": {"pulihkan_data": 'entri_siak.status_entri == "tersimpan"', "tutup_tanpa_kk": ""},
    "gw_pulih": {"tunggu_penarikan": 'pulihkan_data.keputusan == "sudah_ditandatangani"', "tutup_tanpa_kk": ""},
}
PATHS = """
mulai isi_permohonan bagi_awal buka_permohonan periksa_berkas gw_berkas
bagi_awal tunggu_penarikan gw_sudah_entri
lengkapi_berkas periksa_berkas
batas_lengkapi gw_sudah_entri
putuskan_penolakan gw_tolak
entri_siak ajukan_cetak verifikasi_draft gw_valid
tanda_tangan_kk gw_ttd
beri_tahu_unit kirim_kk gw_kirim
bagi_akhir terima_kk gw_terima
bagi_akhir susun_arsip arsipkan gabung_akhir selesai
batas_terima satukan_terima gabung_akhir
tangani_keluhan gw_keluhan
pulihkan_data gw_pulih
"""
ANSWERS: dict[str, dict[str, list[str]]] = {  # what people may answer, by step and field
    "periksa_berkas": {
        "keputusan": ["lengkap", "kurang", "usul_tolak"],
        "jenis_ditetapkan": ["perubahan", "hilang", "rusak"],
    },
    "putuskan_penolakan": {"keputusan": ["tolak", "teruskan"]},
    "entri_siak": {"status_entri": ["tersimpan"]},
    "verifikasi_draft": {"keputusan": ["valid", "salah_entri", "tidak_valid"]},
    "tanda_tangan_kk": {"keputusan": ["ditandatangani", "dikembalikan"]},
    "kirim_kk": {"keputusan": ["terkirim", "tte_belum"]},
    "terima_kk": {"hasil": ["baik", "bermasalah"]},
    "tangani_keluhan": {"keputusan": ["kirim_ulang", "dijelaskan"]},
    "pulihkan_data": {"keputusan": ["dipulihkan", "tidak_perlu", "sudah_ditandatangani"]},
}


def kk_perubahan_data() -> bytes:
    """The whole reference procedure: 36 elements, 48 flows, real timers, a real message, terminating ends."""
    return diagram(_lanes(), *_nodes(), *_flows(), process="kk_perubahan_data")


def _lanes() -> str:
    rows = []
    for number, (name, nodes) in enumerate(LANES.items()):
        refs = "".join(f"<flowNodeRef>\n  {node}\n</flowNodeRef>" for node in nodes.split())
        rows.append(f'<lane id="lane_{number}" name="{name.replace("&", "&amp;")}">{refs}</lane>')
    return f'<laneSet id="lajur">{"".join(rows)}</laneSet>'


def _nodes() -> Iterable[str]:
    yield start("mulai")
    yield from map(user, USERS)
    yield from map(service, ("beri_tahu_unit", "susun_arsip"))
    yield from map(parallel, ("bagi_awal", "bagi_akhir", "gabung_akhir"))
    for gateway, ways in CHOICES.items():
        yield choice(gateway, default=next(f"{gateway}-{target}" for target, text in ways.items() if not text))
    yield choice("satukan_terima")
    yield catch("tunggu_penarikan", message())
    yield boundary("batas_lengkapi", "lengkapi_berkas", timer())
    yield boundary("batas_terima", "terima_kk", timer("P3D"))
    yield end("selesai", terminate=True)
    yield end("tutup_tanpa_kk", terminate=True)


def _flows() -> Iterable[str]:
    for line in PATHS.strip().splitlines():
        yield path(*line.split())
    for gateway, ways in CHOICES.items():
        for target, condition in ways.items():
            yield flow(gateway, target, condition)
