"""The incidents: what happens, how it ends, and by what an operator must be able to tell it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gateway.audit.diagnosis import Cause
from tests.incident.scene import INTERVAL_MS, TIMEOUT_MS, Scene, as_json, until
from tests.support.desk import Desk
from tests.support.gateway import PASSWORD

TAKEN, LOCKED, DEAF, OUT, REFUSED = 101, 105, 107, 113, 114
TIMES: Final = 8
"""So often desktops take a session from each other: alerts tell of many, `explain` of each."""
WRONG: Final = "Wrong-Desk7"
LOCKS_AFTER: Final = 5


@dataclass(frozen=True)
class Incident:
    """`play` lets it happen and leaves it standing, `mend` ends it.

    `agent` is asked about, `cause` must be named, `alert` fires, and `admin` looks at the admin listener and the pages
    for balancers: whether these tell it too.
    """

    name: str
    agent: int
    cause: Cause
    alert: str
    play: Callable[[Scene], Awaitable[None]]
    admin: Callable[[Scene], Awaitable[bool]]
    mend: Callable[[Scene], Awaitable[None]]


async def _nothing(_scene: Scene) -> None:
    """It is over by itself."""


async def take_over(scene: Scene) -> None:
    """Two desktops of one agent, each of which signs in by force when it finds itself out."""
    for _ in range(TIMES):
        await scene.gateway.desk(TAKEN).sign_in(force=True)
    former = scene.gateway.desk(TAKEN)
    await former.sign_in(force=True)
    await scene.gateway.desk(TAKEN).sign_in(force=True)
    await former.status()


async def take_over_is_told(scene: Scene) -> bool:
    lines = await scene.audited(f"agent={TAKEN}&kind=take-over")
    return len(lines) > TIMES and all(line["reason"] == "forced sign-in" for line in lines)


async def lock_out(scene: Scene) -> None:
    """Somebody tries passwords of several agents."""
    for agent in range(LOCKED - 3, LOCKED + 1):
        for _ in range(LOCKS_AFTER):
            await Desk(scene.gateway.port, agent, WRONG).sign_in()
    assert (await Desk(scene.gateway.port, LOCKED, PASSWORD).sign_in()).retcode == "110-016"


async def lock_out_is_told(scene: Scene) -> bool:
    async def gathered() -> bool:
        lines = await scene.audited("kind=sign-in-locked")
        return bool(lines) and lines[0].get("address") == "127.0.0.1"

    await until(gathered)
    return bool(await scene.audited(f"agent={LOCKED}"))


async def ignore(scene: Scene) -> None:
    """Programs that never take a new GUID, until they are refused."""
    desks = [scene.gateway.desk(agent) for agent in range(DEAF - 1, DEAF + 5)]
    for desk in desks:
        await desk.sign_in()
        await desk.status()
        desk.adopts = False
    await asyncio.sleep(INTERVAL_MS / 1000)

    async def refused() -> bool:
        return all([(await desk.poll()).retcode == "000-003" for desk in desks])

    await until(refused, 10 * TIMEOUT_MS / 1000)


async def ignoring_is_told(scene: Scene) -> bool:
    report = (await scene.operator.get("/adoption")).json
    return bool(DEAF in {line["agent"] for line in report["agents"]})


async def outage(scene: Scene) -> None:
    """The store is gone while a desktop is signed in."""
    desk = scene.gateway.desk(OUT)
    await desk.sign_in()
    scene.store.kill()

    async def noticed() -> bool:
        return (await desk.status()).status == 503 and bool(await scene.audited("kind=store-outage"))

    await until(noticed)


async def outage_is_told(scene: Scene) -> bool:
    said = as_json(await scene.ready())
    return bool(said["status"] == "not ready" and said["store"] != "ok")


async def store_back(scene: Scene) -> None:
    scene.store.start()

    async def ready() -> bool:
        return as_json(await scene.ready()).get("store") == "ok"

    await until(ready)


async def refuse(scene: Scene) -> None:
    """Somebody writes a value that is none."""
    await scene.gateway.desk(REFUSED).sign_in()
    with scene.settings_file.open("a", encoding="utf-8") as file:
        file.write("\nMAXTIME = soon\n")

    async def noticed() -> bool:
        return bool(await scene.audited("kind=settings-refused"))

    await until(noticed)


async def refusal_is_told(scene: Scene) -> bool:
    [line] = await scene.audited("kind=settings-refused")
    return "MAXTIME" in str(line["problems"]) and "refused" in str(as_json(await scene.ready())["settings"])


async def mend_settings(scene: Scene) -> None:
    text = scene.settings_file.read_text("utf-8")
    scene.settings_file.write_text(text.replace("\nMAXTIME = soon\n", ""), "utf-8")


INCIDENTS: Final = (
    Incident("taken over", TAKEN, Cause.TAKEN_OVER, "AgentGatewayTakeOvers", take_over, take_over_is_told, _nothing),
    Incident("locked out", LOCKED, Cause.LOCKED_OUT, "AgentGatewayLockouts", lock_out, lock_out_is_told, _nothing),
    Incident(
        "ignores new GUIDs",
        DEAF,
        Cause.IGNORES_GUIDS,
        "AgentGatewayClientsIgnoreNewGuids",
        ignore,
        ignoring_is_told,
        _nothing,
    ),
    Incident(
        "settings refused",
        REFUSED,
        Cause.SETTINGS_REFUSED,
        "AgentGatewaySettingsRefused",
        refuse,
        refusal_is_told,
        mend_settings,
    ),
    Incident(
        "store outage", OUT, Cause.STORE_OUTAGE, "AgentGatewayStoreUnreachable", outage, outage_is_told, store_back
    ),
)
