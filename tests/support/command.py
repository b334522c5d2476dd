"""`agentgateway` commands in this process, asking an admin listener of the test."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

from gateway.admin.route import AdminCall, AdminRoute
from gateway.cli import main
from tests.support.admin import serving, token_file
from tests.support.gateway import CONFIG

IN_TURN: Final = """
import contextlib, io, json, sys

def in_turn(commands):
    from gateway.cli import main
    for words in commands:
        said, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
            try:
                main(words)
                code = 0
            except SystemExit as end:
                code = end.code
            except BaseException as error:
                code = repr(error)
        yield code, errors.getvalue(), bool(said.getvalue())

print(json.dumps(list(in_turn(json.loads(sys.argv[1])))))
"""
"""A program for a Python of its own that runs commands one after the other; for `answers_in_turn`."""


def answers_in_turn(commands: Iterable[Sequence[str]], printed: str) -> dict[str, Any]:
    """What IN_TURN printed: by command its exit code, what it wrote as an error, and whether it said something."""
    return {" ".join(words): tuple(told) for words, told in zip(commands, json.loads(printed), strict=True)}


class Page:
    """An admin route that answers with given values, one after the other, the last one for ever; keeps what came."""

    def __init__(self, method: str, path: str, *answers: object) -> None:
        self.calls: list[AdminCall] = []
        self.route = AdminRoute(method, path, self._answer)
        self._answers = list(answers)

    async def _answer(self, call: AdminCall) -> object:
        self.calls.append(call)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


async def command(folder: Path, pages: Sequence[Page], *words: str, typed: str = "") -> Result:
    """Runs `agentgateway` with these words; `typed` is what somebody types."""
    token_file(folder)
    async with serving([page.route for page in pages]) as operator:
        return await asyncio.to_thread(run, folder, operator.port, *words, typed=typed)


def run(folder: Path, port: int, *words: str, typed: str = "") -> Result:
    """Runs `agentgateway` with these words, against the admin listener at `port`."""
    sets = [f"--set=ADMIN_PORT={port}", f"--set=ADMIN_TOKEN_FILE={folder / 'admin.token'}"]
    return CliRunner().invoke(main, [*words, f"--config={CONFIG}", *sets], input=typed)
