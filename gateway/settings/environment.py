"""Settings from the environment: `AGENTGATEWAY_<KEY>`, and `AGENTGATEWAY_<KEY>_FILE` for a file that holds the value.

Both are found by the names of the table. They win over the settings file, and `--set` wins over them.
"""

import difflib
import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.settings import files
from gateway.settings.files import FileFault
from gateway.settings.problems import Problem, shown_key
from gateway.settings.schema import BY_KEY
from gateway.settings.setting_rows import SettingRow

PREFIX: Final = "AGENTGATEWAY_"
IN_A_FILE: Final = "_FILE"
MOST_BYTES: Final = 65_536
"""Of a file that holds one value."""
_SERVICE_LINKS: Final = re.compile(r"AGENTGATEWAY_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_\d+_(TCP|UDP).*)")
"""What Kubernetes tells every container of a service that is called agentgateway."""


def _names() -> dict[str, tuple[SettingRow, bool]]:
    """Every name -> its row, and whether it names a file. A key of the table that ends in _FILE is that key."""
    plain = {PREFIX + key: row for key, row in BY_KEY.items()}
    plain |= {name.replace(".", "_").upper(): row for name, row in plain.items()}
    in_a_file = {name + IN_A_FILE: (row, True) for name, row in plain.items()}
    return in_a_file | {name: (row, False) for name, row in plain.items()}


NAMES: Final[Mapping[str, tuple[SettingRow, bool]]] = _names()


def take(environ: MutableMapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that are meant for us, taken out of `environ`, so that no child process inherits a secret."""
    ours = [name for name in environ if name.startswith(PREFIX) and not _SERVICE_LINKS.fullmatch(name)]
    return {name: environ.pop(name) for name in ours}


@dataclass
class Found:
    """What the environment says: by key of the table (text, name of the variable), and what is wrong with it."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read(variables: Mapping[str, str], folder: Path) -> Found:
    """What `variables` mean; relative paths start from `folder`. A file that one of them names is read now."""
    found = Found()
    for name in sorted(name for name in variables if name.startswith(PREFIX)):
        if name not in NAMES:
            found.warnings.append(_unknown(name))
            continue
        row, in_a_file = NAMES[name]
        if row.key in found.texts:
            other = found.texts[row.key][1]
            found.problems.append(Problem(name, "", "", f"{row.key} is given by {other} too: keep one of them"))
            continue
        text = variables[name].strip()
        if in_a_file:
            try:
                text = _value_of(row, folder / text)
            except FileFault as fault:
                found.problems.append(Problem(name, "", "", f"the file {text or 'without a name'} {fault}"))
                text = row.default
        found.texts[row.key] = text, name
    return found


def _value_of(row: SettingRow, path: Path) -> str:
    """The value that a file holds, without white space around it. Raises FileFault."""
    content = files.read_secret(path, MOST_BYTES) if row.secret else files.read(path, MOST_BYTES)
    return content.text().strip()


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.upper(), {known.upper(): None for known in NAMES}, n=1)
    known = next((known for known in NAMES if near and known.upper() == near[0]), "")
    return f"environment: unknown setting {shown_key(name)}" + (f"; the nearest known is {known}" if known else "")
