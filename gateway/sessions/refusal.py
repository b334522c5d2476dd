"""Why a node must not serve on a store."""


class CannotServeError(Exception):
    """This node would refuse agents who are signed in, or not find them. The message says what the operator can do."""
