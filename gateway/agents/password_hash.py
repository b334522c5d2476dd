"""Which password hashes can be used, by the rules of the library that verifies them: it is stricter than its parser."""

import base64
import re
from typing import Final

MOST_MEMORY_KIB: Final = 262_144
MOST_PASSES: Final = 16
MOST_LANES: Final = 16
"""Each lane is a thread for as long as a password is verified."""
FORM: Final = "$argon2id$v=19$m=19456,t=2,p=1$salt$digest"
_FORM: Final = re.compile(
    r"\$argon2id(?:\$v=(?:16|19))?\$m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})"
    r"\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)
_LEAST_SALT: Final = 8
_DIGESTS: Final = (16, 24, 32, 48, 64, 128)
"""Lengths in use. The length is a part of what is computed: a digest that was cut verifies nothing."""
_LEAST_MEMORY_A_LANE_KIB: Final = 8


def check_password_hash(value: str) -> str:
    """Refuses what could never verify, and what costs so much that one sign-in would block the others. ValueError."""
    found = _FORM.fullmatch(value)
    if found is None:
        raise ValueError(
            f"not an argon2id hash in the form {FORM}, its parameters in this order and nothing behind: set the "
            "password with `agentgateway agents passwd`"
        )
    memory, passes, lanes = (int(number) for number in found.groups()[:3])
    if memory > MOST_MEMORY_KIB or passes > MOST_PASSES or lanes > MOST_LANES:
        raise ValueError(
            f"must be an argon2id hash with m of at most {MOST_MEMORY_KIB} KiB, t of at most {MOST_PASSES} and p of at "
            f"most {MOST_LANES}"
        )
    if memory < _LEAST_MEMORY_A_LANE_KIB * lanes:
        raise ValueError(f"its m must be at least {_LEAST_MEMORY_A_LANE_KIB} times its p")
    if _length(found[4]) < _LEAST_SALT:
        raise ValueError(f"its salt must be base64 of at least {_LEAST_SALT} bytes, without =")
    if _length(found[5]) not in _DIGESTS:
        known = ", ".join(map(str, _DIGESTS))
        raise ValueError(f"its digest must be base64 of {known} bytes, without =: it may have been cut")
    return value


def _length(text: str) -> int:
    """How many bytes base64 stands for, without padding; 0 for what is not written in the one way there is."""
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return 0
    return len(decoded) if base64.b64encode(decoded).decode().rstrip("=") == text else 0
