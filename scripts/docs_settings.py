"""docs/settings.md: every setting, from the table in gateway/settings/; called by docs.py."""

from collections.abc import Iterator

from gateway.settings.schema import SECTIONS
from gateway.settings.setting_rows import Section, SettingRow, row_of

HEAD = """\
# Settings

Written by `scripts/docs.py` from the table in `gateway/settings/`, as `config/basic.properties` is. How that file is
read, checked and followed is in [running.md](running.md#settings). *Live*: a change counts within 2 s of saving the
file. *Restart*: it waits for the next start. *vendor*: a key of the vendor's own file; the others are ours. Relative
paths start from the folder of the file.

Each setting may also come from the environment, as `AGENTGATEWAY_<KEY>_FILE` (preferred: the path of a file that holds
the value) or `AGENTGATEWAY_<KEY>`, dots in the key written as `_`: [running.md](running.md#the-environment).
"""


def applies(row: SettingRow) -> str:
    return "Live" if row.live else "Restart"


def row_lines(section: type[Section]) -> Iterator[str]:
    yield "| setting | default | unit | allowed | change | whose | meaning |"
    yield "|---|---|---|---|---|---|---|"
    for attribute, field in section.model_fields.items():
        row = row_of(attribute, field)
        default = f"`{row.default}`" if row.default else ""
        meaning = row.description.replace("|", r"\|")
        whose = "vendor" if row.vendor else ""
        yield f"| `{row.key}` | {default} | {row.unit} | {row.allowed} | {applies(row)} | {whose} | {meaning} |"


def page() -> str:
    lines = [HEAD.rstrip()]
    for section in SECTIONS:
        lines += ["", f"## {(section.__doc__ or '').strip()}", "", *row_lines(section)]
    return "\n".join(lines) + "\n"
