"""The agentevent group: fetching events (contract agentevent.yaml)."""

from gateway.operations.operation import Answer, Operation, Poll, Unsupported
from gateway.wire import retcodes

OPERATIONS: tuple[Operation, ...] = (
    Poll(
        "getAgentEvent",
        "GET",
        "agentevent/{agentid}",
        "wait for the next event",
        retcodes=(retcodes.WRONG_EVENT_WAY,),
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
