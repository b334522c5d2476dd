from pathlib import Path

import pytest

from gateway.sessions.guid import new_secret_line


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """GUID_SECRET_FILE with two keys, k2 the newer one."""
    file = tmp_path / "guid.keys"
    file.touch(0o600)
    file.write_text(f"{new_secret_line('k2')}\n{new_secret_line('k1')}\n", "ascii")
    return file
