"""What the methods of the SDK raise. The text of none holds a GUID, a password or a query string."""


class AgentGatewayError(Exception):
    """The base of all of them."""


class NoAnswer(AgentGatewayError):
    """The gateway gave no answer. `heard` is false where it cannot have got the request: asking again is safe then."""

    def __init__(self, message: str, *, heard: bool) -> None:
        super().__init__(message)
        self.heard = heard


class BadAnswer(AgentGatewayError):
    """Something answered that is no gateway, or not in the form of the interface."""


class PushNotSigned(AgentGatewayError):
    """A pushed event is not signed with one of the keys, or was signed too long ago."""


class Refused(AgentGatewayError):
    """The gateway refused; subclasses stand for one `retcode` each. `retry_after_s` is what a 503 asked for, else 0."""

    retcode = ""

    def __init_subclass__(cls, *, retcode: str) -> None:
        super().__init_subclass__()
        cls.retcode = retcode

    def __init__(self, message: str, retcode: str = "", retry_after_s: float = 0) -> None:
        super().__init__(message)
        self.message = message
        self.retcode = retcode or type(self).retcode
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return f"{self.retcode} {self.message}"
