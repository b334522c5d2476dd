"""Settings of the environment, for workers."""

import os

from gateway.supervisor.worker_slot import WorkerVariables, receive_variables


def test_each_worker_receives_all_of_them() -> None:
    variables = {"AGENTGATEWAY_REDIS_URL": "redis://:é@host", "AGENTGATEWAY_MAXTIME": "7000"}
    given = WorkerVariables(variables)
    assert given.descriptor is not None
    received = [receive_variables(os.dup(given.descriptor)) for _ in range(2)]
    given.close()
    assert received == [variables, variables]


def test_without_any_there_is_nothing_to_inherit() -> None:
    assert WorkerVariables({}).descriptor is None
