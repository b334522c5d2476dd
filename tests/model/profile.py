"""How hypothesis runs the model."""

from typing import Final

from hypothesis import HealthCheck, settings

COMMON: Final = settings(deadline=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
