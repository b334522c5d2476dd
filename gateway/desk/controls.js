/** The buttons of the state and of the calls: what each asks for, and when it can be used. */

import { BUSY, IDLE, IN_CALL, REST, WRAP_UP } from "./calls.js";
import { allow, allowed, byId, make } from "./dom.js";

const REST_S = 600;
/** Kinds of the target, by the `devicetype` of a transfer; its modes: released at once, or when the other side answers. */
const DEVICE = { agent: 2, queue: 1, number: 5 };
const MODE = { agent: 2, queue: 0, number: 2 };

const target = () => ({ kind: byId("target-kind").value, address: byId("target").value.trim() });

/** What a button of the state asks for, by the state that the agent is in. */
const STATES = {
  [IDLE]: ({ onlineagent }, from) =>
    from === REST ? onlineagent.cancelRest() : from === WRAP_UP ? onlineagent.cancelWork() : onlineagent.sayFree(),
  [BUSY]: ({ onlineagent }) => onlineagent.sayBusy(),
  [WRAP_UP]: ({ onlineagent }) => onlineagent.sayWork(),
  [REST]: ({ onlineagent }) => onlineagent.rest({ time: REST_S, restcause: Number(byId("rest-cause").value) }),
};

const talking = (calls) => calls.in("talking", "conference").length > 0;
const active = (calls) => calls.in("talking", "conference", "calling").length > 0;
const held = (calls) => calls.in("held");

/** What each button of the call bar asks for, and with which calls it can be used. */
const ACTS = {
  answer: [({ voicecall }) => voicecall.answer(), (calls) => calls.in("ringing").length > 0],
  reject: [({ voicecall }) => voicecall.reject({ mode: 2 }), (calls) => calls.in("ringing").length > 0],
  hold: [({ voicecall }) => voicecall.hold(), talking],
  takeBack: [
    ({ voicecall }, calls) => voicecall.getHold({ callid: held(calls)[0]?.id }),
    (calls) => held(calls).length > 0 && !active(calls),
  ],
  mute: [({ voicecall }, _calls, pressed) => (pressed ? voicecall.endMute() : voicecall.beginMute()), talking],
  hangUp: [
    ({ voicecall }, calls) => (active(calls) ? voicecall.release() : voicecall.dropCall({ callid: held(calls)[0]?.id })),
    (calls) => active(calls) || held(calls).length > 0,
  ],
  callOut: [callOut, (calls) => !active(calls) && !calls.in("ringing").length],
  transfer: [
    ({ voicecall }) => {
      const { kind, address } = target();
      return voicecall.transfer({ devicetype: DEVICE[kind], address, mode: MODE[kind] });
    },
    talking,
  ],
  consult: [help(1), (calls) => talking(calls) && !held(calls).length],
  connect: [
    ({ voicecall }, calls) => voicecall.connectHold({ callid: held(calls)[0]?.id }),
    (calls) => talking(calls) && held(calls).length > 0,
  ],
  conference: [
    (agent, calls) =>
      held(calls).length ? agent.voicecall.confJoin({ callid: held(calls)[0].id }) : help(2)(agent),
    talking,
  ],
};

function callOut({ voicecall }) {
  const { kind, address } = target();
  if (kind === "agent") return voicecall.callInner({ called: address });
  if (kind === "queue") return voicecall.callInnerSkill({ skillId: Number(address) });
  return voicecall.callout({ called: address });
}

/** Help of an agent or a queue: with two parties the customer is held meanwhile, with three all hear each other. */
function help(mode) {
  return ({ voicecall }) => {
    const { kind, address } = target();
    return voicecall.innerHelp({ dstaddress: address, devicetype: DEVICE[kind], mode });
  };
}

/** `ask(what, promise)` tells how it went. */
export class Controls {
  #states = [...document.querySelectorAll("[data-state]")];
  #acts = [...document.querySelectorAll("[data-do]")];

  constructor(session, ask) {
    this.session = session;
    for (const button of this.#states) {
      button.addEventListener("click", () => {
        const { agent, state } = session;
        if (agent && allowed(button)) ask(button.textContent, STATES[button.dataset.state](agent, state));
      });
    }
    for (const button of this.#acts) {
      button.addEventListener("click", () => allowed(button) && this.#act(button, ask));
    }
  }

  async #act(button, ask) {
    const { agent, calls } = this.session;
    const [act] = ACTS[button.dataset.do];
    const pressed = button.getAttribute("aria-pressed") === "true";
    const done = await ask(button.textContent, act(agent, calls, pressed));
    if (done && button.dataset.do === "mute") button.setAttribute("aria-pressed", String(!pressed));
  }

  draw() {
    const { agent, state, calls } = this.session;
    for (const button of this.#states) button.setAttribute("aria-pressed", String(Boolean(agent) && button.dataset.state === state));
    for (const button of this.#acts) allow(button, Boolean(agent) && ACTS[button.dataset.do][1](calls));
    if (!talking(calls)) byId("call-bar").querySelector("[data-do=mute]").setAttribute("aria-pressed", "false");
    const kind = { [IDLE]: "good", [IN_CALL]: "call" }[state] ?? "warn";
    byId("state").textContent = agent ? state : "";
    byId("state").dataset.kind = kind;
    const items = calls.all.map((call) => line(call));
    byId("call-list").replaceChildren(...(items.length ? items : [make("li", { class: "empty" }, "no call")]));
  }
}

function line({ id, stage, other }) {
  const whom = make("b", {}, other || "unknown");
  const pill = make("span", { class: "pill", "data-kind": stage === "ringing" ? "warn" : "call" }, stage);
  return make("li", { class: "call", "data-stage": stage }, pill, whom, make("small", {}, `call ${id}`));
}
