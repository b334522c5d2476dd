"""A configuration to begin with; what is in it is told by tests/deploy/test_wheel.py."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.commands import init
from tests.support.gateway import CONFIG


def test_a_clone_without_symbolic_links_has_its_files_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "starter").write_text("../config", "utf-8")
    shutil.copytree(CONFIG.parent, tmp_path / "config")
    monkeypatch.setattr(init, "files", lambda _: tmp_path / "gateway")
    done = CliRunner().invoke(init.init, [str(tmp_path / "site")])
    assert (done.exit_code, (tmp_path / "site" / "basic.properties").is_file()) == (0, True), done.output
