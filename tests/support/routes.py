"""Each test has an application of its own, with the same routes: turning them into code is most of making one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.routing import Rule


@contextmanager
def compiled_once() -> Iterator[None]:
    """Meanwhile a route that says the same as an earlier one shares its code. Routes with defaults are left alone."""
    compile_builder: Callable[..., Any] = Rule._compile_builder
    known: dict[Any, Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    Rule._compile_builder = once  # type: ignore[method-assign]
    try:
        yield
    finally:
        Rule._compile_builder = compile_builder  # type: ignore[method-assign]
