"""What goes into the engine and what comes out. Everything here is data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class CaseData:
    """What conditions see: the whole case's data, not one token's.

    `answers`: step id -> field id -> value, latest visit; `visits`: step id -> completed visits.
    The caller has already put the answers of the step being completed into it.
    """

    answers: Answers = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """Create the instance; `state` passed to advance() must be None."""


@dataclass(frozen=True)
class Complete:
    """A human task, or a service task whose job has run, is done."""

    token: str


@dataclass(frozen=True)
class Fire:
    """A drawn timer is due."""

    token: str


@dataclass(frozen=True)
class Message:
    """A message a catch event may be waiting for (e.g. `penarikan`). Nobody waiting: EngineFault."""

    name: str


@dataclass(frozen=True)
class Reopen:
    """A case that has ended goes on at this human task, as if it had just been reached. Not ended: EngineFault.

    `beside`: events that catch a message and wait again, as they did before the end.
    """

    step: str
    beside: tuple[str, ...] = ()


Moving = Start | Complete | Fire | Message
Event = Moving | Reopen


@dataclass(frozen=True)
class OpenedTask:
    """A human task became ready. `token` is unique and stable within the case."""

    token: str
    step: str


@dataclass(frozen=True)
class OpenedJob:
    """A service task is waiting for its job to run; completed by Complete(token)."""

    token: str
    step: str


@dataclass(frozen=True)
class OpenedTimer:
    """A drawn timer started. `due_at` is set when the diagram gives an ISO duration or date;
    None means: the length stands in the ikmt under `batas` for `element`, in working time, and the caller
    computes it.
    `task` is the token of the task it is attached to, None for an intermediate timer."""

    token: str
    element: str
    due_at: datetime | None
    task: str | None


@dataclass(frozen=True)
class Closed:
    """A token that was open before this step is open no more.

    `cancelled`: closed by the engine, not by Complete/Fire.
    """

    token: str
    element: str
    cancelled: bool


@dataclass(frozen=True)
class Advance:
    """The result of one step. `state` replaces the stored one.

    `passed`: element ids this step ran through, in order (tasks completed, gateways, events).
    `ended`: id of the end event that ended the case, else None.
    """

    state: bytes
    opened: tuple[OpenedTask, ...] = ()
    jobs: tuple[OpenedJob, ...] = ()
    timers: tuple[OpenedTimer, ...] = ()
    closed: tuple[Closed, ...] = ()
    passed: tuple[str, ...] = ()
    ended: str | None = None
