"""Parameters that several groups share."""

from gateway.interface.fields import AgentId, CallId, Parameters, SkillId


class OtherAgentParameters(Parameters):
    """An agent asked about."""

    workno: AgentId


class WorkNoParameters(Parameters):
    """An agent asked about or acted upon; these groups spell it workNo."""

    work_no: AgentId


class QueueParameters(Parameters):
    """A skill queue."""

    skillid: SkillId


class CallParameters(Parameters):
    """A call by its id."""

    callid: CallId
