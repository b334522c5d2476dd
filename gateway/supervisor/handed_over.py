"""Settings that the environment gave the supervisor, for its workers: in no command line and in no environment."""

import json
import os
from collections.abc import Mapping
from typing import Final

_MOST_BYTES: Final = 4_194_304
"""More than an environment may hold."""


class HandedOver:
    """Variables in memory that has no name. `descriptor` is what a worker inherits; None where there are none."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.descriptor: int | None = None
        if variables:
            self.descriptor = os.memfd_create("settings")
            with open(os.dup(self.descriptor), "wb") as file:
                file.write(json.dumps(dict(variables)).encode())

    def close(self) -> None:
        """No worker follows."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def receive(descriptor: int) -> dict[str, str]:
    """The variables, in the worker; the descriptor is closed. Each worker reads from the beginning."""
    try:
        found: dict[str, str] = json.loads(os.pread(descriptor, _MOST_BYTES, 0))
    finally:
        os.close(descriptor)
    return found
