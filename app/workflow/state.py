"""What is stored between two steps: where the tokens are, and nothing of how they got there.

SpiffWorkflow's own task tree grows with every loop; ours is rebuilt from this list at every step, so the bytes
stay as small as the number of things that are open now. History is in the trail, case data in the case.
"""

from dataclasses import dataclass

import orjson

from app.domain.errors import EngineFault, NotFound, TaskClosed

VERSION = b"1"
HASH_SIGNS = 16


@dataclass(frozen=True)
class Token:
    """One thing that waits at `place` (element id).

    `host`: for a boundary event, the number of the token of the task it hangs on.
    `via`: for a token that waits at a joining gateway, the element it came from.
    """

    number: int
    place: str
    host: int | None = None
    via: str | None = None

    @property
    def name(self) -> str:
        return f"t{self.number}"


@dataclass(frozen=True)
class State:
    """`issued`: the highest token number ever given; `ended`: id of the end event once the case has ended."""

    issued: int = 0
    tokens: tuple[Token, ...] = ()
    ended: str | None = None

    def find(self, name: str) -> Token:
        """The open token called `name`; TaskClosed when it was open once, NotFound when it never was."""
        for token in self.tokens:
            if token.name == name and token.via is None:
                return token
        if len(name) < 20 and name[:1] == "t" and name[1:].isdecimal() and 1 <= int(name[1:]) <= self.issued:
            raise TaskClosed
        raise NotFound


def dump_state(state: State, spec_hash: str) -> bytes:
    tokens = [[t.number, t.place, t.host, t.via][: 4 if t.via else 3 if t.host else 2] for t in state.tokens]
    return VERSION + orjson.dumps([spec_hash[:HASH_SIGNS], state.issued, state.ended, tokens])


def load_state(raw: bytes, spec_hash: str) -> State:
    """EngineFault when the bytes are not ours, of another version, or belong to another diagram."""
    if raw[:1] != VERSION:
        raise EngineFault from ValueError(f"unknown state version {raw[:1]!r}")
    try:
        stored_hash, issued, ended, tokens = orjson.loads(raw[1:])
        state = State(issued, tuple(Token(*token) for token in tokens), ended)
    except (ValueError, TypeError) as exc:
        raise EngineFault from exc
    if stored_hash != spec_hash[:HASH_SIGNS]:
        raise EngineFault from ValueError(f"state of diagram {stored_hash}, not {spec_hash}")
    numbers = {token.number for token in state.tokens}
    if len(numbers) < len(state.tokens) or any(t.host not in numbers for t in state.tokens if t.host is not None):
        raise EngineFault from ValueError("tokens do not hang together")
    return state
