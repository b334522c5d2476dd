"""Every row of the agent interface: those that the gateway answers itself, and those of the contact centre."""

from typing import Final

from gateway.contact_centre.operations.rows import CENTRE_OPERATIONS
from gateway.edge.rows import OPERATIONS as EDGE_OPERATIONS
from gateway.interface.operation import Operation

ALL_OPERATIONS: Final[tuple[Operation, ...]] = (*EDGE_OPERATIONS, *CENTRE_OPERATIONS)
