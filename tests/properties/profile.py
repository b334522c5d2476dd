"""How many inputs are tried: few beside all other tests, many by `scripts/verify inputs`."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

FEW: Final = "25"
INPUTS: Final = settings(
    deadline=None,
    max_examples=int(os.environ.get("INPUT_EXAMPLES", FEW)),
    suppress_health_check=list(HealthCheck),
    database=None,
)
