"""`tanda_tangan` where Alur signs itself: there is a letter to sign, and the form says what became of it."""

from app.procedures.actions import DECISION, LETTER, LETTER_NUMBER, REASON, SENT_BACK, SIGNED, SIGNS_HERE
from app.procedures.checks.subject import Subject


def check_signing(subject: Subject) -> None:
    _check_numbers(subject)
    signing = subject.procedure.signing
    step = str(signing.get("langkah", ""))
    if signing.get("cara") not in SIGNS_HERE or step not in subject.user_steps:
        return
    place = subject.root.at("tanda_tangan")
    letters = [each for each, what in subject.procedure.automation.items() if what.action == LETTER]
    if subject.is_whole and not any(subject.precedes(letter, step) for letter in letters):
        message = (
            f"Sebelum '{step}' tidak ada kotak bergerigi yang mengerjakan {LETTER}, jadi tidak ada yang ditandatangani."
        )
        subject.findings.at(place.at("langkah"), message)
    if step not in subject.procedure.forms:
        return
    fields = subject.fields(step)
    decision = fields.get(DECISION)
    offered = {option.value for option in decision.options} if decision else set()
    if offered != {SIGNED, SENT_BACK}:
        message = f"Formulir {step} harus punya isian '{DECISION}' dengan pilihan {SIGNED} dan {SENT_BACK}."
        subject.findings.at(place.at("langkah"), message)
    if REASON not in fields:
        subject.findings.at(place.at("langkah"), f"Formulir {step} harus punya isian '{REASON}'.")
    if [field.kind for field in fields.values()].count("berkas") != 1:
        subject.findings.at(place.at("langkah"), f"Formulir {step} harus punya satu isian berkas, tempat suratnya.")


def _check_numbers(subject: Subject) -> None:
    for step, place in subject.root.items("otomatis"):
        automation = subject.procedure.automation.get(step)
        if automation is None or automation.action != LETTER or not place.has("nomor"):
            continue
        text = place.text("nomor")
        rest = text
        for part in LETTER_NUMBER:
            rest = rest.replace(part, "")
        if LETTER_NUMBER[0] not in text or any(sign in rest for sign in "{}"):
            subject.findings.at(place.at("nomor"), "Tulis nomor surat dengan {urut}, dan {tahun} bila perlu.")
