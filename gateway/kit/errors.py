"""Why a check ends early. The texts hold no GUID and no password."""


class BrokenRuleError(Exception):
    """The server does not keep the rule; the text says what it did."""


class UntestedError(Exception):
    """Something that the rule needs did not happen, so that nothing is known of it."""


class CannotBeginError(Exception):
    """Nothing can be tried: no server there, or nobody may sign in."""


def must(holds: object, otherwise: str) -> None:
    """Raises BrokenRuleError unless it holds."""
    if not holds:
        raise BrokenRuleError(otherwise)


def needs(holds: object, otherwise: str) -> None:
    """Raises UntestedError unless it holds."""
    if not holds:
        raise UntestedError(otherwise)
