"""How a command ends that cannot do its work."""

import logging
import sys
from typing import Final, NoReturn

import click

WRONG_SETTINGS: Final = 2
CANNOT_SERVE: Final = 1


def fail(message: str, code: int) -> NoReturn:
    """Says why on stderr and ends with `code`."""
    for handler in logging.getLogger().handlers:  # What was logged before comes before.
        handler.flush()
    click.echo(message, err=True)
    sys.exit(code)
