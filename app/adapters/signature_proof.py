"""Is what came back really the document that was sent, with a signature over all of it?"""

import io

import pypdf
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

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
        last = signatures[-1]
        last.compute_integrity_info()
        intact, valid = validate_sig_integrity(
            last.signer_info, last.signer_cert, expected_content_type="data", actual_digest=last.compute_digest()
        )
    except (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError, OSError):
        return False
    return bool(intact and valid and last.coverage is SignatureCoverageLevel.ENTIRE_FILE)


def _words(data: bytes) -> list[str]:
    """The text of every page; what a signature shows lies in an annotation and is no part of it."""
    try:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError) as problem:
        raise AnswerUnusable from problem
