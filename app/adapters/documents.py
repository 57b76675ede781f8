"""PDFs handed in, made safe to keep and to show: nothing that runs, nothing hidden inside, no author."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from app.adapters.jpeg import without_metadata
from app.adapters.pdf_limits import ODD, refuse_object_bomb, refuse_stream_bomb
from app.domain.errors import UploadRefused

MAX_PAGES = 50
MAX_OBJECTS = 60_000
"""A report of fifty tagged pages has some ten thousand."""

_DEPTH = 60
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/GoToR",
    "/Rendition",
    "/RichMediaExecute",
    "/Movie",
    "/Sound",
    "/Thread",
}
_LINKS = ("http:", "https:", "mailto:", "tel:")
_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
_ACTIVE_KEYS = ("/AA", "/JS", "/JavaScript", "/OpenAction", "/XFA", "/EF", "/EmbeddedFiles", "/AF")
_ELSEWHERE_KEYS = ("/F", "/FFilter", "/Ref", "/OPI")  # of a stream whose content lies in another file
_PERSONAL_KEYS = ("/Metadata", "/PieceInfo")


@dataclass(frozen=True)
class Document:
    data: bytes
    pages: int


def clean_document(data: bytes) -> Document:
    """Open, check and write anew. A signed PDF keeps its bytes (else its signature dies) or is refused.

    Raises UploadRefused: locked, broken, cut off, no page or more than MAX_PAGES, signed with something active inside.
    """
    refuse_object_bomb(data)
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            return _clean(pdf, data)
    except pikepdf.PasswordError as problem:
        raise UploadRefused(
            "PDF ini memakai kata sandi. Simpan ulang tanpa kata sandi, atau foto kertasnya."
        ) from problem
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, RuntimeError, ValueError, TypeError) as problem:
        raise UploadRefused("PDF ini rusak atau tidak terkirim utuh. Simpan ulang, atau foto kertasnya.") from problem


def _clean(pdf: pikepdf.Pdf, data: bytes) -> Document:
    if pdf.is_encrypted:
        raise UploadRefused("PDF ini memakai kata sandi. Simpan ulang tanpa kata sandi, atau foto kertasnya.")
    pages = len(pdf.pages)
    if pages == 0:
        raise UploadRefused("PDF ini tidak berisi halaman. Pilih berkas lain, atau foto kertasnya.")
    if pages > MAX_PAGES:
        raise UploadRefused(f"PDF ini {pages} halaman; batasnya {MAX_PAGES}. Kirim halaman yang diminta saja.")
    if len(pdf.objects) > MAX_OBJECTS:
        raise UploadRefused(ODD)
    dictionaries = list(_dictionaries(pdf))
    refuse_stream_bomb(thing for thing in dictionaries if isinstance(thing, pikepdf.Stream))
    if _is_signed(pdf, dictionaries):
        return Document(_signed_as_it_is(data, dictionaries), pages)
    _strip(pdf, dictionaries)
    out = io.BytesIO()
    pdf.save(
        out,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return Document(out.getvalue(), pages)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and stream of the file, also those written inside others."""
    waiting = [(thing, 0) for thing in pdf.objects]
    while waiting:
        thing, depth = waiting.pop()
        if depth > _DEPTH:
            raise UploadRefused(ODD)
        if isinstance(thing, pikepdf.Array):
            children = list(thing.as_list())
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            children = [value for _, value in thing.items()]
        else:
            continue
        waiting += [(child, depth + 1) for child in children if _is_inside(child)]


def _is_inside(child: object) -> bool:
    """Written in place; what stands by itself (indirect) is met in `pdf.objects`."""
    return isinstance(child, pikepdf.Array | pikepdf.Dictionary) and not child.is_indirect


def _word(thing: pikepdf.Object, key: str) -> str:
    value = thing.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _word_of(thing: object, key: str) -> str:
    return _word(thing, key) if isinstance(thing, pikepdf.Dictionary) else ""


def _is_signed(pdf: pikepdf.Pdf, dictionaries: list[pikepdf.Object]) -> bool:
    return "/AcroForm" in pdf.Root and any("/ByteRange" in thing and "/Contents" in thing for thing in dictionaries)


def _is_active(thing: pikepdf.Object) -> bool:
    """Does something here run, hide a file, or call somewhere else? An /OpenAction that only turns a page may stay."""
    if _acts(thing) or any(key in thing for key in _ACTIVE_KEYS if key != "/OpenAction"):
        return True
    opening = thing.get("/OpenAction")
    turns_page = opening is None or isinstance(opening, pikepdf.Array) or _word_of(opening, "/S") == "/GoTo"
    return not turns_page or (isinstance(thing, pikepdf.Stream) and any(key in thing for key in _ELSEWHERE_KEYS))


def _acts(thing: pikepdf.Object) -> bool:
    if _word(thing, "/S") in _ACTIONS or _word(thing, "/Subtype") in _ANNOTATIONS:
        return True
    link = thing.get("/URI")
    return isinstance(link, pikepdf.String) and not str(link).strip().lower().startswith(_LINKS)


def _signed_as_it_is(data: bytes, dictionaries: list[pikepdf.Object]) -> bytes:
    if any(_is_active(thing) for thing in dictionaries):
        raise UploadRefused("PDF bertanda tangan ini berisi lampiran atau skrip. Minta PDF tanpa lampiran.")
    if data[data.rfind(b"%%EOF") + 5 :].strip():
        raise UploadRefused("PDF bertanda tangan ini berubah sesudah ditandatangani. Unduh ulang dari asalnya.")
    return data


def _strip(pdf: pikepdf.Pdf, dictionaries: list[pikepdf.Object]) -> None:
    """Take away what runs or is hidden, and who made it. What nothing points to any more is not written."""
    for thing in dictionaries:
        if _acts(thing):
            for key in [key for key in thing.keys() if key not in ("/Type", "/Rect", "/Length")]:  # noqa: SIM118
                del thing[key]
            continue
        elsewhere = _ELSEWHERE_KEYS if isinstance(thing, pikepdf.Stream) else ()
        for key in (*_ACTIVE_KEYS, *_PERSONAL_KEYS, *elsewhere):
            if key in thing:
                del thing[key]
        if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == pikepdf.Name.DCTDecode:
            _strip_photo(thing)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def _strip_photo(stream: pikepdf.Stream) -> None:
    """A photograph inside a PDF keeps its pixels and loses its place and camera."""
    before = stream.read_raw_bytes()
    after = without_metadata(before)
    if after != before:
        parms = stream.get("/DecodeParms")
        kept = parms if isinstance(parms, pikepdf.Dictionary | pikepdf.Array) else None
        stream.write(after, filter=pikepdf.Name.DCTDecode, decode_parms=kept)
