"""A certificate of our own for the first steps; real sites set TLS_CERT_FILE and TLS_KEY_FILE."""

import logging
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import trustme

from gateway.listeners.errors import ListenError

FOLDER: Final = "tls"
KEY: Final = trustme.KeyType.RSA
"""Old clients know no other."""
_OURS: Final = "Agent gateway"
_PURPOSE: Final = "Development only"
_NAMES: Final = "names"
_UNSPECIFIED: Final = {"0.0.0.0", "::", ""}  # noqa: S104

_log = logging.getLogger(__name__)


class Files(NamedTuple):
    """Paths in PEM: the chain and its key for the server, and the authority that a client must trust."""

    chain: Path
    key: Path
    authority: Path


def development_certificate(var_dir: Path, bind_address: str) -> Files:
    """The certificate below `var_dir`, made when there is none yet or the names of this machine have changed.

    It holds for localhost, 127.0.0.1, ::1, the bind address and the host name, as far as these are names that a
    certificate can hold: container tools make others. Its authority exists only in it: the authority's key is thrown
    away. Raises ListenError (VAR_DIR) where the folder cannot be written.
    """
    folder = var_dir / FOLDER
    names = _names(bind_address)
    try:
        if not _made_for(folder, names):
            _replace(folder, names)
            _log.info("made a development certificate; clients trust %s", folder / "ca.pem")
    except OSError as problem:
        raise ListenError("VAR_DIR", f"cannot write {folder}: {os.strerror(problem.errno or 0)}") from None
    return _files(folder)


def served_chain(own: Path | None, var_dir: Path | None) -> Path | None:
    """The chain that listeners show: our own, else the development one, which may not be made yet; None for neither."""
    return own or (_files(var_dir / FOLDER).chain if var_dir is not None else None)


def _files(folder: Path) -> Files:
    return Files(folder / "cert.pem", folder / "key.pem", folder / "ca.pem")


def _names(bind_address: str) -> list[str]:
    wanted = ["localhost", "127.0.0.1", "::1", bind_address, _host_name()]
    return [name for name in dict.fromkeys(wanted) if name not in _UNSPECIFIED]


def _host_name() -> str:
    try:
        return socket.gethostname()
    except (OSError, UnicodeError):
        return ""


def _made_for(folder: Path, names: list[str]) -> bool:
    try:
        known = (folder / _NAMES).read_bytes()
    except FileNotFoundError:
        return False
    return known == _noted(names) and all(path.is_file() for path in _files(folder))


def _noted(names: list[str]) -> bytes:
    return "\n".join(names).encode("utf-8", "backslashreplace")


def _replace(folder: Path, names: list[str]) -> None:
    """A whole new folder at once, so that a crash or a second gateway never leaves halves of two pairs."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{FOLDER}-", dir=folder.parent))  # mode 0700
    try:
        _write(fresh, names)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except OSError:
        if not _made_for(folder, names):  # else a gateway that started at the same time has made it
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write(folder: Path, names: list[str]) -> None:
    authority = trustme.CA(organization_name=_OURS, organization_unit_name=_PURPOSE, key_type=KEY)
    held = [name for name in names if _can_be_held(authority, name)]
    leaf = authority.issue_cert(*held, organization_name=_OURS, organization_unit_name=_PURPOSE, key_type=KEY)
    files = _files(folder)
    files.chain.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as key:
        key.write(leaf.private_key_pem.bytes())
    files.authority.write_bytes(authority.cert_pem.bytes())
    (folder / _NAMES).write_bytes(_noted(names))


def _can_be_held(authority: trustme.CA, name: str) -> bool:
    """Tried, for the rules are those of several libraries."""
    try:
        authority.issue_cert(name)
    except ValueError:
        _log.warning("left out of the development certificate: %s, a name that no certificate can hold", ascii(name))
        return False
    return True
