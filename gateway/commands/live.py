"""`agentgateway live`: whether a gateway answers, for the health check of a container."""

import http.client
import ssl
from typing import Final

import click
from yarl import URL

from gateway.settings.urls import shown_url

TIMEOUT_S: Final = 2.0
PATH: Final = "/gateway/live"


class _UrlType(click.ParamType[URL]):
    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> URL:
        """See click."""
        try:
            url = URL(value)
        except ValueError:
            url = URL()
        if url.scheme not in {"http", "https"} or not url.host or url.path != "/":
            self.fail(f"{shown_url(value)} is not like https://127.0.0.1:8043", param, ctx)
        return url


@click.command()
@click.argument("urls", nargs=-1, required=True, type=_UrlType())
def live(urls: tuple[URL, ...]) -> None:
    """Ask the listeners at URLS until one answers that its gateway is alive. Ends with 1 when none does.

    Certificates are not checked: nothing secret is sent, and a node asks itself. Proxies are not used.
    """
    for url in urls:
        said = _ask(url)
        if said == "":
            return
        click.echo(f"{url.origin()}: {said}", err=True)
    raise click.exceptions.Exit(1)


def _ask(url: URL) -> str:
    """Why it does not count as alive, "" when it is."""
    host, port = str(url.host), url.port
    if url.scheme == "http":
        link = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    else:
        link = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=_unchecked())
    try:
        link.request("GET", PATH)
        status = link.getresponse().status
    except (OSError, http.client.HTTPException) as problem:
        return f"no answer: {type(problem).__name__}"
    finally:
        link.close()
    return "" if status == http.client.OK else f"it answers {PATH} with status {status}"


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
