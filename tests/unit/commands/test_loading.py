"""How modules are loaded: what is not looked for meanwhile is looked for again behind it."""

import gc
import os
import ssl

import pytest

from gateway.commands.loading import loading, without_authorities


def test_garbage_is_looked_for_behind_it_only() -> None:
    with loading():
        during = gc.isenabled()
    assert (during, gc.isenabled()) == (False, True)


@pytest.mark.parametrize("named", [None, "/etc/own.pem"])
def test_authorities_are_looked_for_where_they_were_before(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    if named is None:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    else:
        monkeypatch.setenv("SSL_CERT_FILE", named)
    with without_authorities():
        trusted = ssl.create_default_context().get_ca_certs()
    assert (trusted, os.environ.get("SSL_CERT_FILE")) == ([], named)
