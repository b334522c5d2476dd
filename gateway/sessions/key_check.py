"""Whether this node holds the secrets that live sessions need (docs/protocol.md, GUIDs)."""

from contextlib import suppress

from gateway.ops.jobs import for_each
from gateway.sessions.guid import KeyRing
from gateway.sessions.store import CannotServeError, Seen, SessionStore
from gateway.wire.errors import Unreadable


class MissingKeyError(CannotServeError):
    """This node would refuse GUIDs that are valid."""


async def check_keys(store: SessionStore, ring: KeyRing) -> None:
    """Registers the making key and compares all keys in use with ours.

    Keys that no live session needs any more are forgotten. Raises MissingKeyError and StoreUnavailable.
    """
    ours = ring.fingerprints()
    known = await store.key_fingerprints({ring.making: ours[ring.making]})
    wrong = [key for key, print_ in known.items() if ours.get(key) != print_]
    if not wrong:
        return
    needed = set[str]()

    async def need(seen: Seen) -> None:
        with suppress(Unreadable):
            record = await store.read(seen.agent_id)
            if record.session is not None:
                needed.add(record.session.key_id)

    await for_each(await store.live(), need)
    if bad := sorted(needed.intersection(wrong)):
        raise MissingKeyError(
            f"GUID_SECRET_FILE: live sessions need the key {', '.join(bad)} as other nodes have it:"
            " copy their file here, with every line"
        )
    await store.key_fingerprints({key: ours[key] for key in wrong if key in ours}, drop=wrong)
