"""`python -m gateway` is the `agentgateway` command."""

from gateway.cli import main

main(prog_name="agentgateway")
