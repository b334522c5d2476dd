"""How modules are loaded: without what nobody needs of it, which is a fifth of a start."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_AUTHORITIES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Where OpenSSL looks for the authorities that the system trusts, if these are set."""


@contextmanager
def loading() -> Iterator[None]:
    """For as long as modules are loaded. What they make stays for good, so that nothing looks for garbage in it.

    Nor does pydantic look for plugins among all that is installed: none is to change how members are validated.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def without_authorities() -> Iterator[None]:
    """For as long as the HTTP library is loaded, by a process whose calls all bring a trust of their own.

    The library reads all authorities of the system as it is loaded, twice, for calls that bring none: they would trust
    nobody here. See `gateway.wire.outbound`.
    """
    before = {name: os.environ.get(name) for name in _AUTHORITIES}
    os.environ.update(dict.fromkeys(_AUTHORITIES, os.devnull))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
