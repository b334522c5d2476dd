"""How far a newcomer has to walk: traces requests through the running gateway on a real Redis or Valkey.

`scripts/walk [--quiet] [--check | --write]` signs an agent in and follows three walks: a `sayfree` with its event, a
poll that is woken by it, and a request whose GUID is refused. It prints each function once, in order, then the table
that stands in docs/architecture.md. Counted are the functions and files of gateway/ that run from the first byte of the
request to the last of its answer, and the round trips to Redis that come one after the other. Each walk is gone several
times, and what did not run every time is left out: a periodic job, a new second's date, an answer that came late. With
`--check` a figure may be a twentieth larger, and a small one by one: machines differ in how the bytes arrive.
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

from gateway.redis_store.connection import RedisConnection
from gateway.sessions.guid import new_secret_line
from tests.support.desk import Desk
from tests.support.gateway import running_gateway
from tests.support.servers import Servers

ROOT = Path(__file__).parents[1]
PACKAGE = f"{ROOT / 'gateway'}/"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- walks: made by scripts/walk -->", "<!-- end of walks -->"
PREFIX = "/agentgateway/resource"
WRONG = "00000000-0000-0000-0000-000000000000.AgentGateway0"
QUICK = {"AGENT_POLL_WAIT_INTERVAL": "200", "AGENT_POLL_WAIT_TIMES": "2"}
VERDICTS = {("sessions/rules.py", "is_current"), ("sessions/rules.py", "check")}
GENERATED = ("client/operations", "client/blocking_operations")
BYTES_TO_VERDICT = ("listeners", "wire", "edge", "sessions", "redis_store")
TOOLS = ("client", "commands", "desk", "doctor", "kit", "openapi", "sim", "sim_pages")
ROUNDS = 4
TRIES = 3
MAY_GROW = 1.05
FIGURE = re.compile(r"[0-9][0-9,]*")


@dataclass
class Walk:
    """What ran between the first byte of a request and the last of its answer."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    trips: int = 0
    verdict_at: int = 0

    def see(self, code: CodeType) -> None:
        name = code.co_filename.removeprefix(PACKAGE)
        if name == code.co_filename or code.co_name.startswith("<"):
            return
        step = name, code.co_qualname
        if step not in self.steps:
            self.steps.append(step)
        if (name, code.co_name) in VERDICTS and not self.verdict_at:
            self.verdict_at = len(self.steps)

    @property
    def files(self) -> list[str]:
        """The files, in order of their first step."""
        return list(dict.fromkeys(name for name, _ in self.steps))

    @property
    def to_verdict(self) -> list[str]:
        """The files until the GUID is judged."""
        return list(dict.fromkeys(name for name, _ in self.steps[: self.verdict_at]))


