import asyncio
import math

import pytest

from gateway.ops import request_context
from gateway.ops.request_context import TIDY_S, answer_within, paused_deadline, step_until
from gateway.wire.http import Request
from tests.support.requests import made_request


def a_request() -> Request:
    return made_request("GET", "/", {})


async def test_without_a_deadline_each_step_has_its_own_time() -> None:
    assert step_until(1000.0, 0.8) == 1000.8


async def test_no_step_outlasts_the_deadline() -> None:
    now_s = asyncio.get_running_loop().time()
    with answer_within(a_request(), 0.9):
        assert step_until(now_s, 0.8) == now_s + 0.8
        assert step_until(now_s + 0.5, 0.8) == pytest.approx(now_s + 0.9, abs=0.05)


async def test_what_comes_after_it_has_a_moment_to_tidy_up() -> None:
    now_s = asyncio.get_running_loop().time()
    with answer_within(a_request(), 0.9):
        assert step_until(now_s + 5.0, 0.8) == now_s + 5.0 + TIDY_S


async def test_what_this_task_starts_has_none() -> None:
    now_s = asyncio.get_running_loop().time()

    async def started() -> float:
        return step_until(now_s + 5.0, 0.8)

    with answer_within(a_request(), 0.1):
        assert await asyncio.create_task(started()) == now_s + 5.8


async def test_the_next_request_that_the_task_answers_has_its_own() -> None:
    now_s = asyncio.get_running_loop().time()
    with answer_within(a_request(), 0.1):
        await asyncio.sleep(0)
    assert step_until(now_s + 5.0, 0.8) == now_s + 5.8


async def test_time_spent_elsewhere_does_not_count() -> None:
    loop = asyncio.get_running_loop()
    with answer_within(a_request(), 0.9):
        began_s = loop.time()
        with paused_deadline():
            await asyncio.sleep(0.2)
        now_s = loop.time()
        assert step_until(now_s, math.inf) - began_s == pytest.approx(0.9 + now_s - began_s, abs=0.05)
    assert request_context.CALL_S < 1.0 < request_context.SIGN_IN_S < 2.0


async def test_what_a_request_has_begun_has_no_deadline_while_that_waits_elsewhere() -> None:
    """Such as the next write of last-seen, while a contact centre takes its time."""
    now_s = asyncio.get_running_loop().time()

    async def beside() -> float:
        return step_until(now_s + 5.0, 0.8)

    with answer_within(a_request(), 0.9):
        task = asyncio.create_task(beside())
        with paused_deadline():
            assert await task == now_s + 5.8


async def test_a_pause_that_outlasts_its_request_gives_it_no_deadline_again() -> None:
    now_s, request = asyncio.get_running_loop().time(), a_request()
    with answer_within(request, 0.1), paused_deadline():
        request.id, request.answer_by_s = request_context.ANSWERED, math.inf
    assert request.answer_by_s == math.inf
    assert step_until(now_s + 5.0, 0.8) == now_s + 5.8


async def test_what_the_task_does_next_is_not_told_as_the_doing_of_that_request() -> None:
    """Requests of pages are answered by the same tasks, one after another, and not all of them have a deadline."""
    request = made_request("GET", "/", {}, "192.0.2.7")
    with answer_within(request, 0.1):
        left_behind = asyncio.create_task(_told())
        assert await _told() == ("192.0.2.7", request.id)
    assert await left_behind == await _told() == ("", "")


async def _told() -> tuple[str, str]:
    return request_context.address(), request_context.request_id()
