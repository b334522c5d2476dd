"""What an attack came to, for the table of `scripts/verify security`."""

from collections.abc import Callable
from typing import Final

import pytest

Measured = Callable[[str, str, str], None]
MEASURED: Final = "measured"
"""Name of what the test report carries."""


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Tells the attack, the bound that the test asserts, and what was measured."""

    def tell(attack: str, bound: str, found: str) -> None:
        request.node.user_properties.append((MEASURED, (attack, bound, found)))

    return tell
