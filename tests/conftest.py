"""Fixtures of several rooms: real Redis and Valkey servers. What coverage counts, and how long each part took."""

import gc
import importlib
import logging
import os
import pkgutil
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage

import gateway
from tests.support.dealing import dealt
from tests.support.measured import traced, untraced
from tests.support.servers import KINDS, Server, Servers, binary

TRACED_RUNS: Final = 2
Shared = Callable[[str], Server]
_TESTS = Path(__file__).parent
_runs: Counter[str] = Counter()

os.umask(0o077)  # Keys and secrets that tests write are refused where others may read them.


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several test processes are dealt the long tests first."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = [items[index] for index in dealt([item.nodeid for item in items], processes)]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Coverage sees what imports of modules run, whoever is first to import one, and nothing else of the collection."""
    if Coverage.current():
        for module in pkgutil.walk_packages(gateway.__path__, "gateway."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    with untraced():
        return (yield)


def pytest_collection_finish() -> None:
    """What was collected stays: to look for garbage in it would be a tenth of all work."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makemodule() -> Generator[None, pytest.Module, pytest.Module]:
    module = yield
    with traced(), suppress(Exception, pytest.skip.Exception):  # Tried again, and told, where it is collected.
        assert module.obj
    return module


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Only unit tests count for coverage, of one with many parameters the first: tracing makes tests half as slow."""
    name = item.nodeid.partition("[")[0]
    _runs[name] += 1
    if _part(item.path) == "unit" and _runs[name] <= TRACED_RUNS:
        return (yield)
    with untraced():
        return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long the tests of each part took, in s of all test processes together."""
    took_s: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                took_s[_part(terminalreporter.config.rootpath / report.location[0])] += report.duration
    parts = sorted(took_s.items(), key=lambda part: -part[1])
    terminalreporter.write_line("time by part: " + ", ".join(f"{part} {seconds:.0f} s" for part, seconds in parts))


def _part(path: Path) -> str:
    return path.relative_to(_TESTS).parts[0] if path.is_relative_to(_TESTS) else "other"


@pytest.fixture(autouse=True)
def level_of_the_root_logger() -> Iterator[None]:
    """A gateway in the process of the tests sets it by LOG_LEVEL; the next test begins with the level of before."""
    root = logging.getLogger()
    before = root.level
    yield
    root.setLevel(before)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """The one server of a kind for ordinary tests, started when first asked for; each test uses a tag of its own."""
    servers = Servers(tmp_path_factory.mktemp("servers"))
    running: dict[str, Server] = {}

    def get(kind: str) -> Server:
        if binary(kind) is None:
            pytest.skip(f"no {kind} server on this machine")
        if kind not in running:
            running[kind] = servers.start(kind)
        return running[kind]

    yield get
    servers.end()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of server that is installed."""
    name = str(request.param)
    if binary(name) is None:
        pytest.skip(f"no {name} server on this machine")
    return name


@pytest.fixture
def server(kind: str, shared_server: Shared) -> Server:
    """The shared server of this kind."""
    return shared_server(kind)


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of this test alone, to be frozen and killed."""
    own = Servers(tmp_path_factory.mktemp("servers"))
    yield own
    own.end()
