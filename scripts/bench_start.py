"""What a start costs: CPU time of a gateway process up to its ready line, and its memory there.

`scripts/bench-start [--starts N]`: with the shipped settings on two ports of its own, and with an admin listener too.
The settings take turns, so that other load counts for both; the first start of each makes certificate and bytecode, and
is not counted. Told are minimum, median and maximum of user and system time, in s, and the median of resident memory.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.gateway import CONFIG, ROOT
from tests.support.servers import free_port

WANTED: Final[Mapping[str, Mapping[str, str]]] = {
    "as shipped": {},
    "with an admin listener": {"ADMIN_TOKEN_FILE": "admin.token"},
}
MIB: Final = 2**20


class Start(NamedTuple):
    """User and system time up to the ready line, in s, and resident memory there, in bytes."""

    cpu_s: float
    memory: int


def start(folder: Path, settings: Mapping[str, str]) -> Start:
    """Starts a gateway and kills it at its ready line. Raises RuntimeError where none comes."""
    own = {"VAR_DIR": str(folder / "var"), "HTTP_PORT": str(free_port()), "HTTPS_PORT": str(free_port())}
    if "ADMIN_TOKEN_FILE" in settings:
        own |= {"ADMIN_PORT": str(free_port()), "ADMIN_TOKEN_FILE": str(folder / settings["ADMIN_TOKEN_FILE"])}
    sets = [part for key, value in own.items() for part in ("--set", f"{key}={value}")]
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "gateway", "serve", "--config", str(CONFIG), *sets],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**plain, "PYTHONUNBUFFERED": "1", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")},
    )
    assert running.stdout is not None
    ready = running.stdout.readline().startswith(b"ready ")
    pages = int(Path(f"/proc/{running.pid}/statm").read_text("ascii").split()[1]) if ready else 0
    running.send_signal(signal.SIGKILL)
    used = os.wait4(running.pid, 0)[2]
    running.returncode = -signal.SIGKILL
    running.stdout.close()
    if not ready:
        raise RuntimeError("a gateway did not become ready")
    return Start(used.ru_utime + used.ru_stime, pages * os.sysconf("SC_PAGE_SIZE"))


def main(starts: int) -> None:
    found: dict[str, list[Start]] = {name: [] for name in WANTED}
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        for turn in range(starts + 1):
            for name, settings in WANTED.items():
                taken = start(Path(folder), settings)
                if turn:
                    found[name].append(taken)
    for name, all_of_it in found.items():
        cpu = [each.cpu_s for each in all_of_it]
        memory = statistics.median(each.memory for each in all_of_it) / MIB
        spread = f"{min(cpu):.2f} / {statistics.median(cpu):.2f} / {max(cpu):.2f} s of CPU"
        print(f"start {name}: {spread} (min / median / max of {starts}), {memory:.0f} MiB")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--starts", type=int, default=25)
main(parser.parse_args().starts)
