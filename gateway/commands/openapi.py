"""`agentgateway openapi`."""

import json

import click

from gateway import __version__
from gateway.operations.openapi import document


@click.command()
def openapi() -> None:
    """Print the agent interface as an OpenAPI 3.1 document."""
    click.echo(json.dumps(document(__version__), indent=2))
