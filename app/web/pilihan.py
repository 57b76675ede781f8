"""The boxes that were ticked on a list of many."""

from flask import request

from app.services.desk.inbox_statements import LOOKED_AT

LOOKED = f"{LOOKED_AT:,}".replace(",", ".")
"""How much of a long queue a filter looks at, as people write it."""


def ticked() -> list[str]:
    return request.form.getlist("pilih")


def too_many(most: int) -> str:
    """Said instead of quietly doing the first `most`; "" = not too many."""
    count = len(ticked())
    return f"Paling banyak {most} sekaligus, dan {count} dipilih. Belum ada yang dikerjakan." if count > most else ""
