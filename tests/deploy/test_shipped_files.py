"""The files of config/deploy as they are, before the programs that read them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from gateway.settings.load import load
from gateway.wire import retcodes
from tests.support.farm import write_certificate
from tests.support.fronts import HAPROXY, HAPROXY_TCP, NGINX_FILES, program, write_nginx
from tests.support.gateway import CONFIG

WRITTEN_ELSEWHERE = {
    "body: more than 65536 bytes",
    "body: more than 10485760 bytes",
    "no such interface: agent calls begin with /agentgateway/resource/",
    "not an HTTP message: check the request line and the headers",
    "$guid_message",
}
"""Messages of answers that carry more than the text of their retcode, each told by the gateway in the same words."""


def said_of(command: list[str], **environment: str) -> tuple[int, str]:
    """How a check ended and what it said."""
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(program("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_its_files_as_they_are_shipped(tmp_path: Path) -> None:
    write_certificate(tmp_path / "tls")
    main = write_nginx(tmp_path, tmp_path / "tls", NGINX_FILES)
    code, said = said_of(
        [program("nginx") or "", "-t", "-p", str(tmp_path), "-c", str(main), "-e", str(tmp_path / "error.log")]
    )
    assert (code, "[warn]" in said) == (0, False), said


@pytest.mark.skipif(program("haproxy") is None, reason="haproxy is not installed")
@pytest.mark.parametrize("shipped", [HAPROXY, HAPROXY_TCP], ids=lambda path: path.name)
def test_haproxy_takes_its_files_as_they_are_shipped(shipped: Path, tmp_path: Path) -> None:
    write_certificate(tmp_path / "tls")
    code, said = said_of(
        [program("haproxy") or "", "-c", "-f", str(shipped)], CERTIFICATE=str(tmp_path / "tls" / "agentgateway.pem")
    )
    assert (code, "[WARNING]" in said) == (0, False), said


@pytest.mark.parametrize("shipped", [*NGINX_FILES, HAPROXY], ids=lambda path: path.name)
def test_answers_that_balancers_give_themselves_are_those_of_the_gateway(shipped: Path) -> None:
    answers = re.findall(r'\{"message":"([^"]*)","retcode":"([^"]*)"\}', shipped.read_text("utf-8"))
    assert answers
    strange = {(text, code) for text, code in answers if retcodes.MESSAGES.get(code) != text}
    assert {text for text, _ in strange} <= WRITTEN_ELSEWHERE


def test_limits_and_times_fit_the_settings_that_are_shipped() -> None:
    settings = load(CONFIG, {}).settings
    nginx, haproxy = NGINX_FILES[0].read_text("utf-8"), HAPROXY.read_text("utf-8")
    limits = [int(limit) for limit in re.findall(r"client_max_body_size (\d+);", nginx)]
    [nginx_s], [haproxy_s] = (
        re.findall(r"proxy_read_timeout (\d+)s;", nginx),
        re.findall(r"timeout server (\d+)s", haproxy),
    )
    assert limits == [settings.body_max_bytes, settings.file_max_bytes]
    assert min(int(nginx_s), int(haproxy_s)) * 1000 > settings.poll_hold_ms + settings.store_timeout_ms
