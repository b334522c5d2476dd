"""Every group of performers. A new group is a file in `performers` and a line here."""

from functools import partial
from typing import Final

from gateway.backends.embedded.parts import Group, Parts, Performer
from gateway.backends.embedded.performers import (
    agentconf,
    agentconf_chair,
    agentgroup,
    calldata,
    eccconfig,
    mediacall,
    notes,
    onlineagent,
    onlineagent_settings,
    qualitycontrol,
    qualitycontrol_forcing,
    qualitycontrol_watching,
    querymonitor,
    queuedevice,
    recordplay,
    textchat,
    textchat_content,
    voicecall,
)

GROUPS: Final[tuple[Group, ...]] = (
    onlineagent.performers,
    onlineagent_settings.performers,
    voicecall.performers,
    calldata.performers,
    agentgroup.performers,
    queuedevice.performers,
    notes.performers,
    textchat.performers,
    textchat_content.performers,
    eccconfig.performers,
    agentconf.performers,
    agentconf_chair.performers,
    mediacall.performers,
    recordplay.performers,
    qualitycontrol.performers,
    qualitycontrol_forcing.performers,
    qualitycontrol_watching.performers,
)


def all_performers(parts: Parts, cluster: str) -> dict[str, Performer]:
    """By operation name; `cluster` is the name of all gateways together.

    Raises ValueError when two groups perform one operation.
    """
    found: dict[str, Performer] = {}
    groups: tuple[Group, ...] = (*GROUPS, partial(querymonitor.performers, cluster=cluster))
    for group in groups:
        for name, performer in group(parts).items():
            if name in found:
                raise ValueError(f"two performers for {name}")
            found[name] = performer
    return found
