"""The SDK for programs that talk to a gateway as agent desktops do (docs/sdk.md).

It needs aiohttp and nothing of the server: `gateway.client` works from a package installed without its other needs.
"""

from gateway.client.agent import Agent
from gateway.client.errors import AgentGatewayError, BadAnswer, NoAnswer, PushNotSigned, Refused
from gateway.client.event import Ended, Event
from gateway.client.link import Gateway
from gateway.client.push import PushReceiver

__all__ = [
    "Agent",
    "AgentGatewayError",
    "BadAnswer",
    "Ended",
    "Event",
    "Gateway",
    "NoAnswer",
    "PushNotSigned",
    "PushReceiver",
    "Refused",
]
