"""What the process tells about itself."""

import errno
from typing import Any

import click
import pytest

from gateway.ops import logs


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
