"""Writes requirements.txt and requirements-dev.txt anew from their .in files, for Python 3.11 and every later one."""

import importlib.util
import subprocess
import sys
from pathlib import Path

HEADER = "# Locked by `make lock` from {source}. Don't edit.\n"


def lock(source: str, target: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"),
            *("--no-header", "--no-annotate", "--quiet", source),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    Path(target).write_text(HEADER.format(source=source) + done.stdout, encoding="utf-8")


def main() -> None:
    if importlib.util.find_spec("uv") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    lock("requirements.in", "requirements.txt")
    lock("requirements-dev.in", "requirements-dev.txt")


if __name__ == "__main__":
    main()
