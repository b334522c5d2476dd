"""A site for tests: one settings file and one GUID secret, and the gateway processes that share them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.sessions.guid import new_secret_line
from tests.support.fork_server import ended
from tests.support.gateway import CONFIG, DEMO, GatewayProcess, start_process
from tests.support.quick_agents import quick_agents_file

PORT_TRIES = 3


class Site:
    """`settings` is what the file says; `edit` and `swap` change it under running nodes."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.config = folder / "basic.properties"
        self.secret = folder / "guid.keys"
        self.settings = {
            "AGENTS_FILE": str(quick_agents_file()),
            "CONTACT_CENTER_FILE": str(CONFIG.parent / "contact_center.toml"),
            "GUID_SECRET_FILE": str(self.secret),
            **DEMO,
            **(settings or {}),
        }
        self._nodes: list[GatewayProcess] = []
        self.secret.touch(0o600)
        self.secret.write_text(f"{new_secret_line('k1')}\n", "ascii")
        self.edit()

    def text(self, **changes: str) -> str:
        """The file with these changes, which are kept."""
        self.settings |= changes
        return "".join(f"{key} = {value}\n" for key, value in self.settings.items())

    def edit(self, **changes: str) -> None:
        """Writes the file in place."""
        self.config.write_text(self.text(**changes), "utf-8")

    def swap(self, **changes: str) -> None:
        """Replaces the file by renaming another one."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(self.text(**changes), "utf-8")
        fresh.replace(self.config)

    async def start(
        self, name: str = "NodeA", overrides: Mapping[str, str] | None = None, *, port: int = 0
    ) -> GatewayProcess:
        """A node that serves. A free port may be taken before the node has it: then another one is tried."""
        for tries_left in reversed(range(PORT_TRIES)):
            try:
                node = await start_process(
                    self.folder, {"NODE_NAME": name, **(overrides or {})}, config=self.config, port=port
                )
            except RuntimeError as problem:
                if port or "HTTP_PORT" not in str(problem) or not tries_left:
                    raise
            else:
                self._nodes.append(node)
                return node
        raise AssertionError("unreachable")

    async def serve_to_the_end(self, **overrides: str) -> tuple[int, str]:
        """Starts a node that must end by itself; its exit code and what it wrote to stderr."""
        settings = {"HTTPS_PORT": "0", "VAR_DIR": str(self.folder / "var"), **overrides}
        sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        code, _, errors = await ended("serve", "--config", str(self.config), *sets)
        return code, errors

    async def close(self) -> None:
        """Kills the nodes that still run."""
        for node in self._nodes:
            if node.process.returncode is None:
                node.process.kill()
                await node.process.wait()


@asynccontextmanager
async def site(folder: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Site]:
    """A site whose nodes end with the block."""
    made = Site(folder, settings)
    try:
        yield made
    finally:
        await made.close()
