"""Whether this node holds the secrets that live sessions need (design section 5, GUID)."""

import hmac

from gateway.sessions.guid import KeyRing
from gateway.sessions.refusal import CannotServeError
from gateway.sessions.store import SessionStore


class MissingKeyError(CannotServeError):
    """This node would refuse GUIDs that are valid."""


async def check_keys(store: SessionStore, ring: KeyRing) -> None:
    """Registers the making key and compares all keys in use with ours.

    Keys that no live session needs any more are forgotten. Raises MissingKeyError and StoreUnavailable.
    """
    ours = ring.fingerprints()
    known = await store.key_fingerprints({ring.making: ours[ring.making]})
    wrong = [key for key, print_ in known.items() if not hmac.compare_digest(ours.get(key, ""), print_)]
    if not wrong:
        return
    needed = set()
    for seen in await store.live():
        record = await store.read(seen.agent_id)
        if record.session is not None:
            needed.add(record.session.key_id)
    if bad := sorted(needed.intersection(wrong)):
        raise MissingKeyError(
            f"GUID_SECRET_FILE: live sessions need the key {', '.join(bad)} as other nodes have it:"
            " copy their file here, with every line"
        )
    await store.key_fingerprints({key: ours[key] for key in wrong if key in ours}, drop=wrong)
