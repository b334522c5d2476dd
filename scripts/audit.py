"""Known weaknesses of what the lock file names, by pip-audit, and secrets in the repository, by detect-secrets.

Both are installed into .venv-tools with the first run. Where the network does not allow it, one line says what was not
run. An audit is not repeated for the same lock file within a day, one that was not run within an hour. Scanned are
files that have changed since the last clean scan. `--wait S` bounds what may be waited for the network, in s.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TOOLS: Final = ROOT / ".venv-tools"
PYTHON: Final = TOOLS / "bin" / "python"
LOCK: Final = ROOT / "requirements.lock"
DAY_S: Final = 86_400
HOUR_S: Final = 3_600
WANTED: Final = {"pip_audit": "pip-audit>=2.9,<3", "detect_secrets": "detect-secrets>=1.5,<2"}
TOO_EAGER: Final = ("KeywordDetector", "Base64HighEntropyString", "HexHighEntropyString", "BasicAuthDetector")
"""Plugins that take passwords of examples and tests for secrets; what is left knows keys and tokens by their form."""


def run(arguments: Sequence[str], wait_s: float) -> subprocess.CompletedProcess[str] | None:
    """None where it took longer."""
    try:
        return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=wait_s, check=False)
    except subprocess.TimeoutExpired:
        return None


def has(module: str, wait_s: float) -> bool:
    """Whether a tool is there, or can be installed in this time."""
    if not PYTHON.exists():
        venv.create(TOOLS, with_pip=True)
    known = [str(PYTHON), "-c", f"import {module}"]
    if (found := run(known, DAY_S)) is not None and found.returncode == 0:
        return True
    quick = ("--quiet", "--disable-pip-version-check", "--retries", "0", "--timeout", "3")
    installed = run([str(PYTHON), "-m", "pip", "install", *quick, WANTED[module]], wait_s)
    return installed is not None and installed.returncode == 0


def audit(wait_s: float) -> tuple[list[str], str]:
    """The known weaknesses, a line each; and why it was not run, "" where it was."""
    if not has("pip_audit", wait_s):
        return [], "pip-audit cannot be installed here"
    options = ("--disable-pip", "--require-hashes", "--timeout", "3", "--progress-spinner", "off", "--format", "json")
    done = run([str(PYTHON), "-m", "pip_audit", "--requirement", str(LOCK), *options], wait_s)
    if done is None or not done.stdout.startswith("{"):
        return [], "no source of known weaknesses answers"
    packages = json.loads(done.stdout)["dependencies"]
    if all("vulns" not in package for package in packages):
        return [], "the source of known weaknesses knows none of these packages"
    weak = [(package, weakness) for package in packages for weakness in package.get("vulns", ())]
    return [
        f"{of['name']} {of['version']}: {it['id']}, mended in {', '.join(it['fix_versions'])}" for of, it in weak
    ], ""


def told_of_packages(wait_s: float) -> bool:
    """Tells what the audit came to; whether all is well, as far as is known."""
    stamp = TOOLS / f".audited-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    age_s = time.time() - stamp.stat().st_mtime if stamp.exists() else DAY_S
    weak, why_not = json.loads(stamp.read_text("utf-8")) if age_s < DAY_S else ([], "")
    if age_s >= (HOUR_S if why_not else DAY_S):
        weak, why_not = audit(wait_s)
        stamp.write_text(json.dumps((weak, why_not)), "utf-8")
    if why_not:
        print(f"not run: audit of the locked packages ({why_not})")
    for line in weak:
        print(f"known weakness: {line}")
    return not weak


def changed_since(stamp: Path) -> list[str]:
    """The files to scan: all, or those changed since the commit of the last clean scan."""
    mark = stamp.read_text("utf-8").strip() if stamp.exists() else ""
    listed = ["git", "ls-files"] if not mark else ["git", "diff", "--name-only", "--diff-filter=d", mark]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    new = ["git", "ls-files", "--others", "--exclude-standard"]
    found += subprocess.run(new, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [name for name in found if name and not name.endswith(".lock") and (ROOT / name).is_file()]


def told_of_secrets(wait_s: float) -> bool:
    """Tells which files hold keys or tokens; whether none does, as far as is known."""
    if not has("detect_secrets", wait_s):
        print("not run: scan for secrets (detect-secrets cannot be installed here)")
        return True
    stamp = TOOLS / ".scanned"
    files = changed_since(stamp)
    quiet = [part for name in TOO_EAGER for part in ("--disable-plugin", name)]
    done = run([str(PYTHON), "-m", "detect_secrets", "scan", "--no-verify", *quiet, *files], DAY_S) if files else None
    found = json.loads(done.stdout)["results"] if done is not None else {}
    for name, places in found.items():
        for place in places:
            print(f"{name}:{place['line_number']}: {place['type']}")
    if not found:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
        stamp.write_text(head.stdout, "utf-8")
    return not found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wait", type=float, default=120, help="s to wait for the network, at most")
    wait_s = parser.parse_args().wait
    TOOLS.parent.mkdir(exist_ok=True)
    if not PYTHON.exists():
        venv.create(TOOLS, with_pip=True)
    well = [told_of_packages(wait_s), told_of_secrets(wait_s)]
    sys.exit(0 if all(well) else 1)


if __name__ == "__main__":
    main()
