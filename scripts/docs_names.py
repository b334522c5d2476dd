"""The names that pages may use: settings, commands and their options, routes, operations, events, retcodes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from gateway.admin.console_sessions import WHY as CONSOLE_ENDS
from gateway.backend import EndReason
from gateway.cli import main
from gateway.contact_centre import event_catalogue as catalogue
from gateway.interface.operation import Operation
from gateway.rows import ALL_OPERATIONS
from gateway.settings.environment import NAMES
from gateway.settings.schema import BY_KEY
from gateway.wire.retcodes import MESSAGES

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = re.compile(r"(?ms)^ *```\w*\n(?P<block>.*?)^ *```$|`(?P<span>[^`]+)`")
SETTING: Final = re.compile(r"(?<![\w$%{<-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)|(?<=`)[A-Z]{3,}(?= = |`)")
SHELL_VARIABLE: Final = re.compile(r"(?m)^\$ (?:export )?([A-Z_]+)=")
RETCODE: Final = re.compile(r"`(\d{3}-\d{3})`")
EVENT: Final = re.compile(r"\b(?:Agent(?:State|Event|Other|Conf|Chat|MediaEvent)|QC)_\w+")
COMMAND: Final = re.compile(r"(?:^|(?<=[\s`/(]))agentgateway ([a-z-][^`\n|>&)]*(?:\|\w[^`\n|>&)]*)*)")
SCRIPT_OPTION: Final = re.compile(r"scripts/[\w.-]+((?: +[^`\s]+)*)")
ROUTE: Final = re.compile(
    r"^(?:(GET|PUT|POST|DELETE|HEAD) )?(?:/agentgateway/resource/|\$[AB]/)?([a-z]+/[^\s?]*)(?:\?\S*)?$"
)
TYPED_ROUTE: Final = re.compile(r"(?:-X (GET|PUT|POST|DELETE) )?(?:-H \S+ \S+ )?\"?\$[AB]/([\w/$-]+)")
OWN_ROUTE: Final = re.compile(
    r"^(?:(?:GET|PUT|POST|DELETE) )?(/(?:gateway|rest|sim|metrics|sessions|adoption)(?![\w-])[\w/{}.-]*)"
)
OPERATION_TABLE: Final = re.compile(r"(?m)^\| Operation \|.*\n\|[-|]+\n((?:\|.*\n)+)")
METHODS: Final = frozenset({"GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"})
OTHER_WORDS: Final = frozenset(
    {
        "TIME",
        "WAIT",
        "NOREPLICAS",
        "READONLY",
        "READY",
        "OBSERVE",
        "SIGNOUT",
        "INFO",
        "XADD",
        "XREVRANGE",
        "NOTIFY_SOCKET",
    }
)
CONTENT_TYPES: Final = frozenset({"QC_AgentState_Login", "QC_AgentState_Logout"})
"""Values of an event's `subtype` that look like events."""
PLACES: Final = ("-", "[", "$")
"""What begins so stands for options or for any number of words."""
Found = tuple[int, str]


