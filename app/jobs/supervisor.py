"""Keeps a few child processes alive, and ends them together and in order."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_STEADY_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Linux: a supervisor that is killed outright takes its children along."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process. `wait`: seconds before the next start, doubling while it keeps dying young."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = field(default=_FIRST_WAIT)
    due: float = 0.0

    def start(self) -> None:
        # Its own session: Ctrl-C at the terminal reaches the supervisor only, which ends the children in order.
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> None:
        """Notice a death, and start again when its time has come."""
        if self.alive:
            return
        now = time.monotonic()
        if self.process is not None:
            self.wait = _FIRST_WAIT if now - self.started > _STEADY_SECONDS else min(self.wait * 2, _LONGEST_WAIT)
            self.due = now + self.wait
            log.error("%s ended (%s); starting again in %.1f s", self.name, self.process.returncode, self.wait)
            self.process = None
        elif now >= self.due:
            self.start()

    def stop(self, patience: float) -> None:
        """SIGTERM to the process; what still runs after `patience` seconds is killed with its whole session."""
        if self.process is None or not self.alive:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            log.error("%s does not stop; killing it", self.name)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """`children` start in order and stop in reverse order."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.stopping = threading.Event()

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def tend_until_stopped(self) -> None:
        while not self.stopping.wait(0.25):
            for child in self.children:
                child.tend()

    def stop(self, patience: float = 20.0) -> None:
        for child in reversed(self.children):
            child.stop(patience)
