"""The document's rows against the diagram's elements: nothing without a row, no row without an element."""

from app.domain.actors import ROLES
from app.procedures.actions import CASE
from app.procedures.checks.subject import Subject
from app.procedures.checks.words import check_condition
from app.procedures.places import Place, nearest


def check_rows(subject: Subject) -> None:
    named = _check_rows(subject)
    extra = _check_extra(subject, named)
    for step in subject.procedure.steps.values():
        if step.id not in named | extra:
            line = subject.spec.elements[step.id].line
            message = f"Langkah '{step.id}' tidak ada di kegiatan maupun langkah_tambahan (ikmt)."
            subject.in_diagram(line, message)
        elif step.kind == "user" and step.norm is None and not step.clock_stops:
            line = subject.spec.elements[step.id].line
            subject.in_diagram(line, f"Langkah '{step.id}' belum punya waktu (norma) di ikmt.")
    if CASE in subject.spec.elements:
        subject.in_diagram(subject.spec.elements[CASE].line, f"Nama elemen '{CASE}' dipakai sistem. Pilih nama lain.")
    _check_front(subject)
    _check_ends(subject)


def _check_rows(subject: Subject) -> set[str]:
    named: set[str] = set()
    numbers: set[str] = set()
    for row in subject.root.each("kegiatan"):
        if row.text("no") in numbers:
            subject.findings.at(row.at("no"), f"Baris {row.text('no')} ditulis dua kali.")
        numbers.add(row.text("no"))
        steps = list(row.each("langkah"))
        for place in steps:
            _known_element(subject, place, str(place.data).strip())
        if not any(_may_be_step(subject, str(place.data).strip()) for place in steps):
            subject.findings.at(row, f"Baris {row.text('no')} tidak memuat langkah yang dikerjakan di diagram.")
        named |= {str(place.data).strip() for place in steps}
        _check_people(subject, row)
    return named


def _may_be_step(subject: Subject, element: str) -> bool:
    return element in subject.procedure.steps or subject.is_doubtful(element)


def _check_extra(subject: Subject, named: set[str]) -> set[str]:
    extra = set()
    for step, place in subject.root.items("langkah_tambahan"):
        _known_element(subject, place, step)
        if step in named:
            subject.findings.at(place, f"Langkah '{step}' sudah ada di kegiatan. Tulis di salah satu saja.")
        _check_people(subject, place)
        extra.add(step)
    return extra


def _known_element(subject: Subject, place: Place, element: str) -> None:
    if element not in subject.spec.elements:
        message = f"Langkah '{element[:60]}' tidak ada di diagram.{nearest(element, subject.spec.elements)}"
        subject.findings.at(place, message)


def _check_people(subject: Subject, place: Place) -> None:
    for role in place.each("jika_terlambat"):
        check_role(subject, role, str(role.data))
    for role in place.each("boleh_diisi_petugas"):
        check_role(subject, role, str(role.data))
    for other in place.each("harus_beda_petugas_dari"):
        known_step(subject, other, str(other.data))
    _check_counter(subject, place)


def _check_counter(subject: Subject, place: Place) -> None:
    """Whoever filed for somebody at a counter did the first step; four eyes that do not name it do not see them."""
    first, others = subject.procedure.first_step, place.texts("harus_beda_petugas_dari")
    if others and first and first not in others and subject.procedure.about == "permohonan":
        message = f"Petugas yang mengajukan untuk pemohon di loket boleh mengerjakan langkah ini. Tambahkan {first}."
        subject.findings.at(place.at("harus_beda_petugas_dari"), message, warning=True)


def check_role(subject: Subject, place: Place, role: str) -> None:
    if role not in ROLES:
        message = f"Peran '{role[:60]}' tidak dikenal.{nearest(role, ROLES)} Yang ada: {', '.join(ROLES)}."
        subject.findings.at(place, message)


