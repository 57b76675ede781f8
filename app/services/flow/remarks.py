"""What a person writes beside a form: why they let a task go, why they take a permohonan back."""

from app.domain.errors import InvalidInput
from app.domain.masking import mask_in_text
from app.procedures.values import Refused, plain_text

MAX_REMARK = 200


def remark(text: str, path: str, *, missing: str = "") -> str:
    """The text as it may be stored, on one line. `missing`: what to say where there is none; "" = it may be absent.

    Raises InvalidInput at `path`.
    """
    try:
        said = plain_text(text, MAX_REMARK) or ""
    except Refused as refused:
        raise InvalidInput({path: [str(refused)]}) from refused
    if missing and not said:
        raise InvalidInput({path: [missing]})
    return mask_in_text(said)  # it goes into the trail, which is exported and never erased
