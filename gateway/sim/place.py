"""Where a day is played: a gateway, its admin listener, and the agents who come to work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.agents.passwords import hasher
from gateway.agents.registry import Skill


class CannotPlayError(Exception):
    """The day cannot begin; the text says why."""


@dataclass(frozen=True)
class Place:
    """`url` is that of the agents' listener, `admin_url` that of the admin listener with its token."""

    url: str
    admin_url: str
    token: str = field(repr=False)
    agents: Sequence[int]
    password: str = field(repr=False)


def agents_file(agents: Sequence[int], password: str, skills: Iterable[Skill], wanted: Sequence[int]) -> str:
    """An agents file: every third agent has all `wanted` skills, the others have one each in turn.

    One hash serves all, because they share the password.
    """
    hashed = hasher().hash(password)
    parts = [
        f'[[skills]]\nid = {skill.id}\nname = "Queue {skill.id}"\nmediatype = {skill.mediatype}\n' for skill in skills
    ]
    parts.append('[[rest_reasons]]\nid = 1\nname = "Lunch"\n')
    for place, number in enumerate(agents):
        own = list(wanted) if place % 3 == 0 else [wanted[place % len(wanted)]]
        parts.append(
            f'[[agents]]\nid = {number}\naccount = "sim{number}"\nname = "Agent {number}"\n'
            f'password_hash = "{hashed}"\nskills = {own}\n'
        )
    return "\n".join(parts)
