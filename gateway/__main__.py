"""`python -P -m gateway` is the `agentgateway` command; -P keeps Python from importing from the current folder."""

import sys

if not sys.flags.safe_path:
    # Python has taken this package from the current folder, if one is there; nothing else is to come from it.
    del sys.path[0]

from gateway.cli import main

main(prog_name="agentgateway")
