"""Before the tests: is there a Chromium on PATH? As root on Debian or Ubuntu it is installed, else we say how."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def is_there() -> bool:
    return any(shutil.which(name) for name in NAMES)


def install() -> bool:
    """True when apt-get brought one."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Memasang Chromium untuk uji di peramban ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return False
    return is_there()


def main() -> int:
    if is_there() or install():
        return 0
    print(
        "Chromium tidak ditemukan, jadi uji di peramban tidak dijalankan.\n"
        "Pasang dulu, contoh di Debian/Ubuntu: sudo apt-get install chromium",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    raise SystemExit(main())
