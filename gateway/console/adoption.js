/** The move to AUTHMODE 2: who follows new GUIDs, who does not, and what the next step would do. */

import { ask, query } from "./api.js";
import { shares } from "./charts.js";
import { make } from "./dom.js";
import { count, plural } from "./numbers.js";
import { moment, pill, swap, table } from "./parts.js";

export const title = "Adoption";
export const everyMs = 30_000;
const STAGES = {
  static: "AUTHMODE 1: every desktop keeps its GUID",
  rehearsal: "a rehearsal: GUIDs change, nobody is refused",
  staged: "AUTHMODE 2 for a part of the agents",
  dynamic: "AUTHMODE 2 for all agents",
};
const STATES = {
  follows: ["good", "follows", "t3"],
  ignores: ["bad", "ignores new GUIDs", "t5"],
  divided: ["bad", "two windows, or a thief", "t4"],
  pending: ["", "too early to tell", "t1"],
  untried: ["", "was handed none", "t6"],
};
const STEPS = { now: "as it is now", rehearsal: "rehearse", percent: "a part of the agents", all: "all agents", back: "back to AUTHMODE 1" };
const SIZE = 50;

export function show(page, _args, context) {
  const stage = make("section", { class: "card", "aria-labelledby": "stage-title" });
  const percent = make("input", { type: "number", id: "percent", min: "0", max: "100", size: "5", change: () => percent.reportValidity() && context.again() });
  const forecast = make("div", {});
  const steps = make(
    "section",
    { class: "card", "aria-labelledby": "steps-title" },
    make(
      "form",
      { class: "bar spread", submit: (event) => event.preventDefault() },
      make("h3", { id: "steps-title" }, "What the next steps would do"),
      make("label", { class: "inline" }, "With AUTHMODE_PERCENT", percent),
    ),
    forecast,
  );
  const clients = make("section", { class: "card", "aria-labelledby": "clients-title" });
  const agents = make("section", { class: "card", "aria-labelledby": "agents-title" });
  page.append(stage, steps, clients, agents);
  const before = [];
  let after = 0;

  return {
    async refresh(byItself, isLatest) {
      const told = await ask(query("/adoption", { after: after || "", limit: SIZE, percent: percent.validity.valid ? percent.value : "" }), { byItself });
      if (!isLatest()) return;
      swap(stage, ...drawStage(told));
      swap(forecast, drawSteps(told.steps));
      swap(clients, make("h3", { id: "clients-title" }, "By client"), drawClients(told.clients));
      swap(agents, make("h3", { id: "agents-title" }, "Sessions whose requests AUTHMODE 2 refuses"), drawAgents(told.agents), turning(told.next));
    },
  };

  function turning(next) {
    const turn = (key, words, possible, to) =>
      make("button", { type: "button", "data-key": key, "aria-disabled": String(!possible), click: () => possible && (to(), context.again()) }, words);
    return make(
      "div",
      { class: "row" },
      turn("former", "Previous page", before.length, () => (after = before.pop())),
      turn("next", "Next page", next !== null, () => {
        before.push(after);
        after = next;
      }),
    );
  }
}

function drawStage(told) {
  const settings = Object.entries(told.settings).map(([key, value]) => make("li", {}, make("code", {}, `${key} = ${value || "(empty)"}`)));
  const states = Object.entries(told.states).map(([state, number]) => {
    const [kind, words] = STATES[state] ?? ["", state];
    return make("li", {}, pill(number ? kind : "", `${words}: ${count(number)}`));
  });
  return [
    make("h3", { id: "stage-title" }, `The site is at ${STAGES[told.stage] ?? told.stage}`),
    make("ul", { class: "key", "aria-label": "Settings of the move" }, ...settings),
    make("p", {}, `${plural(told.sessions, "session")}:`),
    make("ul", { class: "key", "aria-label": "Sessions by how they follow" }, ...states),
    told.all_nodes ? "" : make("p", { class: "notice" }, "What other nodes found out is not known: the store does not tell."),
  ];
}

function drawSteps(steps) {
  const heads = [
    { label: "Step" },
    { label: "Settings", wrap: true },
    { label: "New GUIDs for", number: true },
    { label: "Refused", number: true },
    { label: "Follow by their client", number: true },
    { label: "Not known", number: true },
    { label: "Advice", wrap: true },
    { label: "To list", wrap: true },
  ];
  const rows = steps.map((step) => [
    STEPS[step.step] ?? step.step,
    make("code", {}, Object.entries(step.settings).map(([key, value]) => `${key} = ${value}`).join(", ")),
    count(step.dynamic),
    step.refused ? pill("bad", count(step.refused)) : "0",
    count(step.expected),
    count(step.unknown),
    step.advice,
    step.to_list ? make("code", {}, step.to_list) : "",
  ]);
  return table("Steps", heads, rows);
}

function drawClients(clients) {
  const names = Object.keys(STATES);
  const heads = [
    { label: "Client", wrap: true },
    { label: "How they follow" },
    { label: "Sessions", number: true },
    { label: "Refused", number: true },
    ...names.map((state) => ({ label: STATES[state][1], number: true })),
  ];
  const rows = clients.map((one) => [
    one.client || "(tells no name)",
    shares(names.map((state) => ({ value: one.states[state] ?? 0, tone: STATES[state][2] }))),
    count(one.sessions),
    one.not_adopting ? pill("bad", count(one.not_adopting)) : "0",
    ...names.map((state) => count(one.states[state] ?? 0)),
  ]);
  const legend = make("ul", { class: "legend", "aria-label": "What the bars show" }, ...Object.values(STATES).map(([, words, tone]) => make("li", { class: tone }, words)));
  return make("div", {}, table("By client", heads, rows, "Nobody is signed in."), rows.length ? legend : "");
}

function drawAgents(agents) {
  const heads = ["Agent", "Client", "How", "Node", "Last seen", "Now"].map((label) => ({ label, wrap: label === "Client" }));
  const rows = agents.map((one) => {
    const [kind, words] = STATES[one.state] ?? ["", one.state];
    const now = one.signed_in ? "signed in" : "over";
    const link = make("a", { href: `#/agents/${one.agent}`, "data-key": `agent-${one.agent}` }, String(one.agent));
    return [link, one.client, pill(kind, words), one.node, moment(one.at), one.keeps_guid ? `${now}, keeps its GUID` : now];
  });
  return table("Sessions whose requests AUTHMODE 2 refuses", heads, rows, "None.");
}
