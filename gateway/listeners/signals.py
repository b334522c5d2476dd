"""Things that happen at most once: the end of a connection, the start of the drain."""

import logging
from collections.abc import Callable
from functools import partial

from gateway.ops.logs import crash_line

_log = logging.getLogger(__name__)


class Once:
    """Tells those who asked, in the order of asking; implements `gateway.wire.http.Signal`."""

    __slots__ = ("_callbacks", "is_set")

    def __init__(self) -> None:
        self.is_set = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    def on(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` when it happens, now if it has; call what is returned to forget the callback."""
        token = object()
        if self.is_set:
            callback()
        else:
            self._callbacks[token] = callback
        return partial(self._forget, token)

    def set(self) -> None:
        """It has happened. A callback that fails is logged and hinders no other."""
        self.is_set = True
        while self._callbacks:
            callback = self._callbacks.pop(next(iter(self._callbacks)))
            try:
                callback()
            except Exception as problem:
                _log.error("a callback failed: %s", crash_line(problem))

    def _forget(self, token: object) -> None:
        self._callbacks.pop(token, None)
