import io
import sys

import pytest

from gateway.commands.tables import columns, figures, show_rows, table

ESCAPE = "\x1b"


class Terminal(io.StringIO):
    """What rich takes for one."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> str:
    """What is drawn there."""
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    return table([("state",), ("lagging",)])


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table([("agent", "since"), (101, "now"), (999_999, "")]) == "agent   since\n101     now\n999999"


def test_what_clients_say_is_no_markup() -> None:
    assert table([("client",), ("[bold]x[/] :smile:",)]) == "client\n[bold]x[/] :smile:"


def test_no_cell_is_cut_where_nobody_looks_at_a_terminal() -> None:
    assert len(table([("client",), ("x" * 5000,)]).splitlines()[1]) == 5000


def test_values_are_as_people_read_them() -> None:
    assert columns([{"a_b": None, "c": [True, 3]}], ("a_b", "c")) == "a b  c\n-    yes, 3"


def test_figures_stand_one_a_line() -> None:
    assert figures({"kind": "redis", "sessions": 12}) == "kind      redis\nsessions  12"


def test_a_terminal_has_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert f"{ESCAPE}[33mlagging" in on_a_terminal(monkeypatch)


def test_with_no_color_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert f"{ESCAPE}[33m" not in on_a_terminal(monkeypatch)  # Bold is no colour.


def test_what_is_written_to_a_file_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ESCAPE not in table([("state",), ("lagging",)])


@pytest.mark.parametrize(
    ("as_json", "said"),
    [(False, "key  API keys\nk1   2\n"), (True, '[\n  {\n    "key": "k1",\n    "API_keys": 2\n  }\n]\n')],
)
def test_rows_are_for_people_or_for_programs(capsys: pytest.CaptureFixture[str], as_json: bool, said: str) -> None:
    show_rows(("key", "API keys"), [("k1", 2)], as_json=as_json)
    assert capsys.readouterr().out == said
