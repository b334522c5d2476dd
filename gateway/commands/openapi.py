"""`agentgateway openapi`."""

import json

import click

from gateway.openapi.document import whole_document


@click.command()
def openapi() -> None:
    """Print the agent interface as an OpenAPI 3.1 document."""
    click.echo(json.dumps(whole_document(), indent=2))
