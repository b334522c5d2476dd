"""Files that nobody can use, each with how it comes about; whoever reads one must say so and go on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

Spoil = Callable[[Path], None]


def holding(content: bytes) -> Spoil:
    """The file holds this."""

    def spoil(path: Path) -> None:
        path.write_bytes(content)

    return spoil


def _folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def _nowhere(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.with_name("nowhere"))


def _circle(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path)


def _huge(path: Path) -> None:
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(10**10)


KINDS: Final[dict[str, Spoil]] = {
    "folder": _folder,
    "pipe": _pipe,
    "device": _device,
    "circle of links": _circle,
    "huge": _huge,
}
"""What no file may be."""
GONE: Final[dict[str, Spoil]] = {"deleted": Path.unlink, "link to nowhere": _nowhere}
TOML: Final[dict[str, Spoil]] = {
    "integer of 5,000 digits": holding(b"a = " + b"1" * 5_000),
    "hexadecimal of 5,000 digits": holding(b"[[agents]]\nid = 0x" + b"f" * 5_000),
    "arrays 3,000 deep": holding(b"a = " + b"[" * 3_000 + b"]" * 3_000),
    "tables 3,000 deep": holding(b"a = " + b"{a=" * 3_000 + b"1" + b"}" * 3_000),
    "keys 3,000 deep": holding(b".".join([b"a"] * 3_000) + b" = 1"),
    "NUL bytes": holding(b"a = 1\n\0\0\0\n"),
    "not UTF-8": holding(b'a = "\xff\xfe"\n'),
    "UTF-16": holding("a = 1\n".encode("utf-16")),
    "cut off": holding(b"[[agents"),
    "a key of two lines": holding(b'"a\\nb\\u0007" = 1\n'),
    "many wrong values": holding(b"a = 1\n" + b"".join(b"a%d = 1\n" % number for number in range(2_000))),
}
"""What a file in TOML may hold, of which no program of ours makes sense."""
MARK: Final = b"\xef\xbb\xbf"
