"""The base of results and those that several groups share. Strict: a test holds what a backend returns against them."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Result(BaseModel):
    """A JSON object in `result`, by its wire names. A backend may return it or a plain value of the same shape."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", populate_by_name=True, alias_generator=to_camel, defer_build=True
    )


class Nothing(Result):
    """The empty object of operations that return nothing."""


class SkillQueue(Result):
    """A skill queue. `mediatype`: 1 text chat, 2 click to dial, 4 callback, 5 audio and video, 51 web chat, ..."""

    name: str
    id: int
    mediatype: int


class QueueInfo(SkillQueue):
    """A skill queue of a VDN. `real_flag` is 1 for a real queue and 0 for a virtual one."""

    service_type: int
    real_flag: int


class SkillStatistics(Result):
    """A queue in numbers. `queue_time` is the longest wait in s; `transfer_flg` 0 release, 2 transfer.

    `load_factor`, `est_wait_time` and the transfer members are unused by the interface.
    """

    pilot_nbr: str
    device_no: int
    queue_size: int
    max_queue_size: int
    queue_time: int
    load_factor: int = 0
    est_wait_time: int = 0
    logged_on_agents: int
    avail_agents: int
    transfer_flg: int = 0
    transfer_device_type: int = 0
    transfer_device_no: int = 0
    skill_descrip: str


JsonObject = dict[str, Any]
"""An object whose members are the sender's business."""
