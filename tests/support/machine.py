"""A machine for units: systemd as process 1 of namespaces of its own, with a file system and a loopback of its own.

It has the programs of this machine, the installation that the unit of config/deploy/systemd describes, and no unit but
that with its sockets and the targets that they need.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from tests.support.gateway import ROOT
from tests.support.systemd import SERVICE, SOCKETS

SYSTEMD = Path("/usr/lib/systemd/systemd")
BOOTS_S = 60
ENDS_S = 600
TARGETS = ("sysinit", "basic", "sockets", "shutdown", "network-online")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
BOOT = """
set -e
umask 022
mount --make-rprivate /
mkdir -p "$ROOT/../cgroups"; mount -t cgroup2 none "$ROOT/../cgroups"
mkdir "$ROOT/../cgroups/$NAME"; echo $$ > "$ROOT/../cgroups/$NAME/cgroup.procs"
exec unshare --cgroup --pid --fork --net --uts --ipc --mount --kill-child sh -c '
    set -e
    mount --bind "$ROOT" "$ROOT"; cd "$ROOT"
    mount --rbind /usr usr
    mount --bind "$PYTHON" opt/python
    mount --bind "$CODE/gateway" opt/agentgateway/gateway
    mount --bind "$SITE" "opt/agentgateway/$LIBRARY"
    mount --bind link.pth "opt/agentgateway/$LIBRARY/agentgateway.pth"
    mount -t proc proc proc; mount -t sysfs sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -t tmpfs tmpfs run; mount -t tmpfs -o mode=1777 tmpfs tmp
    mount -t tmpfs -o mode=755 tmpfs dev; mkdir dev/shm dev/pts
    for each in $DEVICES; do touch dev/$each; mount --bind /dev/$each dev/$each; done
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
    ip link set lo up
    pivot_root . old; umount -l old
    exec env -i container=test PATH=/usr/sbin:/usr/bin SYSTEMD_UNIT_PATH=/etc/systemd/system \
        /usr/lib/systemd/systemd --system --unit=sockets.target --log-target=null
'
"""
EMPTY = """
mount --make-rprivate /; mount -t cgroup2 none "$ROOT/../cgroups"
find "$ROOT/../cgroups/$NAME" -depth -type d -exec rmdir {} +
"""
FILES = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nagentgateway:x:990:990::/var/lib/agentgateway:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\nagentgateway:x:990:\n",
    "etc/machine-id": f"{token_hex(16)}\n",
    "etc/systemd/system/agentgateway.service.d/test.conf": "[Service]\nEnvironment=LD_LIBRARY_PATH=/opt/python/lib\n"
    "StandardOutput=append:/var/log/gateway\nStandardError=append:/var/log/gateway\n",
    "opt/agentgateway/.venv/pyvenv.cfg": "home = /opt/python/bin\ninclude-system-site-packages = false\n",
    "opt/agentgateway/.venv/bin/agentgateway": "#!/bin/sh\n"
    'exec /opt/agentgateway/.venv/bin/python -P -m gateway "$@"\n',
    "link.pth": "/opt/agentgateway\n",
}
"""The command and the link are as scripts/setup makes them."""
FOLDERS = ("usr", "proc", "sys", "dev", "run", "tmp", "root", "home", "old", "var/lib", "var/log", "opt/python")


class Machine:
    """`root` is its file system; `service` has the state of the gateway's unit."""

    def __init__(self, root: Path, first: int) -> None:
        self.root = root
        self.config = root / "etc/agentgateway/basic.properties"
        self._first = first

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command there."""
        words = ["nsenter", f"--target={self._first}", "--all", *command]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=ENDS_S)

    def ask(self, script: str) -> subprocess.Popen[str]:
        """A Python script with the network of there, and its output."""
        words = ["nsenter", f"--target={self._first}", "--net", sys.executable, "-c", script]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    def ctl(self, *words: str) -> int:
        """Exit code of systemctl."""
        return self.run("systemctl", *words).returncode

    def show(self, key: str, unit: str = "agentgateway.service") -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", unit, f"--property={key}", "--value").stdout.strip()

    @property
    def log(self) -> str:
        """What the gateway has written."""
        return (self.root / "var/log/gateway").read_text("utf-8")


def _install(root: Path, library: Path) -> None:
    for folder in (*FOLDERS, "opt/agentgateway/gateway", f"opt/agentgateway/{library}"):
        (root / folder).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "opt/agentgateway/.venv/bin/agentgateway").chmod(0o755)
    (root / "opt/agentgateway/.venv/bin/python").symlink_to(
        f"/opt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    )
    units = root / "etc/systemd/system"
    for unit in (SERVICE, *SOCKETS):
        shutil.copy(unit, units)
    for name in TARGETS:
        needs = "".join(f"Requires={unit.name}\n" for unit in SOCKETS) if name == "sockets" else ""
        (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\n{needs}", "utf-8")
    shutil.copytree(ROOT / "config", root / "etc/agentgateway", ignore=shutil.ignore_patterns("deploy"))


def why_not() -> str:
    """What is missing for a machine here, "" for nothing."""
    if os.geteuid() != 0:
        return "systemd as process 1 needs root"
    missing = [name for name in ("unshare", "nsenter", "pivot_root", "ip") if shutil.which(name) is None]
    if missing or not SYSTEMD.exists():
        return f"systemd as process 1 needs {', '.join(missing) or SYSTEMD}"
    return ""


@contextmanager
def machine(folder: Path) -> Iterator[Machine | None]:
    """One that has booted, or None where this machine does not let it."""
    root, library = folder / "root", Path(".venv/lib") / f"python{sys.version_info.major}.{sys.version_info.minor}"
    library /= "site-packages"
    before = os.umask(0o022)  # The service has a user of its own, who is to get in.
    try:
        _install(root, library)
    finally:
        os.umask(before)
    site = Path(sys.prefix) / library.relative_to(".venv")
    values = {
        **os.environ,
        "ROOT": str(root),
        "NAME": f"gateway-test-{token_hex(4)}",
        "PYTHON": sys.base_prefix,
        "CODE": str(ROOT),
        "SITE": str(site),
        "LIBRARY": str(library),
        "DEVICES": " ".join(DEVICES),
    }
    log = folder / "boot.log"
    with log.open("wb") as sink:
        outer = subprocess.Popen(["unshare", "--mount", "sh", "-c", BOOT], env=values, stdout=sink, stderr=sink)
    try:
        yield _booted(root, outer)
    finally:
        for first in _children(outer.pid):
            os.kill(first, signal.SIGKILL)  # With it all others there end, and so does `outer`.
        outer.wait()
        subprocess.run(["unshare", "--mount", "sh", "-c", EMPTY], env=values, check=False, timeout=BOOTS_S)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _booted(root: Path, outer: subprocess.Popen[bytes]) -> Machine | None:
    until_s = time.monotonic() + BOOTS_S
    while outer.poll() is None and time.monotonic() < until_s:
        for first in _children(outer.pid):
            made = Machine(root, first)
            if made.show("ActiveState", "sockets.target") == "active":
                return made
        time.sleep(0.05)
    return None
