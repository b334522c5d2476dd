"""docs/sdk_reference.md: what the Python SDK has, from its own classes; called by docs.py."""

import inspect
import re
from collections.abc import Iterator
from typing import Final

from gateway.client import Agent, BadAnswer, Gateway, NoAnswer, PushReceiver, Refused, event_types, operations, refusals
from gateway.client.event import Event
from gateway.client.request import Group

HEAD: Final = """\
# SDK reference

Written by scripts/docs.py from the classes of gateway/client/. How to use them is told in [sdk.md](sdk.md). The
JavaScript module has the same operations, each with one object of members; its types are in a file beside it.
"""
CLASSES: Final = (Agent, Gateway, PushReceiver)
ERRORS: Final = (Refused, NoAnswer, BadAnswer)


def page() -> str:
    """The whole page."""
    lines = [HEAD.rstrip()]
    for made in CLASSES:
        lines += _class(made)
    lines += ["", "## Errors", "", "| class | |", "|---|---|"]
    lines += [f"| `{made.__name__}` | {_words(made)} |" for made in ERRORS]
    lines += [f"| `{made.__name__}` | `{made.retcode}`: {_words(made)} |" for made in _refusals()]
    lines += ["", "## Events", "", "| class | type on the wire | |", "|---|---|---|"]
    lines += [f"| `{made.__name__}` | `{made.type_name}` | {_words(made)} |" for made in _events()]
    for name, group in _groups():
        lines += ["", f"## agent.{name}", "", "| method | |", "|---|---|"]
        lines += [f"| `{_signature(method)}` | {_words(method)} |" for method in _methods(group)]
    return "\n".join(lines) + "\n"


def _class(made: type) -> Iterator[str]:
    yield from ("", f"## {made.__name__}", "", inspect.cleandoc(made.__doc__ or ""))
    methods = list(_methods(made))
    if methods:
        yield from ("", "| method | |", "|---|---|")
        yield from (f"| `{_signature(method)}` | {_words(method)} |" for method in methods)


def _methods(made: type) -> Iterator[object]:
    for name, found in vars(made).items():
        method = found.__func__ if isinstance(found, classmethod) else found
        if inspect.isfunction(method) and not name.startswith("_"):
            yield method


def _signature(method: object) -> str:
    """Name and parameters, without types."""
    assert inspect.isfunction(method)
    words, marked = [], False
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        if parameter.kind is parameter.KEYWORD_ONLY and not marked:
            words.append("*")
            marked = True
        stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        words.append(stars + parameter.name + ("" if parameter.default is parameter.empty else "=…"))
    return f"{method.__name__}({', '.join(words)})"


def _words(made: object) -> str:
    """The first paragraph of its docstring."""
    text = inspect.cleandoc(getattr(made, "__doc__", None) or "").split("\n\n", maxsplit=1)[0]
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _refusals() -> list[type[Refused]]:
    found = [made for made in vars(refusals).values() if inspect.isclass(made) and issubclass(made, Refused)]
    return sorted((made for made in found if made is not Refused), key=lambda made: made.retcode)


def _events() -> list[type[Event]]:
    found = [made for made in vars(event_types).values() if inspect.isclass(made) and issubclass(made, Event)]
    return [made for made in found if made.type_name]


def _groups() -> list[tuple[str, type[Group]]]:
    found = [made for made in vars(operations).values() if inspect.isclass(made) and issubclass(made, Group)]
    return [(made.__name__.lower(), made) for made in found if made is not Group]
