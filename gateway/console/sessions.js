/** Who is signed in: page by page, sought by agent, client, address, node and state. */

import { Failed, ask, query } from "./api.js";
import { make } from "./dom.js";
import { endShown, sure } from "./ending.js";
import { count, plural } from "./numbers.js";
import { moment, pill, strip, stripKey, swap, table } from "./parts.js";

export const title = "Sessions";
export const everyMs = 5_000;
const SIZE = 50;
const STATES = {
  "": "all",
  current: "uses the newest GUID",
  "handed-out": "newest GUID handed out",
  lagging: "ignores the newest GUID",
  unused: "not used yet",
};
const KINDS = { current: "good", "handed-out": "", lagging: "bad", unused: "" };
const HEADS = ["Agent", "GUIDs", "State", "Client", "Address", "Node", "Signed in", "Seen", "Events", ""].map((label) => ({
  label,
  wrap: label === "Client",
}));

/** Ends the session of an agent, once confirmed; whether it is over. */
export function endSession(context, agent) {
  const lines = ["The desktop is signed out at once, whatever it is doing, and has to sign in again."];
  const sure = () => context.confirm(`End the session of agent ${agent}?`, lines, "End the session");
  return context.once(`end ${agent}`, sure, () => context.act("", end(agent)));
}

/** What became of it, in words: that it was over before is no failure. */
async function end(agent) {
  try {
    await ask(`/sessions/${agent}/end`, { method: "POST" });
    return `Session of agent ${agent} ended`;
  } catch (problem) {
    if (problem instanceof Failed && problem.status === 404) return `Agent ${agent} was signed out already`;
    throw problem;
  }
}

export function show(page, args, context) {
  const find = make("input", { type: "search", id: "find", value: args.find ?? "", maxlength: "120", autocomplete: "off", spellcheck: "false" });
  const state = make(
    "select",
    { id: "state" },
    ...Object.entries(STATES).map(([value, words]) => make("option", { value, selected: value === (args.state ?? "") }, words)),
  );
  const total = make("p", { id: "total" });
  const endAll = make("button", { type: "button", class: "danger", id: "end-shown", hidden: true, click: () => endThese() });
  const progress = make("div", { id: "progress", tabindex: "-1", role: "group", "aria-label": "Ending sessions" });
  const list = make("div", { id: "sessions" });
  const former = make("button", { type: "button", click: () => turn(-1) }, "Previous page");
  const next = make("button", { type: "button", click: () => turn(1) }, "Next page");
  const where = make("span", { id: "where" });
  let at = Number(args.page) || 1;
  let pages = 1;
  let timer;
  let shown = null;
  let ending = false;

  const go = () => {
    context.place({ find: find.value.trim(), state: state.value, page: at === 1 ? "" : at });
    return context.again();
  };
  const turn = (by) => {
    const wanted = Math.min(Math.max(1, at + by), pages);
    if (wanted === at) return;
    at = wanted;
    go();
  };
  const seek = () => {
    clearTimeout(timer);
    at = 1;
    go();
  };
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(seek, 300);
  });
  state.addEventListener("change", seek);
  const form = make(
    "form",
    {
      class: "bar",
      role: "search",
      "aria-label": "Sessions",
      submit: (event) => {
        event.preventDefault();
        seek();
      },
    },
    make("label", {}, "Agent (its first digits), client, address or node", find),
    make("label", {}, "State", state),
  );
  page.append(
    make("section", { class: "card", "aria-label": "Live sessions" }, form, make("div", { class: "row spread" }, total, context.mayChange ? endAll : ""), progress, stripKey(), list, make("div", { class: "row" }, former, where, next)),
  );

  return {
    async refresh(byItself, isLatest) {
      const asked = { find: find.value.trim(), state: state.value, page: at, size: SIZE };
      const told = await ask(query("/sessions", asked), { byItself });
      if (!isLatest() || asked.find !== find.value.trim() || asked.state !== state.value || asked.page !== at) return;
      ({ page: at, pages } = told);
      total.textContent = plural(told.total, "session");
      shown = { find: asked.find, state: asked.state, total: told.total, at: told.at };
      offer();
      if (!byItself) context.tell(`${total.textContent}, page ${at} of ${pages}`);
      where.textContent = `Page ${count(at)} of ${count(pages)}`;
      former.setAttribute("aria-disabled", String(at <= 1));
      next.setAttribute("aria-disabled", String(at >= pages));
      swap(list, table("Live sessions", HEADS, told.sessions.map(row), "No session is like that."));
    },
  };

  /** The button that ends all that are shown, where there is something to end. */
  function offer() {
    const words = `End ${shown.find || shown.state ? "these" : "all"} ${plural(shown.total, "session")}`;
    if (endAll.textContent !== words) endAll.textContent = words;
    endAll.hidden = ending || !shown.total;
  }

  async function endThese() {
    const meant = shown;
    if (ending || !(await sure(context, meant, STATES))) return;
    ending = endAll.hidden = true;
    await endShown(context, progress, meant);
    ending = false;
    await context.again();
  }

  function row(one) {
    const end = make(
      "button",
      { type: "button", class: "danger small", "data-key": `end-${one.agent}`, click: async () => (await endSession(context, one.agent)) && context.again() },
      "End",
      make("span", { class: "hear" }, ` the session of agent ${one.agent}`),
    );
    return [
      make("a", { href: `#/agents/${one.agent}`, "data-key": `agent-${one.agent}` }, String(one.agent)),
      strip(one.generations, one.agent),
      pill(KINDS[one.state] ?? "", STATES[one.state] ?? one.state),
      one.client,
      one.address,
      one.node,
      moment(one.signed_in),
      moment(one.seen),
      one.events,
      context.mayChange ? end : "",
    ];
  }
}
