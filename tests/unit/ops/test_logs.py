"""What the process tells about itself."""

import asyncio
import errno
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import click
import pytest

from gateway.ops import logs, request_context
from gateway.wire.http import Request


def test_a_gateway_whose_ready_line_nobody_can_take_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_message: Any) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(click, "echo", full)
    logs.say_ready(["http://127.0.0.1:8000"])
    assert "cannot be written to stdout: No space left on device" in caplog.text


def test_the_ready_line_names_the_urls(capsys: pytest.CaptureFixture[str]) -> None:
    logs.say_ready(["http://127.0.0.1:8000", "https://127.0.0.1:8043"])
    assert capsys.readouterr().out == "ready http://127.0.0.1:8000 https://127.0.0.1:8043\n"


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the handlers that `setup_logs` sets up would write."""
    root, found = logging.getLogger(), list[str]()
    former, level = list(root.handlers), root.level

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    root.handlers = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "_handler", Kept)
        yield found
    root.handlers = former
    root.setLevel(level)


def test_as_json_each_line_is_an_object(lines: list[str]) -> None:
    logs.setup_logs("INFO", 3, as_json=True)
    logging.getLogger("gateway.of.test").warning('a "%s" line', "quoted\n")
    [line] = [json.loads(text) for text in lines]
    moment = datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() is not None
    assert line == {"level": "WARNING", "logger": "gateway.of.test", "message": 'a "quoted\n" line', "worker": 3}
    assert "\n" not in lines[0]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_crash_is_told_without_its_text(lines: list[str], as_json: bool) -> None:
    logs.setup_logs("INFO", as_json=as_json)
    try:
        raise ValueError("redis://user:secret@host")
    except ValueError:
        logging.getLogger("gateway.of.test").exception("it failed")
    assert "ValueError in test_a_crash" in lines[0]
    assert "secret" not in lines[0]


@pytest.mark.parametrize(("as_json", "says"), [(False, "done [request abc-123]"), (True, '"request": "abc-123"')])
async def test_a_line_names_the_request_that_it_is_about(lines: list[str], as_json: bool, says: str) -> None:
    logs.setup_logs("INFO", as_json=as_json)

    async def answer() -> None:
        request_context.CURRENT.set(cast(Request, SimpleNamespace(headers={}, remote="", id="abc-123")))
        logging.getLogger("gateway.of.test").info("done")

    await asyncio.create_task(answer())
    logging.getLogger("gateway.of.test").info("afterwards")
    assert says in lines[0]
    assert "abc-123" not in lines[1]


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_gathered_line_names_its_own_request_though_another_is_answered_by_then(
    tmp_path: Path, as_json: bool
) -> None:
    root, said = logging.getLogger(), tmp_path / "log"
    former, level = list(root.handlers), root.level
    with said.open("w") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", file)
        logs.setup_logs("INFO", as_json=as_json)
        strangers = logging.getLogger(logs.GATHERED[-1])

        async def answer(name: str, log: Callable[[], None]) -> None:
            request_context.CURRENT.set(cast(Request, SimpleNamespace(headers={}, remote="", id=name)))
            log()

        for name, words in (("first", "one"), ("second", "one"), ("", "one"), ("third", "two"), ("fourth", "two")):
            await asyncio.create_task(answer(name, partial(strangers.warning, words)))
        await asyncio.create_task(answer("last", root.handlers[0].flush))
    root.handlers = former
    root.setLevel(level)
    found = re.findall(r'\[request (\w*)|"request": "(\w*)"', said.read_text())
    assert ["".join(each) for each in found] == ["first", "third", "fourth"]
