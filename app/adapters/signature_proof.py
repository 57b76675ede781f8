"""Is what came back really the document that was sent, with a signature over all of it?"""

import io

import pypdf
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.adapters.signer import AnswerUnusable


def demand_signed(draft: bytes, signed: bytes) -> None:
    """Raises AnswerUnusable: no PDF, another text, no signature, or one that does not hold for the whole file.

    Whose certificate it is, and whom it is trusted by, is not looked at here.
    """
    if not is_intact(signed) or _words(draft) != _words(signed):
        raise AnswerUnusable


def is_intact(signed: bytes) -> bool:
    """Does the last signature hold, and does it cover the file to its end?"""
    try:
        signatures = PdfFileReader(io.BytesIO(signed)).embedded_signatures
        if not signatures:
            return False
        nobody = ValidationContext(trust_roots=[], allow_fetching=False)
        found = validate_pdf_signature(signatures[-1], nobody)
    except (PdfError, SigningError, ValueError, KeyError, IndexError, TypeError, OSError):
        return False
    whole = found.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return bool(found.intact and found.valid and whole)


def _words(data: bytes) -> list[str]:
    """The text of every page; what a signature shows lies in an annotation and is no part of it."""
    try:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError) as problem:
        raise AnswerUnusable from problem
