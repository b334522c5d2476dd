"""Contents of settings files, and the ways in which a file changes."""

from pathlib import Path
from typing import Final

OLD: Final = "AUTHMODE = 2\nGUIDINTERVAL = 60000 //GUID update interval\nMAXTIME = 120000\n"
NEW: Final = "AUTHMODE = 1\nGUIDINTERVAL = 30000 //GUID update interval\nMAXTIME = 90000\n"
WRONG: Final = "AUTHMODE = 1\nGUIDINTERVAL = 3\nMAXTIME = many\n"


def write(file: Path, text: str) -> None:
    """In place."""
    file.write_text(text)


def replace(file: Path, text: str) -> None:
    """By renaming a new file."""
    file.with_name("new").write_text(text)
    file.with_name("new").replace(file)


def delete(file: Path) -> None:
    """For good."""
    file.unlink()
