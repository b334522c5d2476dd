"""The errors that become answers. Each carries a retcode and an HTTP status; the edge maps them in one place."""

from gateway.wire import retcodes


class GatewayError(Exception):
    """An outcome other than success.

    `retcode` is a row of `retcodes.MESSAGES`; `message` defaults to its text. Messages go to the client: they say what
    to do and never hold a secret, a GUID or anything of the request.
    """

    status = 200
    retcode = retcodes.BAD_MESSAGE

    def __init__(self, message: str = "", *, retcode: str = "") -> None:
        self.retcode = retcode or type(self).retcode
        self.message = message or retcodes.MESSAGES[self.retcode]
        super().__init__(self.message)


class Refused(GatewayError):
    """A business refusal: HTTP 200 with a retcode (docs/protocol.md, Statuses)."""

    def __init__(self, retcode: str, message: str = "") -> None:
        super().__init__(message, retcode=retcode)


class Malformed(GatewayError):
    """The HTTP message itself is wrong."""

    status = 400


class TooLarge(GatewayError):
    """The body is over the limit."""

    status = 413


class NotFound(GatewayError):
    """No operation has this path."""

    status = 404
    retcode = retcodes.BAD_PARAMETER


class MethodNotAllowed(GatewayError):
    """An operation has this path, under other methods (`allowed`)."""

    status = 405
    retcode = retcodes.BAD_PARAMETER

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self.allowed = allowed
        super().__init__(f"method not allowed here: use {' or '.join(allowed)}")


class Unavailable(GatewayError):
    """The store or the backend is out of reach; the client may try again after `retry_after_s` seconds."""

    status = 503
    retcode = retcodes.UNAVAILABLE
    retry_after_s = 1


class StoreUnavailable(Unavailable):
    """The session store did not answer in time or refused to write."""


class Unreadable(StoreUnavailable):
    """The session store answers, but what it keeps of this one agent cannot be understood."""

    def __init__(self) -> None:
        super().__init__("what is stored of this agent cannot be read: tell the operator, whose log names it")
