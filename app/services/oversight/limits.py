"""What limits rows of figures to what somebody asks for and may see."""

from typing import Any

from sqlalchemy import ColumnElement

from app.services.oversight.scope import Scope


def within(model: Any, scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on a table of figures that has `slug` and `unit`."""
    limits = [model.slug == scope.slug] if scope.slug else []
    return limits if scope.units is None else [*limits, model.unit.in_(sorted(scope.units))]
