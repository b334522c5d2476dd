/** The desk page: an agent desktop on agentgateway.js, and beside it the wire (docs/desk.md). */

import { Agent, Refused, Retcode } from "./agentgateway.js";
import { Calls, Chats, IDLE, stateAfter } from "./calls.js";
import { Chatting } from "./chatting.js";
import { Controls } from "./controls.js";
import { allow, byId, make, say, tell } from "./dom.js";
import { GuidBook } from "./guids.js";
import { Exchanges, TimeLine, drawGuids } from "./views.js";
import { Wire, isPoll } from "./wire.js";

const facts = await (await fetch("/desk/facts")).json();
/** The one session of this page; `agent` is null while there is none. */
const session = { agent: null, state: IDLE, calls: new Calls(), chats: new Chats() };
const guids = new GuidBook(facts);
const timeLine = new TimeLine();
const wire = new Wire((exchange) => {
  exchanges.show(exchange);
  if (session.agent && isPoll(exchange) && exchange.retcode === "0") link("good", "signed in");
});
const exchanges = new Exchanges(wire);
const controls = new Controls(session, ask);
const chatting = new Chatting(session, ask);

/** Waits for what was asked and says how it went; whether it was done. */
async function ask(what, promise) {
  try {
    await promise;
    say(`${what}: done.`);
    return true;
  } catch (problem) {
    say(`${what}: ${problem instanceof Refused ? `refused, ${problem.message}` : problem.message}`, "bad");
    return false;
  }
}

function link(kind, text) {
  byId("link").dataset.kind = kind;
  byId("link-text").textContent = text;
}

function draw() {
  for (const id of ["customer-calls", "customer-leaves", "chat-start"]) allow(byId(id), session.agent);
  controls.draw();
  chatting.draw();
  drawGuids(guids);
}

/** Beginning and end of a session: what is there with one only, and what is there without. */
function opened(agent) {
  const former = document.activeElement;
  session.agent = agent;
  session.state = IDLE;
  session.calls.clear();
  session.chats.clear();
  byId("sign-in").hidden = Boolean(agent);
  byId("signed-in").hidden = !agent;
  if (agent) byId("who").textContent = name(facts.agents.find(({ id }) => id === agent.agentId));
  if (former && former !== document.body && !former.checkVisibility()) {
    byId(agent ? "sign-out" : "sign-in-button").focus();
  }
  draw();
}

async function signIn(event) {
  event.preventDefault();
  const button = byId("sign-in-button");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  guids.clear();
  link("warn", "signing in");
  const id = Number(byId("agent").value);
  try {
    const agent = await Agent.signIn(location.origin, id, {
      password: byId("password").value,
      phone: byId("phone").value,
      force: byId("force").checked,
      options: { autoanswer: byId("autoanswer").checked, autoenteridle: byId("autoenteridle").checked },
      fetch: wire.fetch,
      onGuid: adopt,
      onTrouble: (problem) => {
        link("warn", "interrupted, trying again");
        timeLine.note("bad", "Interrupted", problem.message);
      },
    });
    link("good", "signed in");
    timeLine.note("guid", `Agent ${id} signed in`);
    opened(agent);
    say(`Agent ${id} is signed in.`);
    byId("force").checked = false;
    listen(agent);
    await ask("Skill queues", agent.onlineagent.resetSkill({ autoflag: true }));
  } catch (problem) {
    link("off", "signed out");
    const again = problem.retcode === Retcode.ALREADY_SIGNED_IN ? " Take it over, if it is yours." : "";
    say(`Sign-in: ${problem.message}.${again}`, "bad");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function adopt(guid) {
  if (guids.current) {
    timeLine.note("guid", "GUID replaced", "the answer to a poll brought its successor, which is used from now on");
  }
  guids.take(guid);
  drawGuids(guids);
}

async function listen(agent) {
  try {
    for await (const event of agent.events()) take(event, agent.agentId);
    over("signed out", "");
  } catch (problem) {
    over("the session is over", problem.message);
  }
}

/** What is said when a call gets to a stage. */
const NEWS = {
  ringing: (other) => `A call from ${other} rings.`,
  calling: (other) => `Calling ${other}.`,
  talking: (other) => `Talking with ${other}.`,
  conference: (other) => `In a conference with ${other}.`,
  held: (other) => `${other} is on hold.`,
};

function take(event, agentId) {
  timeLine.event(event);
  const former = session.calls.all;
  session.calls.take(event, agentId);
  session.chats.take(event, agentId);
  const state = stateAfter(event);
  if (state && state !== session.state) {
    session.state = state;
    tell(`State: ${state}.`);
  }
  for (const call of session.calls.all) {
    const before = former.find(({ id }) => id === call.id)?.stage;
    if (call.stage !== before) tell(NEWS[call.stage](call.other || "unknown"));
  }
  if (event.eventType === "AgentChat_Ring") tell(`${event.content.caller} asks for a chat.`);
  draw();
}

function over(word, why) {
  link(why ? "bad" : "off", word);
  timeLine.note(why ? "bad" : "guid", word[0].toUpperCase() + word.slice(1), why);
  say(why ? `The session is over: ${why}` : "Signed out.", why ? "bad" : "");
  tell("");
  opened(null);
}

async function signOut() {
  const { agent, calls } = session;
  if (agent) await ask("Sign-out", agent.signOut({ force: calls.all.length > 0 }));
}

/** The simulated customer is asked for with the GUID of the agent, and calls nobody else. */
async function customer(method, what) {
  const { agent } = session;
  if (!agent) return false;
  const headers = { guid: guids.current.guid };
  let body;
  if (method === "POST") {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify({ caller: byId("caller").value, data: byId("call-data").value });
  }
  const asked = wire.fetch(`/desk/customer?agentid=${agent.agentId}`, { method, headers, body, cache: "no-store" });
  return ask(what, asked.then(refusals));
}

async function refusals(answer) {
  const { retcode, message } = await answer.json();
  if (retcode !== "0") throw new Refused(retcode, message);
}

/** The phone that goes with an agent: 6001 with 101. */
const phoneOf = (id) => `60${String(Number(id) % 100).padStart(2, "0")}`;

const name = ({ id, name: known }) => (known ? `${id} ${known}` : String(id));

function fill() {
  byId("agent").append(...facts.agents.map((one) => make("option", { value: one.id }, name(one))));
  byId("targets").append(...facts.agents.map((one) => make("option", { value: one.id }, one.name)));
  byId("rest-cause").append(...facts.restReasons.map((one) => make("option", { value: one.id }, one.name)));
  byId("phone").value = phoneOf(byId("agent").value);
  byId("agent").addEventListener("change", () => (byId("phone").value = phoneOf(byId("agent").value)));
  byId("sign-in").addEventListener("submit", signIn);
  byId("sign-out").addEventListener("click", signOut);
  byId("customer-calls").addEventListener("click", () => customer("POST", "Customer calls"));
  byId("customer-leaves").addEventListener("click", () => customer("DELETE", "Customer hangs up"));
  byId("secrets").addEventListener("change", () => {
    exchanges.redraw();
    drawGuids(guids);
  });
  setInterval(() => drawGuids(guids), 1000);
}

fill();
draw();
document.body.dataset.ready = "true";
