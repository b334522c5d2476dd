"""How answers look: sign-in, envelope, headers, paths."""

import json
import re
from typing import Final

from gateway.kit.check import Bench, Check
from gateway.kit.probe_desk import DONE
from gateway.kit.target import must, needs

CONTENT_TYPE: Final = "application/json;charset=UTF-8"
_GUID: Final = re.compile(r"JSESSIONID=[0-9a-f-]+\.[A-Za-z0-9]+")
_UNKNOWN: Final = "00000000-0000-0000-0000-000000000000.None0"


async def _set_guid(bench: Bench) -> None:
    answer = await bench.desks[0].sign_in()
    needs(answer.retcode == DONE, f"the sign-in is refused: {answer.retcode}")
    names = [name for name, _ in answer.headers if name.lower() == "set-guid"]
    must(names == ["Set-GUID"], f"the header is {' and '.join(names) or 'missing'}")
    must(_GUID.fullmatch(answer.header("Set-GUID")), "its value is not JSESSIONID= and a GUID alone")


async def _guid_beside(bench: Bench) -> None:
    answer = await bench.desks[0].sign_in()
    needs(answer.handed, "the sign-in hands out no GUID")
    must(answer.header("Guid") == answer.handed, "the header Guid is missing, or is not what Set-GUID hands out")


async def _envelope(bench: Bench) -> None:
    desk = await bench.signed_in()
    for answer, members in (
        (await desk.status(), ["message", "retcode", "result"]),
        (await desk.status(_UNKNOWN), ["message", "retcode"]),
    ):
        must(answer.status == 200, f"an outcome of business has status {answer.status}")
        must(list(answer.envelope) == members, f"the members are {', '.join(answer.envelope)}")
        tight = json.dumps(answer.envelope, ensure_ascii=False, separators=(",", ":")).encode()
        must(answer.body == tight, "the JSON has spaces between its parts")


async def _headers(bench: Bench) -> None:
    answer = await (await bench.signed_in()).status()
    must(answer.header("Content-Type") == CONTENT_TYPE, f"Content-Type is {answer.header('Content-Type')}")
    must("no-store" in answer.header("Cache-Control"), "Cache-Control does not forbid to keep the answer")


async def _slashes(bench: Bench) -> None:
    desk = await bench.signed_in()
    answer = await desk.ask("GET", "onlineagent//{agentid}/agentstatus")
    must(answer.status == 200 and answer.retcode == DONE, f"status {answer.status}")


async def _unknown_path(bench: Bench) -> None:
    answer = await (await bench.signed_in()).ask("GET", "onlineagent/{agentid}/nobodyknowsthis")
    must(answer.status == 404, f"status {answer.status}")
    must({"message", "retcode"} <= set(answer.envelope), "it has no message and retcode")


CHECKS: Final = (
    Check("set-guid-header", "Set-GUID has this case and holds JSESSIONID= and the GUID, nothing behind.", _set_guid),
    Check("guid-header", "A sign-in answers the GUID in the header Guid as well.", _guid_beside),
    Check("envelope", "Answers have message, retcode, result, in this order, without spaces, as HTTP 200.", _envelope),
    Check("content-type", "Answers are application/json;charset=UTF-8 and not to be kept.", _headers),
    Check("doubled-slash", "Doubled slashes in a path are one.", _slashes),
    Check("unknown-path", "A path that nobody knows is 404 in the same envelope.", _unknown_path),
)