@contextmanager
def traced() -> Iterator[Walk]:
    """Records what runs inside."""
    walk = Walk()
    exchange = RedisConnection.exchange

    def count(connection: RedisConnection, *arguments: object, **more: object) -> object:
        walk.trips += 1
        return exchange(connection, *arguments, **more)  # type: ignore[arg-type]

    def look(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            walk.see(frame.f_code)

    setattr(RedisConnection, "exchange", count)  # noqa: B010
    sys.setprofile(look)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        setattr(RedisConnection, "exchange", exchange)  # noqa: B010


async def walks() -> dict[str, Walk]:
    """The walks by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers, secret = Servers(folder), folder / "guid.keys"
        secret.touch(0o600)
        secret.write_text(new_secret_line("k1"), "ascii")
        try:
            shared = {"REDIS_URL": servers.start("valkey").url, "GUID_SECRET_FILE": str(secret)}
            async with running_gateway({**shared, **QUICK}) as gateway:
                return await follow(gateway.desk(101))
        finally:
            servers.end()


class Client:
    """A desktop on a connection that stays open, as most keep one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, guid: str) -> None:
        self._reader = reader
        self._writer = writer
        self._guid = guid

    async def ask(self, method: str, path: str) -> bytes:
        """The body of the answer."""
        self._writer.write(f"{method} {PREFIX}/{path} HTTP/1.1\r\nHost: gw\r\nguid: {self._guid}\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length is not None, head
        return await self._reader.readexactly(int(length[1]))


async def follow(desk: Desk) -> dict[str, Walk]:
    """Makes the requests, each once before it is traced: connections are open then and caches are warm."""
    await desk.sign_in()

    async def client(guid: str) -> Client:
        return Client(*await asyncio.open_connection("127.0.0.1", desk.port), guid)

    calls, polls, unknown = await client(desk.guid), await client(desk.guid), await client(WRONG)

    async def empty() -> None:
        while b"event" in await polls.ask("GET", "agentevent/101"):
            pass

    async def with_event() -> None:
        polling = asyncio.create_task(polls.ask("GET", "agentevent/101"))
        await asyncio.sleep(0.2)  # The poll is parked: nothing else goes on in this process.
        with traced() as walk:
            await say("saybusy")
            await polling
        found["event"].append(walk)

    async def say(state: str) -> None:
        answer = await calls.ask("POST", f"onlineagent/101/{state}")
        assert b'"retcode":"0"' in answer, answer

    await unknown.ask("GET", "onlineagent/101/agentstatus")
    found: dict[str, list[Walk]] = {"sayfree": [], "event": [], "refusal": []}
    for _ in range(ROUNDS):
        await say("saybusy")
        await empty()
        found["sayfree"].append(await one(lambda: say("sayfree")))
        await empty()
        await with_event()
        await say("sayfree")
        await empty()
        found["refusal"].append(await one(lambda: unknown.ask("GET", "onlineagent/101/agentstatus")))
    return {name: common(rounds) for name, rounds in found.items()}


async def one(request: Callable[[], Awaitable[object]]) -> Walk:
    """Traces one request."""
    with traced() as walk:
        await request()
    return walk


def common(rounds: list[Walk]) -> Walk:
    """What ran in each round, in the order of the first."""
    first = rounds[0]
    always = set(first.steps).intersection(*(each.steps for each in rounds))
    before = [step for step in first.steps[: first.verdict_at] if step in always]
    steps = [step for step in first.steps if step in always]
    return Walk(steps, min(each.trips for each in rounds), len(before))


def sources(*leave_out: str) -> list[Path]:
    """The Python files of gateway/ without these rooms."""
    rooms = {ROOT / "gateway" / room for room in leave_out}
    return [path for path in (ROOT / "gateway").rglob("*.py") if not rooms.intersection(path.parents)]


def lines_of(files: Iterable[Path]) -> int:
    """How many lines they have together."""
    return sum(len(path.read_bytes().splitlines()) for path in files)


def table(found: dict[str, Walk]) -> str:
    """The table of the page."""
    say, event, refusal = found["sayfree"], found["event"], found["refusal"]
    lines = lines_of(sources("contact_centre", "tokens", *TOOLS))
    of_the_way = lines_of(path for room in BYTES_TO_VERDICT for path in (ROOT / "gateway" / room).rglob("*.py"))
    written = sources(*GENERATED)
    casts = sum(len(re.findall(r"\bcast\(", path.read_text("utf-8"))) for path in written)
    verdicts = f"{len(say.to_verdict)} / {len(refusal.to_verdict)}"
    rows = (
        ("files from the first byte to the verdict of a GUID that is accepted / refused", verdicts),
        ("`sayfree`: functions / files / round trips", f"{len(say.steps)} / {len(say.files)} / {say.trips}"),
        ("from a state's operation to the poll answer with its event: files", f"{len(event.files)}"),
        ("lines of gateway/ without contact centre, tokens and tools", f"{lines:,}"),
        ("of these the rooms from bytes to verdict: " + ", ".join(BYTES_TO_VERDICT), f"{of_the_way:,}"),
        ("Python files in gateway/, the generated ones of the client aside", f"{len(written)}"),
        ("casts in them", f"{casts}"),
    )
    return "\n".join(("| | now |", "|---|---|", *(f"| {what} | {now} |" for what, now in rows)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="fail when the page has another table")
    what.add_argument("--write", action="store_true", help="put the table into the page")
    options = parser.parse_args()
    found = asyncio.run(walks())
    for _ in range(TRIES - 1):
        # On a busy machine the same may come in between every time.
        if not (options.check or options.write) or not grown(told(), table(found)):
            break
        found = asyncio.run(walks())
    if not options.quiet:
        for name, walk in found.items():
            print(f"== {name}")
            for number, (file, function) in enumerate(walk.steps, 1):
                print(f"{number:4} {file}: {function}")
    made = table(found)
    print(made)
    if options.check or options.write:
        return put(made, check=options.check)
    return 0


def put(made: str, *, check: bool) -> int:
    """Compares the page with this table, or changes it; the exit code."""
    head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    if not check:
        PAGE.write_text(f"{head}{BEGIN}\n{made}\n{END}{tail}", "utf-8")
    elif grown(told(), made):
        print(f"{PAGE.name} tells of shorter walks: shorten these, or run scripts/walk --write", file=sys.stderr)
        return 1
    return 0


def told() -> str:
    """The table that the page has."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def grown(former: str, made: str) -> bool:
    """Whether a figure is larger than the page says, or the rows are others."""
    before, now = ([int(each.replace(",", "")) for each in FIGURE.findall(text)] for text in (former, made))
    same_rows = FIGURE.sub("", former).strip() == FIGURE.sub("", made).strip()
    return not same_rows or any(new > max(old * MAY_GROW, old + 1) for old, new in zip(before, now, strict=True))


if __name__ == "__main__":
    sys.exit(main())
