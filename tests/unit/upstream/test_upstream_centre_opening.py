"""The room is put together from settings, or says what is wrong with them."""

from pathlib import Path

import pytest

from gateway.agents.lockout import MemoryAttempts
from gateway.events.claims import OneProcess
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Bounds
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.upstream.upstream_centre import open_upstream
from tests.support.recording_sink import RecordingSink
from tests.unit.sessions.samples import RING


def test_certificates_that_cannot_be_read_are_a_wrong_setting(tmp_path: Path) -> None:
    values = {"BACKEND": "upstream", "UPSTREAM_URL": "https://a", "UPSTREAM_CA_FILE": str(tmp_path / "gone.pem")}
    settings = Settings.model_validate(values)
    queue = MemoryEventQueue(lambda: Bounds(10, 1000))
    sessions = SessionService(MemorySessionStore(queue), RING, lambda: Policy(settings))
    with pytest.raises(SettingsError, match=r"UPSTREAM_CA_FILE: .*gone\.pem: cannot be read"):
        open_upstream(sessions, queue, MemoryAttempts(), OneProcess(), lambda: settings, lambda: None, RecordingSink())
