"""The `agentgateway` command: settings, secrets, the interface as a document."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.sessions.guid import read_secret_file
from tests.support.gateway import CONFIG, ROOT


@pytest.mark.parametrize(
    ("sets", "names"),
    [
        (["GUIDINTERVAL=x"], ["GUIDINTERVAL"]),
        (["GUIDINTERVAL=5000", "GUIDTIMEOUT=5000"], ["GUIDINTERVAL", "GUIDTIMEOUT"]),
        (["AUTHMODE=3", "MAXTIME=-1"], ["AUTHMODE", "MAXTIME"]),
        (["AUTHMOD=1"], ["AUTHMOD"]),
    ],
)
def test_wrong_settings_are_all_named_and_end_with_code_2(sets: list[str], names: list[str]) -> None:
    words = [word for pair in sets for word in ("--set", pair)]
    done = CliRunner().invoke(main, ["serve", "--config", str(CONFIG), *words])
    assert done.exit_code == 2
    assert [name for name in names if name not in done.stderr] == []


def test_a_missing_settings_file_ends_with_code_2(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", "--config", str(tmp_path / "none.properties")])
    assert (done.exit_code, "none.properties" in done.stderr) == (2, True)


def test_a_wrong_contact_centre_file_ends_with_code_2(tmp_path: Path) -> None:
    file = tmp_path / "centre.toml"
    file.write_text("[vdn]\nnumber = 'x'\n", "utf-8")
    done = CliRunner().invoke(main, ["serve", "--config", str(CONFIG), "--set", f"CONTACT_CENTER_FILE={file}"])
    assert (done.exit_code, f"{file}: vdn number" in done.stderr) == (2, True)


def test_a_new_secret_is_for_its_owner_alone_and_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "made" / "guid.keys"
    for key_id in ("k1", "k2"):
        assert CliRunner().invoke(main, ["secret", "new", str(file), "--key-id", key_id]).exit_code == 0
    ring = read_secret_file(file)
    assert (ring.making, set(ring.secrets), stat.S_IMODE(file.stat().st_mode)) == ("k2", {"k1", "k2"}, 0o600)


def test_a_key_id_is_not_taken_twice(tmp_path: Path) -> None:
    file = tmp_path / "guid.keys"
    CliRunner().invoke(main, ["secret", "new", str(file)])
    before = file.read_text()
    assert CliRunner().invoke(main, ["secret", "new", str(file)]).exit_code == 2
    assert file.read_text() == before


@pytest.mark.parametrize("slot", ["0", "0:tie=9999", "0:tie=0", "0:tie=0,variables=9999,http=99", f"0:tie={2**70}"])
def test_a_worker_that_no_supervisor_has_started_is_refused(slot: str) -> None:
    done = CliRunner().invoke(main, ["serve", "--config", str(CONFIG), "--worker", slot])
    assert (done.exit_code, "is for the supervisor" in done.stderr) == (2, True)


@pytest.mark.parametrize("key_id", ["", "a b", "k1\nk2", "#k", "schlüssel", "k" * 33])
def test_a_key_id_that_the_gateway_would_not_read_is_refused(key_id: str, tmp_path: Path) -> None:
    file = tmp_path / "guid.keys"
    done = CliRunner().invoke(main, ["secret", "new", str(file), "--key-id", key_id])
    assert (done.exit_code, "--key-id" in done.stderr, file.exists()) == (2, True, False)


def test_a_file_that_is_none_of_secrets_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "basic.properties"
    file.write_text("HTTP_PORT = 0\n", "ascii")
    file.chmod(0o600)
    done = CliRunner().invoke(main, ["secret", "new", str(file)])
    assert (done.exit_code, f"{file}:1" in done.stderr) == (2, True)
    assert file.read_text("ascii") == "HTTP_PORT = 0\n"


def test_a_new_secret_goes_where_the_link_leads(tmp_path: Path) -> None:
    file, link = tmp_path / "guid.keys", tmp_path / "link"
    link.symlink_to(file)
    assert CliRunner().invoke(main, ["secret", "new", str(link)]).exit_code == 0
    assert link.is_symlink()
    assert read_secret_file(file).making == "k1"


def test_a_secret_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(main, ["secret", "new", str(tmp_path / "file" / "guid.keys")])
    assert (done.exit_code, "cannot be written" in done.stderr) == (2, True)


@pytest.mark.parametrize("words", ["live", "init", "sessions", "explain", "agents list", "sim call", "check"])
def test_a_short_command_loads_no_gateway(words: str) -> None:
    script = (
        "import sys; from gateway.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(*{'gateway.app', 'gateway.server', 'gateway.edge'} & sys.modules.keys(), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, *words.split(), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr == "\n"


def test_the_interface_is_printed_as_openapi() -> None:
    printed = json.loads(CliRunner().invoke(main, ["openapi"]).stdout)
    assert printed["openapi"].startswith("3.1")
    assert "/agentgateway/resource/onlineagent/{agentid}" in printed["paths"]


def test_the_shell_completes_commands_and_choices() -> None:
    def completed(words: str) -> str:
        asked = {"_AGENTGATEWAY_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = CliRunner().invoke(main, prog_name="agentgateway", env=asked)
        return " ".join(line.partition(",")[2] for line in done.stdout.splitlines())

    assert completed("agentgateway set") == "settings"
    assert completed("agentgateway sessions ") == "end list show"
    assert completed("agentgateway sessions list --state la") == "lagging"
