"""Schemathesis plays the OpenAPI document against a running gateway, every check on that fits this wire.

Some are about statuses of refusals, which here are 200 with a retcode (docs/protocol.md): `hooks.py` has what takes
their place.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Final

import pytest

from gateway.openapi.document import whole_document
from tests.support.gateway import CONFIG, gateway_process

pytestmark = pytest.mark.api
HERE: Final = Path(__file__).parent
WITHIN_S: Final = 1_500
OF_STATUSES: Final = (
    "ignored_auth",
    "missing_required_header",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
)
LONGEST_LINE: Final = 400
EXAMPLES: Final = os.environ.get("API_EXAMPLES", "10")
"""Cases of chance for an operation, beside those that follow from the document."""


async def test_the_gateway_is_as_its_description_says(tmp_path: Path) -> None:
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(whole_document()), "utf-8")
    agents = tmp_path / "agents.toml"  # Passwords are changed, too.
    agents.write_bytes((CONFIG.parent / "agents.toml").read_bytes())
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", "LOGIN_ADDRESS_LIMIT": "1000000", "AGENTS_FILE": str(agents)}
    async with gateway_process(tmp_path, settings) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        playing = await asyncio.create_subprocess_exec(
            str(Path(os.environ["API_TOOLS"]) / "schemathesis"),
            *("run", str(description), "--url", f"http://127.0.0.1:{gateway.port}", "-H", f"guid: {desk.guid}"),
            *("--checks", "all", "--exclude-checks", ",".join(OF_STATUSES), "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", EXAMPLES, "--no-shrink", "--generation-database", "none"),
            *("--suppress-health-check", "all", "--warnings", "off"),
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "NO_COLOR": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(WITHIN_S):
            said, _ = await playing.communicate()
        crashes = [line for line in gateway.log.read_text().splitlines() if "unexpected error" in line]
    told = "\n".join(line[:LONGEST_LINE] for line in said.decode().partition("= FAILURES")[2].splitlines())
    assert (playing.returncode, crashes) == (0, []), told
    print(said.decode()[-1_500:])  # noqa: T201 - how much was tried
