#!/usr/bin/env bash
# An agent with curl: signs in, takes one call, follows its GUID at least once, signs out (docs/recipes/README.md).
set -euo pipefail
base=${GATEWAY:-http://127.0.0.1:8000}/agentgateway/resource
agent=${AGENT:-101}
password=${PASSWORD:?the password of the agent}
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
: > "$files/guid"

# ask METHOD PATH [BODY]: the answer is in $answer afterwards. Password and GUID go by files: arguments are seen by others.
ask() {
  answer=$(curl -sS --max-time 15 -X "$1" -H "@$files/guid" -D "$files/head" ${3:+--data-binary @-} "$base/$2" <<<"${3:-}") || return
  local handed
  handed=$(sed -n 's/^[Ss][Ee][Tt]-[Gg][Uu][Ii][Dd]: *JSESSIONID=\([^[:space:]]*\).*/\1/p' "$files/head")
  [ -z "$handed" ] && return
  [ -s "$files/guid" ] && echo "a new GUID" && followed=yes
  echo "guid: $handed" > "$files/guid"
}
member() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p' <<<"$answer"; }
must() {
  ask "$@"
  [ "$(member retcode)" = 0 ] || { echo "refused: $answer" >&2; exit 1; }
}

followed=no call=
must PUT "onlineagent/$agent" '{"password":"'"$password"'","phonenum":"6001","autoanswer":false}'
echo "signed in"
must POST "onlineagent/$agent/resetskill/true"
echo "in all skill queues"

until [ "$call" = over ] && [ "$followed" = yes ]; do
  ask GET "agentevent/$agent" || { sleep 1; continue; }
  event=$(member eventType)
  [ -n "$event" ] && echo "event $event"
  case "$(member retcode)/$event" in
    100-006/*) echo "signed out by somebody else: $answer" >&2; exit 1 ;;
    0/AgentEvent_Ringing) must PUT "voicecall/$agent/answer?callid=$(member callid)" ;;
    0/AgentEvent_Talking) must DELETE "voicecall/$agent/release" ;;
    0/AgentEvent_Call_Release) call=over ;;
    */) sleep 0.5 ;;
  esac
done

must DELETE "onlineagent/$agent/logout"
echo "signed out"