class Names:
    """All names, gathered once; `unknown` finds in a page those that mean nothing."""

    def __init__(self) -> None:
        self._events = {row.name for row in catalogue.ROWS} | CONTENT_TYPES
        self._own_routes = {found for text in _texts("gateway") for found in re.findall(r'"(/[a-z][\w/{}.-]*)"', text)}
        self._scripts = "\n".join(_texts("scripts"))
        self._options = "\n".join(
            (self._scripts, *_texts("tests/failover"), *_texts("tests/load"), *_texts("tests/security"))
        )
        self._groups = {row.path.split("/")[0] for row in ALL_OPERATIONS}
        self._operations = {row.name for row in ALL_OPERATIONS} | {
            part for row in ALL_OPERATIONS for part in row.path.split("/") if not part.startswith("{")
        }

    def unknown(self, text: str) -> Iterator[Found]:
        """Where in the page, and what is wrong there."""
        yield from self._settings(text)
        yield from (
            (found.start(), f"no retcode {found[1]}") for found in RETCODE.finditer(text) if found[1] not in MESSAGES
        )
        yield from (
            (found.start(), f"no event {found[0]}") for found in EVENT.finditer(text) if found[0] not in self._events
        )
        yield from self._operation_tables(text)
        for code in CODE.finditer(text):
            if code["span"] is not None:
                yield from ((code.start(), what) for what in self._in_span(re.sub(r"\s+", " ", code["span"])))
            else:
                yield from ((code.start("block") + offset, what) for offset, what in self._in_block(code["block"]))

    def _settings(self, text: str) -> Iterator[Found]:
        known = (
            BY_KEY.keys()
            | NAMES.keys()
            | EndReason.__members__.keys()
            | CONSOLE_ENDS.keys()
            | OTHER_WORDS
            | METHODS
            | self._events
            | set(SHELL_VARIABLE.findall(text))
        )
        for found in SETTING.finditer(text):
            if found[0] not in known and not re.search(rf"\b{found[0]}\b", self._scripts):
                yield found.start(), f"no setting {found[0]}"

    def _operation_tables(self, text: str) -> Iterator[Found]:
        for table in OPERATION_TABLE.finditer(text):
            for line in re.finditer(r"(?m)^\| (.*?) \|", table[1]):
                for name in re.findall(r"`([A-Za-z]+)`", line[1]):
                    if name not in self._operations:
                        yield table.start(1) + line.start(), f"no operation {name}"

    def _in_span(self, span: str) -> Iterator[str]:
        yield from _commands(span)
        yield from self._script_options(span)
        own = OWN_ROUTE.match(span)
        if own and not self._is_own(own[1]):
            yield f"no route {own[1]}"
        route = ROUTE.match(span)
        if route and route[2].split("/")[0] in self._groups and not _is_route(route[1], route[2]):
            yield f"no route {route[1] or ''} {route[2]}"

    def _in_block(self, block: str) -> Iterator[Found]:
        offset = 0
        for line in block.splitlines(keepends=True):
            yield from ((offset, what) for what in (*_commands(line), *self._script_options(line)))
            for found in TYPED_ROUTE.finditer(line):
                if not _is_route(found[1], found[2]):
                    yield offset, f"no route {found[1] or ''} {found[2]}"
            offset += len(line)

    def _is_own(self, path: str) -> bool:
        asked = path.rstrip("./")
        return any(known == asked or known.startswith(asked + "/") for known in self._own_routes)

    def _script_options(self, text: str) -> Iterator[str]:
        for found in SCRIPT_OPTION.finditer(text):
            for word in found[1].split():
                if word.startswith("--") and word != "--set" and f'"{word}"' not in self._options:
                    yield f"no script has the option {word}"


def _texts(folder: str) -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob("*")):
        if path.is_file() and path.suffix in {"", ".py"} and "__pycache__" not in path.parts:
            yield path.read_bytes().decode("utf-8", "replace")


def _commands(text: str) -> Iterator[str]:
    for found in COMMAND.finditer(text):
        try:
            words = shlex.split(found[1])
        except ValueError:
            words = found[1].split()
        yield from _command(iter(words))


def _command(words: Iterator[str]) -> Iterator[str]:
    """Follows the words into the command, its options and its arguments; what is no command ends it."""
    command: click.Command = main
    context = click.Context(main)
    given = 0
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            wanted = [command.get_command(context, name) for name in word.split("|")]
            if None in wanted:
                yield f"no command agentgateway ... {word}"
                return
            command = wanted[0] or command
        elif word.startswith("--") and word != "--":
            name, _, value = word.partition("=")
            option = next((one for one in command.params if name in (*one.opts, *one.secondary_opts)), None)
            if option is None and name != "--help":
                yield f"agentgateway {command.name} has no option {word}"
            elif isinstance(option, click.Option) and not option.is_flag and not value:
                next(words, None)
        elif not word.startswith(PLACES):
            given += 1
    most = [one.nargs for one in command.params if isinstance(one, click.Argument)]
    if given > sum(most) and -1 not in most:
        yield f"agentgateway ... {command.name} takes {sum(most)} arguments, not {given}"


def _is_route(method: str | None, path: str) -> bool:
    """Whether an operation has it; `{name}`, `<name>` and `$NAME` stand for anything, a slash at the end for more."""
    asked = path.split("/")
    return any(_fits(asked, row) and method in (None, row.method) for row in ALL_OPERATIONS)


def _fits(asked: list[str], row: Operation) -> bool:
    has = row.path.split("/")
    if asked[-1] in {"", "..."}:
        asked, has = asked[:-1], has[: len(asked) - 1]
    return len(asked) == len(has) and all(
        part.startswith("{") or wanted[:1] in {"{", "<", "$"} or wanted.lower() == part.lower()
        for wanted, part in zip(asked, has, strict=True)
    )
