"""The routes that programs of real clients call: none may be missing."""

from collections.abc import Iterator

import pytest

from gateway.rows import ALL_OPERATIONS

CLIENTS: dict[str, dict[str, str]] = {
    "agentevent": {
        "GET": "!allagentevent .",
    },
    "agentgroup": {
        "GET": """
            agentbyconfigedskill/{} agentbyskill/{} agentbyworkno/{} agentidsbyskill/{} agentlistbystatus
            agentongroup agentongroupex agentrestinfo agentwasnameonvdn allagentstatus allchatagents
            alllocalagentstatus groupbyagent/{} grouponvdn idleagent iscallout iscensor ismonitor ispickup
            isreportmanager isspymonitor issystem loggedinagentphoneonvdn onlineagentonvdn queryagentstatus
            queryagentstatusandskill restreason
        """,
        "POST": "agentinfonoskills",
    },
    "calldata": {
        "GET": """
            agentholdnum/{} allcallid allcallinfo/{} allcallinfoEx/{} allcallinfoinvdn appdata
            callRecordInfoList callinfo callinfobeforeanswer callinfobycallid/{} callnums holdlist holdlistex/{}
            isprocesscall ivrcallcount/{} ivrcallinfo/{} privatecallinfo queryselfcallrecordinfolist
            remotenumbers statistics waitcallinfo/{}
        """,
        "PUT": ". getcallbusinessdata setcallbusinessdata setcalldataex",
    },
    "eccconfig": {
        "DELETE": "blacklist redlist",
        "GET": "allblacklist allredlist",
        "POST": "blacklist redlist",
    },
    "multimediaconf": {
        "DELETE": "stopconf",
        "POST": "getconfstate joinconfresult",
        "PUT": "inviteconf requestconf",
    },
    "onlineagent": {
        "DELETE": "forcelogout forcelogoutwithreason/{} logout",
        "GET": "agentskills agentskillsbyworkno/{} agentstatus",
        "POST": """
            autoanswer/{} autoenteridle/{} bindphone cancelbusy cancelrest cancelwork modifyaccountpwd
            notifybulletin resetskill/{} rest/{}/{} saybusy sayfree sendnotelet/{} setforwarding
            setselfrecord/{}/{} settalkright work
        """,
        "PUT": ". forcelogin forceloginex forceloginexwithoutphone loginex",
    },
    "qualitycontrol": {
        "DELETE": "deleteqctask {}",
        "GET": "allagent queryqctasks queryurlinfo queryvideorecordfile",
        "POST": """
            beginmonitor cancelselfrecord deleteVideoTask endmonitor forcebusy/{} forcedropcall/{} forceidle/{}
            forcelogout/{} forcerest/{}/{}/{} registerDataToServer requeststopwhisperagent
            requestswitchinsertwhisperagent requestwhisperagent setselfrecord/{}/{} startOrStopVideoPlay
            startVideoMonitor startVideoOperation stopVideoMonitor switch/{}
        """,
        "PUT": "addinsert/{} addsupervise/{} intercept/{}",
    },
    "querymonitor": {
        "GET": """
            agentclusterinfo/{} allagentclusterinfo clusterinfo clusterinfobyname/{} servertime
            skillstatisticinfo/{} systemstate systemversion
        """,
        "POST": "setagenttimeout/{} setmaxchatnum/{}/{}",
    },
    "queuedevice": {
        "GET": "agentskill/{} agentvdnskill innoinfo ivrinfo skillwaitnum/{} vdnskill/{} waitnum waitnumbyagent",
        "POST": "queryacdstat queryskillstat",
    },
    "recordplay": {
        "DELETE": "stopplay stoprecord stoprecordscreen",
        "GET": """
            batchrecordzipfileurl getconnecttoken queryrecordfilebycallid queryrecordscore queryselfrecordfile
            recordfile recordfilefromrecordid recordfileurl recordzipfileurl
        """,
        "POST": "backfast/{} forefast/{} pauseplay pauserecord resumeplay resumerecord",
        "PUT": "play record recordwithoutfilename startrecordscreen",
    },
    "textchat": {
        "DELETE": "drop/{} reject/{}",
        "GET": "callcontent mediafile",
        "POST": "callsession mediafile sendmessagewithoutcall transfer",
        "PUT": "answer/{} chatmessage confirmmessage internalcall/{} sendmessagewithoutcall",
    },
    "voicecall": {
        "DELETE": ". release releasephone",
        "POST": """
            beginmute beginmutevideo canceltransfer confjoin connecthold/{} disconnect/{} dropcall/{} endmute
            endmutevideo gethold hold innerhelp reportsound requestcall/{}/{} seconddial/{} transfer
        """,
        "PUT": "answer callinner callout phonehangup phonepickup previewcallout",
    },
}
"""By group and method: what follows the calling agent, `.` for nothing, `{}` for a parameter, `!` where no agent is
named.
"""


def routes() -> Iterator[tuple[str, str]]:
    for group, methods in CLIENTS.items():
        for method, words in methods.items():
            for word in words.split():
                yield method, f"{group}/{word[1:]}" if word[0] == "!" else f"{group}/{{}}/{word}".removesuffix("/.")


def template(path: str) -> str:
    return "/".join("{}" if segment.startswith("{") else segment for segment in path.split("/"))


HERE = {(row.method, template(row.path)) for row in ALL_OPERATIONS}


def test_the_list_is_whole() -> None:
    assert len(set(routes())) == 202


@pytest.mark.parametrize("route", list(routes()), ids=" ".join)
def test_a_route_of_real_clients_has_a_row(route: tuple[str, str]) -> None:
    assert route in HERE
