"""The processes of a gateway with WORKERS, as the system tells them."""

from pathlib import Path

PROCESSES = Path("/proc")
ESTABLISHED = "01"


def workers_of(supervisor: int) -> dict[int, int]:
    """Process id -> number of each worker of this process, also of one that is leaving or not ready yet."""
    found = {}
    for folder in PROCESSES.iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except (OSError, ValueError, IndexError):
                continue  # It has just ended.
            if parent == supervisor and "--worker" in words:
                found[int(folder.name)] = int(words[words.index("--worker") + 1].partition(":")[0])
    return found


def runs(pid: int) -> bool:
    """Whether this process is there; one that has ended and was not waited for is not."""
    try:
        return (PROCESSES / str(pid) / "stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def connections_of(pid: int, port: int) -> int:
    """How many accepted connections to `port` this process holds."""
    rows = [line.split() for line in (PROCESSES / "net" / "tcp").read_text().splitlines()[1:]]
    here = {row[9] for row in rows if row[3] == ESTABLISHED and int(row[1].partition(":")[2], 16) == port}
    held = 0
    for file in (PROCESSES / str(pid) / "fd").iterdir():
        try:
            target = str(file.readlink())
        except OSError:
            continue
        held += target.removeprefix("socket:[").removesuffix("]") in here
    return held
