"""The subcommands of `agentgateway`, one file each; `gateway.cli` names them."""
