"""Headers by which a request says that it came through a proxy."""

from typing import Final

FORWARDED_FOR: Final = "X-Forwarded-For"
FORWARDING_HEADERS: Final = (
    "Forwarded",
    FORWARDED_FOR,
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Real-IP",
    "X-Forwarded",
    "Forwarded-For",
    "X-Forwarded-Server",
    "X-Original-Host",
    "X-Original-Forwarded-For",
    "X-Envoy-External-Address",
    "Fastly-Client-IP",
    "CDN-Loop",
    "Via",
)
