"""Whatever stands in a file of settings or tables: it is taken, or its fault is told."""

from pathlib import Path
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.agents.agents_file import AgentsFileError, parse
from gateway.settings.files import FileContent, FileFault, parse_toml
from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError
from gateway.settings.properties import decode, read_properties
from gateway.settings.schema import ROWS
from tests.properties.profile import INPUTS

KEYS: Final = st.sampled_from([row.key for row in ROWS]) | st.text(max_size=12)
LINES: Final = st.lists(st.tuples(KEYS, st.sampled_from([" = ", "=", ":", " "]), st.text(max_size=30)), max_size=6)
TOML: Final = st.lists(
    st.sampled_from(
        ["[[agents]]", "[agents]", "id = 1", 'name = "', "=", "[", "]", '"', "'", "\n", "skills = [1", "1e9"]
    )
    | st.text(max_size=8)
).map("".join)


@INPUTS
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbfAUTHMODE = 1")
@example(b"A = \\u12")
@example(b"A = \\")
def test_any_bytes_are_properties(raw: bytes) -> None:
    read = read_properties(decode(raw))
    lines = decode(raw).count("\n") + decode(raw).count("\r") + 1
    assert all(1 <= entry.line <= lines for entry in read.entries.values())


@INPUTS
@given(LINES)
def test_settings_are_taken_or_refused(lines: list[tuple[str, str, str]]) -> None:
    text = "\n".join("".join(line) for line in lines)
    try:
        interpret(text.encode("utf-8", "surrogatepass"), Path("/etc/gateway/basic.properties"), {})
    except SettingsError:
        return


@INPUTS
@given(TOML)
def test_toml_is_taken_or_its_fault_told(text: str) -> None:
    try:
        parse_toml(text)
    except FileFault:
        return


@INPUTS
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_none(raw: bytes) -> None:
    try:
        text = FileContent(raw, 0o600, 0, 0).text()
    except FileFault:
        return
    assert "\r" not in text


@INPUTS
@given(TOML)
def test_a_file_of_agents_is_taken_or_refused(text: str) -> None:
    try:
        parse(text, Path("agents.toml"))
    except (AgentsFileError, FileFault):
        return
