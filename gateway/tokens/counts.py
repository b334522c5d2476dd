"""Counters of this room, for the operator. Labels are bounded: never a tenant, a user or an address."""

from typing import Final

from prometheus_client import Counter, Gauge

from gateway.ops.metrics import REGISTRY

ISSUED: Final = Counter("gateway_tokens_issued", "Tokens made", registry=REGISTRY)
VALIDATIONS: Final = Counter("gateway_token_validations", "Answers about tokens", ["outcome"], registry=REGISTRY)
CAUSES: Final = Counter("gateway_token_refusals", "Refused tokens, by first cause", ["cause"], registry=REGISTRY)
FILE_READ: Final = Counter("gateway_token_file_read", "Reloads of token files", ["outcome"], registry=REGISTRY)
CERTIFICATE_DAYS: Final = Gauge(
    "gateway_certificate_days_left", "Days until the certificate of the listener expires", registry=REGISTRY
)
