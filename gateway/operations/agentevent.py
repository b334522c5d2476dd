"""The agentevent group: fetching events (contract agentevent.yaml)."""

from typing import Any

from gateway.operations.operation import Answer, Operation, Poll, Unsupported
from gateway.operations.results import Result
from gateway.wire import retcodes


class AgentEvent(Result):
    """An event; `event_gen_time` is ms since the epoch, `content` an object, a text or null by `event_type`."""

    event_type: str
    event_gen_time: int
    work_no: str
    content: Any


OPERATIONS: tuple[Operation, ...] = (
    Poll(
        "getAgentEvent",
        "GET",
        "agentevent/{agentid}",
        "wait for the next event",
        retcodes=(retcodes.WRONG_EVENT_WAY,),
        result=AgentEvent,
    ),
    Unsupported(
        "getAllAgentEvent",
        "GET",
        "agentevent/allagentevent",
        "events of all agents: a mode that this gateway does not have",
        answer=Answer.PLAIN,
        retcodes=(retcodes.WRONG_EVENT_WAY,),
    ),
)
