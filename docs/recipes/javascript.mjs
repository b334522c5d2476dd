// An agent with fetch: signs in, takes one call, follows its GUID at least once, signs out (docs/recipes/README.md).
// agentgateway.js (docs/sdk.md) does the same in ten lines. In a page, the gateway's CORS_ORIGINS must list its origin.
const { GATEWAY = "http://127.0.0.1:8000", AGENT = "101", PASSWORD } = process.env;
const BASE = `${GATEWAY}/agentgateway/resource/`;
const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));

let guid = "";
let followed = false;

// One call; the answer as JSON. Every answer may hand out the next GUID.
async function ask(method, path, body) {
  const headers = guid ? { guid } : {};
  if (body) headers["Content-Type"] = "application/json; charset=UTF-8";
  const answer = await fetch(BASE + path, {
    method,
    headers,
    body: body && JSON.stringify(body),
    credentials: "include",
    signal: AbortSignal.timeout(15_000),
  });
  const handed = (answer.headers.get("Set-GUID") ?? "").split("=")[1];
  if (handed && guid) {
    console.log("a new GUID");
    followed = true;
  }
  guid = handed || guid;
  return answer.json();
}

// The same; throws when it is refused.
async function must(method, path, body) {
  const said = await ask(method, path, body);
  if (said.retcode !== "0") throw new Error(`refused: ${said.retcode} ${said.message}`);
}

// The next event; undefined for none now. A gateway that is away is asked again.
async function poll() {
  let said;
  try {
    said = await ask("GET", `agentevent/${AGENT}`);
  } catch {
    await sleep(1000);
    return undefined;
  }
  if (said.retcode === "100-006") throw new Error(`signed out by somebody else: ${said.message}`);
  if (!said.event) await sleep(500);
  return said.event;
}

await must("PUT", `onlineagent/${AGENT}`, { password: PASSWORD, phonenum: "6001", autoanswer: false });
console.log("signed in");
await must("POST", `onlineagent/${AGENT}/resetskill/true`);
console.log("in all skill queues");

let over = false;
while (!(over && followed)) {
  const event = await poll();
  if (!event) continue;
  console.log(`event ${event.eventType}`);
  if (event.eventType === "AgentEvent_Ringing") {
    await must("PUT", `voicecall/${AGENT}/answer?callid=${encodeURIComponent(event.content.callid)}`);
  } else if (event.eventType === "AgentEvent_Talking") {
    await must("DELETE", `voicecall/${AGENT}/release`);
  } else if (event.eventType === "AgentEvent_Call_Release") {
    over = true;
  }
}

await must("DELETE", `onlineagent/${AGENT}/logout`);
console.log("signed out");
