"""How modules of commands are loaded: garbage that is not looked for meanwhile is looked for again behind it."""

import gc

from gateway.commands.lazy_group import loading


def test_garbage_is_looked_for_behind_it_only() -> None:
    with loading():
        during = gc.isenabled()
    assert (during, gc.isenabled()) == (False, True)
