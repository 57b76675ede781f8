"""Pages of PDFs as pictures: drawn apart from the site, never larger than needed, refused when they cannot be drawn."""

import io

import pikepdf
import pytest
from PIL import Image

from app.adapters.apart import page_apart
from app.adapters.page_helper import LONG_SIDE
from app.domain.errors import UploadRefused
from tests import factories
from tests.support.jalur import kk_pdf


def picture(data: bytes, number: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(page_apart(data, number)))


def sized(width: float, height: float) -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(width, height))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_halaman_tergambar_dengan_tulisannya() -> None:
    found = picture(kk_pdf("3402990101200001"))
    assert found.format == "JPEG" and max(found.size) == LONG_SIDE
    darkest, _ = found.convert("L").getextrema()
    assert isinstance(darkest, int) and darkest < 60, "nothing was written on it"


@pytest.mark.parametrize("size", [(14_400, 10), (10, 14_400), (3, 3)])
def test_halaman_berukuran_aneh_tetap_sebesar_layar(size: tuple[float, float]) -> None:
    assert max(picture(sized(*size)).size) <= LONG_SIDE


def test_yang_bukan_halaman_ditolak_dan_pembantunya_tetap_bekerja() -> None:
    for data, number in ((b"%PDF-1.7 rusak", 1), (factories.pdf(), 2), (factories.pdf(), 0)):
        with pytest.raises(UploadRefused):
            page_apart(data, number)
    assert max(picture(factories.pdf()).size) == LONG_SIDE
