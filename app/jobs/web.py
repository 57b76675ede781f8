"""The web processes: `python -m app.jobs.web`, which becomes gunicorn with the settings of this machine."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from app.adapters import private
from app.config import Config
from app.web.metrics import SHARED


def command(config: Config) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{config.host}:{config.port}"),
        *("--worker-class", "gthread", "--threads", str(config.threads), "--workers", str(config.processes)),
        *("--timeout", "60", "--graceful-timeout", "15", "--keep-alive", "5"),
        *("--log-level", "warning", "--no-control-socket"),
    ]


def figures_folder(config: Config) -> Path:
    """Where the web processes of this machine add up what they counted; empty at every start."""
    folder = config.data_dir / f"metrik-{config.port}"
    shutil.rmtree(folder, ignore_errors=True)
    private.folder(folder)
    return folder


def main(environ: Mapping[str, str] = os.environ) -> None:
    config = Config.from_env(environ)
    line = command(config)
    os.execve(line[0], line, {**environ, SHARED: str(figures_folder(config))})


if __name__ == "__main__":
    main()
