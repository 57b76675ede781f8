"""Each test has an application of its own, with the same routes: turning them into code is most of making one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.routing import Rule


@contextmanager
def compiled_once() -> Iterator[None]:
    """Meanwhile a route that says the same as an earlier one shares its code. Routes with defaults are left alone."""
    compile_rule = Rule.compile
    known: dict[Any, Rule] = {}

    def once(rule: Rule) -> None:
        assert rule.map is not None
        if rule.defaults or rule.map.host_matching:
            compile_rule(rule)
            return
        key = (rule.rule, rule.subdomain, rule.merge_slashes, frozenset(rule.map.converters.items()))
        if key not in known:
            compile_rule(rule)
            known[key] = rule
        _share(known[key], rule)

    Rule.compile = once  # type: ignore[method-assign]
    try:
        yield
    finally:
        Rule.compile = compile_rule  # type: ignore[method-assign]


def _share(compiled: Rule, rule: Rule) -> None:
    """What compiling `compiled` has made, for `rule` too."""
    rule.arguments = set(compiled.arguments)
    for name in ("_parts", "_trace", "_converters"):
        setattr(rule, name, getattr(compiled, name))
    for name in ("_build", "_build_unknown"):
        setattr(rule, name, getattr(compiled, name).__func__.__get__(rule, None))
