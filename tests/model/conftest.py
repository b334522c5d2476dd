import logging
from collections.abc import Iterator

import pytest

from gateway.sessions import service, signing


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of injected faults are no news."""
    logger = logging.getLogger("gateway")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


@pytest.fixture(scope="module", autouse=True)
def _no_hurry() -> Iterator[None]:
    """The model stops the service wherever it looks at the store, for as long as it likes.

    A session that is too old is ended by each request that finds it so, however soon after another one.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing, "HURRY_S", None)
        patch.setattr(service, "ASK_AGAIN_MS", 0)
        yield
