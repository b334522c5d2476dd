"""Voice menus: a customer spends some time there, then comes back, is queued, or hangs up."""

from gateway.backends.embedded.core import legs, queueing
from gateway.backends.embedded.core.model import Call, Stage
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import Outcome, Timer, TimerKey
from gateway.backends.embedded.core.world import World


def visit(out: Outcome, world: World, call: Call, access: str) -> None:
    """The customer is passed to a voice menu."""
    call.at_ivr = access
    out.add(Timer(TimerKey("ivr", call.id), world.plan.ivrs[access].seconds))


def over(out: Outcome, world: World, call: Call) -> None:
    """The menu has ended: back to the agent who waits for it, else on to the menu's queue, else the call ends."""
    access, call.at_ivr = call.at_ivr, ""
    for leg in call.agents():
        if leg.stage is Stage.AT_IVR:
            leg.stage = Stage.TALKING
            tell(out, world, call, leg, "back_from_ivr", "talking")
            return
    then = world.plan.ivrs[access].then_skill if access in world.plan.ivrs else 0
    if then:
        queueing.wait(out, world, call, then)
    else:
        legs.settle(out, world, call)
