"""Forms to print: every text names answers that exist, and every download has its form."""

from collections.abc import Iterable, Mapping

from app.procedures.actions import LETTER, LETTER_FACTS
from app.procedures.checks.subject import Subject
from app.procedures.checks.words import check_value
from app.procedures.model.form import Field
from app.procedures.places import Place, nearest
from app.procedures.prints import LETTER_BLOCKS, NUMBER, SLOT, TEXTS, slots

_UNSAID = ("berkas", "berkas_diminta", "penilaian_berkas", "tabel", "salin")
"""Kinds whose answers have no text to print."""


def check_prints(subject: Subject) -> None:
    letters = _letters(subject)
    wanted = _check_downloads(subject) | letters
    for name, document in subject.sources.prints.items():
        root = Place(document)
        if name not in wanted:
            subject.findings.at(
                root, f"Tidak ada isian dengan 'unduhan: {name}', jadi formulir ini tak pernah dicetak."
            )
        for block in root.each("isi"):
            _check_block(subject, block, *(LETTER_FACTS if name in letters else ()))
            if name in letters and not block.data.keys() <= set(LETTER_BLOCKS):
                subject.findings.at(block, f"Surat hanya berisi {', '.join(LETTER_BLOCKS)}.")


def _letters(subject: Subject) -> set[str]:
    """The papers that the office's letters are drawn after."""
    known, found = subject.sources.files.prints, set()
    for step, place in subject.root.items("otomatis"):
        automation = subject.procedure.automation.get(step)
        if automation is None or automation.action != LETTER or not place.has("cetak"):
            continue
        name = place.text("cetak")
        found.add(name)
        if name not in known:
            path = f"forms/{subject.procedure.slug}/cetak/{name}.yaml"
            subject.findings.at(place.at("cetak"), f"Surat '{name}' tidak ada.{nearest(name, known)} Buat {path}.")
    return found


def _check_downloads(subject: Subject) -> set[str]:
    """Every `unduhan` names a form to print, and stands where its answers are at hand."""
    known, wanted = subject.sources.files.prints, set()
    for step, places in subject.places.items():
        for place in places.values():
            if not place.has("unduhan"):
                continue
            name = place.text("unduhan")
            wanted.add(name)
            at = place.at("unduhan")
            if step != subject.procedure.first_step:
                subject.findings.at(at, "unduhan hanya dapat dipakai di formulir langkah pertama.")
            if name not in known:
                path = f"forms/{subject.procedure.slug}/cetak/{name}.yaml"
                subject.findings.at(at, f"Formulir cetak '{name}' tidak ada.{nearest(name, known)} Buat {path}.")
    return wanted


def _check_block(subject: Subject, block: Place, *others: str) -> None:
    (kind,) = block.data
    fields = subject.fields(subject.procedure.first_step)
    if kind in TEXTS:
        _check_text(subject, block, kind, fields, *others)
    elif kind == "rincian":
        for line in block.each(kind):
            _check_text(subject, line, "isi", fields, *others)
    elif kind == "tanda_tangan":
        _check_text(subject, block.at(kind), "nama", fields, *others)
    else:
        _check_table(subject, block.at(kind), fields)


def _check_table(subject: Subject, table: Place, fields: Mapping[str, Field]) -> None:
    name = table.text("dari")
    tables = {each.id: each for each in fields.values() if each.kind == "tabel"}
    if name not in tables:
        subject.findings.at(table.at("dari"), f"Tabel '{name}' tidak ada di langkah pertama.{nearest(name, tables)}")
        return
    columns = {column.id: column for column in tables[name].columns}
    if table.has("per") and table.text("per") not in columns:
        _unknown(subject, table.at("per"), table.text("per"), columns)
    _check_only(subject, table, columns)
    for column in table.each("kolom"):
        _check_only(subject, column, columns)
        for leaf in column.each("kolom") if column.has("kolom") else (column,):
            _check_text(subject, leaf, "isi", columns, NUMBER)


def _check_only(subject: Subject, place: Place, columns: Mapping[str, Field]) -> None:
    for name, at in place.items("saring"):
        if name not in columns:
            _unknown(subject, at, name, columns)
            continue
        for value in place.at("saring").each(name):
            check_value(columns[name], str(value.data).strip(), subject.saying(value))


def _check_text(subject: Subject, place: Place, key: str, fields: Mapping[str, Field], *others: str) -> None:
    text, at = place.text(key), place.at(key)
    for name in slots(text):
        if name in others:
            continue
        if name not in fields:
            _unknown(subject, at, name, [*fields, *others])
        elif fields[name].kind in _UNSAID:
            subject.findings.at(at, f"Isian '{name}' berjenis {fields[name].kind}; isinya tidak dapat dicetak di sini.")
    if any(sign in SLOT.sub("", text) for sign in "{}") or text.count("[") != text.count("]"):
        subject.findings.at(at, "Tanda { } atau [ ] tidak berpasangan. Tulis {nama_isian}, atau [ RT {rt}].")


def _unknown(subject: Subject, at: Place, name: str, known: Iterable[str]) -> None:
    subject.findings.at(at, f"Isian '{name}' tidak ada.{nearest(name, known)}")
