"""Each test has an application of its own, with the same templates: turning them into code is most of a first page."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from jinja2 import Environment


@contextmanager
def compiled_once() -> Iterator[None]:
    """Meanwhile a template that says the same as an earlier one shares its code, in environments that read alike."""
    compile_template = Environment.compile
    known: dict[Any, CodeType] = {}

    def once(environment: Environment, source: Any, name: str | None = None, *rest: Any, **more: Any) -> Any:
        if not isinstance(source, str) or more or any(not isinstance(each, str | bool | None) for each in rest):
            return compile_template(environment, source, name, *rest, **more)
        key = (_manner(environment, name), source, name, rest)
        if key not in known:
            known[key] = compile_template(environment, source, name, *rest)
        return known[key]

    Environment.compile = once  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Environment.compile = compile_template  # type: ignore[method-assign]


def _manner(environment: Environment, name: str | None) -> tuple[Any, ...]:
    """What the code depends on beside the template's own text."""
    escape = environment.autoescape
    return (
        type(environment),
        escape if isinstance(escape, bool) else escape(name),
        frozenset(environment.filters),
        frozenset(environment.tests),
        frozenset(environment.extensions),
        (environment.trim_blocks, environment.lstrip_blocks, environment.is_async, environment.optimized),
        (environment.undefined, environment.finalize, environment.sandboxed),
        (environment.block_start_string, environment.variable_start_string, environment.keep_trailing_newline),
    )
