import asyncio

import pytest

from gateway.ops import process
from gateway.ops.process import run_on_event_loop


async def loop_module() -> str:
    return type(asyncio.get_running_loop()).__module__.split(".", maxsplit=1)[0]


@pytest.mark.parametrize(("name", "module"), [("auto", "uvloop"), ("uvloop", "uvloop"), ("asyncio", "asyncio")])
def test_the_loop_is_the_one_that_the_setting_names(name: str, module: str) -> None:
    pytest.importorskip("uvloop")
    assert run_on_event_loop(loop_module(), name) == module


def test_where_uvloop_is_not_installed_the_loop_is_that_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "uvloop_is_installed", lambda: False)
    assert run_on_event_loop(loop_module()) == "asyncio"