def known_step(subject: Subject, place: Place, step: str) -> None:
    if step not in subject.user_steps and not subject.is_doubtful(step):
        message = f"'{step[:60]}' bukan langkah orang di diagram.{nearest(step, subject.user_steps)}"
        subject.findings.at(place, message)


def _check_front(subject: Subject) -> None:
    root, slug = subject.root, subject.sources.files.slug
    if root.text("slug") != slug:
        subject.findings.at(root.at("slug"), f"slug harus sama dengan nama berkasnya: {slug}.")
    for _, roles in root.items("pelaksana"):
        for index, role in enumerate(roles.data):
            check_role(subject, roles.at(index), role)
    for key in ("tanda_tangan", "pengiriman"):
        if root.has(key):
            known_step(subject, root.at(key).at("langkah"), root.at(key).text("langkah"))
    _check_taking_back(subject)
    if root.has("tanda_tangan") and root.at("tanda_tangan").has("rujukan"):
        _check_reference(subject, root.at("tanda_tangan").at("rujukan"))
    for note in root.each("catatan"):
        subject.findings.at(note, f"Catatan: {str(note.data).rstrip('.')}.", warning=True)
    first = subject.procedure.steps.get(subject.procedure.first_step)
    begins_at_desk = subject.procedure.about == "akun"  # an officer may begin what concerns an account
    if subject.is_whole and (first is None or not (first.by_applicant or begins_at_desk)):
        line = subject.spec.elements[subject.start].line
        subject.in_diagram(line, "Sesudah awal harus langsung langkah pemohon yang mengisi permohonan.")


def _check_taking_back(subject: Subject) -> None:
    """Withdrawal and complaint: the diagram and the ikmt must speak of the same."""
    root = subject.root
    if root.has("penarikan"):
        for key in ("langsung_sebelum", "tidak_lagi_sejak"):
            known_step(subject, root.at("penarikan").at(key), root.at("penarikan").text(key))
        if subject.is_whole and not subject.spec.messages:
            subject.findings.at(root.at("penarikan"), "Diagram tidak menunggu penarikan. Gambar amplopnya.")
    for element in sorted(subject.spec.messages):
        if not root.has("penarikan"):
            line = subject.spec.elements[element].line
            subject.in_diagram(line, f"'{element}' menunggu pesan, tetapi ikmt tidak punya bagian penarikan.")
    if root.has("pengiriman") and root.at("pengiriman").has("kirim_ulang"):
        known_step(subject, root.at("pengiriman").at("kirim_ulang"), root.at("pengiriman").text("kirim_ulang"))
    if root.has("pengiriman"):
        for role in root.at("pengiriman").each("gagal_ke"):
            check_role(subject, role, str(role.data))
    if subject.procedure.cut_when is not None:
        place = root.at("pengiriman").at("putus_bila")
        check_condition(subject, subject.procedure.cut_when, "", subject.saying(place))


def _check_reference(subject: Subject, place: Place) -> None:
    step, _, field = str(place.data).partition(".")
    form = subject.procedure.forms.get(step)
    if form is None or form.field(field) is None:
        subject.findings.at(place, f"'{place.data}' bukan isian formulir mana pun. Tulis sebagai langkah.isian.")


def _check_ends(subject: Subject) -> None:
    outcomes = subject.procedure.outcomes
    for name, place in subject.root.items("hasil_akhir"):
        _known_element(subject, place, name)
    for element in subject.spec.elements.values():
        if element.kind == "end" and element.id not in outcomes and not _led_by_outcome(subject, element.id):
            subject.in_diagram(element.line, f"Akhir '{element.id}' belum ada di hasil_akhir (ikmt).")


def _led_by_outcome(subject: Subject, end: str) -> bool:
    """Does a way to this end pass an element with an outcome of its own?"""
    drawn = subject.procedure.outcomes.keys() & subject.spec.elements.keys()
    return any(subject.precedes(element, end) for element in drawn)
