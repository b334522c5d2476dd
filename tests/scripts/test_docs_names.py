"""Names in pages: what exists passes, what does not is named."""

import pytest
from docs_names import Names

NAMES = Names()


def unknown(text: str) -> list[str]:
    return [what for _, what in NAMES.unknown(text)]


@pytest.mark.parametrize(
    "text",
    [
        "GUID_SECRET_FILE and `AUTHMODE = 1`, `EVENT_PUSH_WHITELIST_CALLBACKURI`",
        "`agentgateway serve --config FILE --set HTTP_PORT=0`, agentgateway and its workers",
        "`agentgateway agents list|add|passwd`",
        "```\n.venv/bin/agentgateway sessions end 101 --yes | cat\n```",
        "`agentgateway secret\n  push`",
        "`PUT onlineagent/{agentid}/forcelogin`, `calldata/`, POST `onlineagent/101/saybusy?x=1`",
        "`textchat/<agent>/mediafile?callId=`",
        '```console\n$ curl -s -X POST -H "guid: $G" "$A/onlineagent/101/saybusy?reason=205"\n```',
        "`/gateway/ready`, `GET /sim/messages`, `/sim`, `POST /sessions/{agent}/end`, `/gateway/...`",
        "`AgentState_Ready`, AgentChat_..., `QC_AgentState_Login`, `100-006`",
        "| Operation | x |\n|---|---|\n| `sayfree`, `forceLogin` | `anything` |\n",
        "```console\n$ API_KEY=$(agentgateway token tenant add demo)\n```\nAPI_KEY",
        "`scripts/failover --rounds 20`",
        "`agentgateway agents add [OPTIONS] 130 --name 'Ada Wong'`, `agentgateway sim list $SETTINGS`",
    ],
)
def test_names_that_exist(text: str) -> None:
    assert unknown(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("GUID_SECRETS_FILE", "no setting GUID_SECRETS_FILE"),
        ("`AUTHMODES = 1`", "no setting AUTHMODES"),
        ("`agentgateway agent list`", "no command agentgateway ... agent"),
        ("`agentgateway agents list|show`", "no command agentgateway ... list|show"),
        ("```\nagentgateway sessions list --stop\n```", "agentgateway list has no option --stop"),
        ("`GET onlineagent/{agentid}/forcelogin`", "no route GET onlineagent/{agentid}/forcelogin"),
        ("`onlineagent/{agentid}/forcedlogin`", "no route  onlineagent/{agentid}/forcedlogin"),
        ('```\n$ curl -X PUT "$A/onlineagent/101/saybusy"\n```', "no route PUT onlineagent/101/saybusy"),
        ("`/gateway/alive`", "no route /gateway/alive"),
        ("`AgentState_Steady`", "no event AgentState_Steady"),
        ("`100-999`", "no retcode 100-999"),
        ("| Operation | x |\n|---|---|\n| `sayfree`, `sayfrei` | |\n", "no operation sayfrei"),
        ("`scripts/failover --round 20`", "no script has the option --round"),
        ("`agentgateway lockouts unlock 101`", "agentgateway ... unlock takes 0 arguments, not 1"),
    ],
)
def test_names_that_do_not(text: str, problem: str) -> None:
    assert unknown(text) == [problem]
