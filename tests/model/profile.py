"""How hypothesis runs the model."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

COMMON: Final = settings(deadline=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
LONG: Final = settings(COMMON, max_examples=int(os.environ.get("MODEL_EXAMPLES", "150")), stateful_step_count=100)
"""Of the slow tests: some two minutes each. More are played with the variable MODEL_EXAMPLES."""
