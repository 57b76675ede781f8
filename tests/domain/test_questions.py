"""The captcha's questions: a person's answer is right, however it is written; no other is."""

import random

from app.domain.questions import NUMBERS, plain, question
from tests.support.tantangan import answer


def test_yang_dijawab_orang_selalu_benar_dan_pertanyaannya_beragam() -> None:
    asked = [question(random.Random(seed)) for seed in range(400)]
    wrong = [(one.text, answer(one.text)) for one in asked if not one.is_right(answer(one.text))]
    assert wrong == []
    assert len({one.text for one in asked}) > 250


def test_angka_atau_kata_besar_kecil_dan_spasi_sama_saja() -> None:
    asked = next(one for one in (question(random.Random(seed)) for seed in range(99)) if "duabelas" in one.answers)
    for typed in ("12", " 12. ", "dua belas", "DUA-BELAS", "duabelas"):
        assert asked.is_right(typed), typed
    for typed in ("", " ", "1 2 0", "tiga belas", "²"):
        assert not asked.is_right(typed), typed


def test_jawaban_kosong_tidak_pernah_benar() -> None:
    assert not any(question(random.Random(seed)).is_right(typed) for seed in range(200) for typed in ("", ".", "nol"))
    assert plain(NUMBERS[20]) == "duapuluh"
