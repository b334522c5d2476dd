"""What of a request, an answer or an event may be shown to whoever follows an agent: what is known to be harmless.

Names that are not in the table are masked, whatever they hold: passwords, tokens, phone numbers, texts, and what nobody
has thought of. A GUID becomes a keyed hash, by which it is known again and not used.
"""

import hmac
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

SHOWN: Final = frozenset(
    """
    agentid agentids agentlimit agentstatus agenttype autoanswer autoenteridle autoflag begintime callid callids
    calltype cause ccid changereason changetype chatcontenttype chatid codeformat confid controlid detect
    devicecalltype devicetype endtime eventgentime eventtype feature flag forwardingtype groupid holdflag isautoanswer
    isinnercall lastreleaseagentid listenstatus locationid locktime logintime mediaability mediatype mode modifytype
    isforcechange monitoredagent pageno pagesize participanttype phonelinkage phonestate playmode position prolongtime
    qcagentid qctype reason recordflag releaseandrequeuecallflag releaseandrequeuecount releasephone restcause retcode
    servername skillid
    skillids skillname skills skilltype starttime state status submediatype subtype targettype taskid time times
    totalcount transfer type vdnid workno
    """.split()  # noqa: SIM905 - a table of words
)
"""Names of members and parameters, in small letters, whose values are shown."""
_PLAIN_NUMBER: Final = 1_000_000
"""A greater one under a name that is not in the table may be a phone number."""
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(\.\w+)?")
_CALL: Final = re.compile(r"[0-9]{10}-[0-9]{1,10}")
_CONTENT: Final = "content"
_RESULT: Final = "result"
_TOP: Final = "message"
"""In the envelope the words of an answer; anywhere else a text that somebody wrote."""
_LONGEST_WORD: Final = 64
"""A longer one is a text, whatever its name."""
LONGEST: Final = 4000
"""Characters of one body that are shown."""
DEEPEST: Final = 12


class Masks:
    """`key` makes the hashes of GUIDs; nodes that share it make the same."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def guid(self, text: str) -> str:
        """What stands for a GUID, also one in `Set-GUID`; "" for none."""
        found = text.rpartition("=")[2].strip()
        return f"<guid {hmac.digest(self._key, found.encode(), 'sha256').hex()[:8]}>" if found else ""

    def body(self, raw: bytes) -> str:
        """A body, as one line of JSON with what may be shown; "" for none."""
        if not raw:
            return ""
        with suppress(ValueError, RecursionError):
            shown = json.dumps(self._value("", json.loads(raw), 0), ensure_ascii=False, separators=(",", ":"))
            return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} (cut)"
        return f"<{len(raw)} bytes that are no JSON>"

    def name(self, given: str) -> str:
        """The name of a parameter or member, where it is one: a client may send anything in its place."""
        return given if len(given) <= _LONGEST_WORD and given.isidentifier() else f"<{len(given)} characters>"

    def named(self, name: str, value: str) -> str:
        """A parameter of a path or query."""
        return str(self._text(name.lower(), value))

    def _value(self, name: str, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            return "<deeper>"
        if isinstance(value, dict):
            return {self.name(key): self._member(value, key, depth) for key in value}
        if isinstance(value, list):
            return [self._value(name, each, depth + 1) for each in value]
        if isinstance(value, str):
            return self._text(name, value)
        harmless = value is None or isinstance(value, bool) or name in SHOWN or abs(value) < _PLAIN_NUMBER
        return value if harmless else "<number>"

    def _member(self, whole: Mapping[str, Any], key: str, depth: int) -> Any:
        value = whole[key]
        if isinstance(value, str):
            of_event = key == _CONTENT and "eventType" in whole and _CALL.fullmatch(value)
            told = "retcode" in whole and depth == 0
            of_envelope = told and (key == _TOP or (key == _RESULT and _CALL.fullmatch(value)))
            if of_event or of_envelope:
                return self._without_guids(value)
        return self._value(key.lower(), value, depth + 1)

    def _text(self, name: str, value: str) -> str:
        if not value:
            return value
        if _GUID.fullmatch(value):
            return self.guid(value)
        return (
            self._without_guids(value)
            if name in SHOWN and len(value) <= _LONGEST_WORD
            else f"<{len(value)} characters>"
        )

    def _without_guids(self, text: str) -> str:
        return _GUID.sub(lambda found: self.guid(found[0]), text)
