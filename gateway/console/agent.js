/** One agent: its session, what happened to it, and what to do. */

import { ask } from "./api.js";
import { make } from "./dom.js";
import { unlock } from "./lockouts.js";
import { facts, localised, moment, pill, strip, stripKey, swap, table } from "./parts.js";
import { endSession } from "./sessions.js";

export const title = "Agent";
export const everyMs = 5_000;
const MODES = { static: "keeps its GUID", dynamic: "gets new GUIDs", rehearsal: "gets new GUIDs, in rehearsal" };

export function show(page, args, context) {
  const agent = args.id;
  const standing = make("section", { class: "card", "aria-labelledby": "standing-title" });
  const told = make("section", { class: "card", "aria-labelledby": "told-title" });
  page.append(standing, told);
  return {
    async refresh(byItself, isLatest) {
      const [now, why, locks] = await Promise.all(
        [`/sessions/${agent}`, `/explain/${agent}`, "/lockouts"].map((path) => ask(path, { byItself })),
      );
      if (!isLatest()) return;
      const own = locks.lockouts.filter((lock) => String(lock.agent) === agent);
      swap(standing, ...drawStanding(now, own, agent, context));
      swap(told, ...drawExplanation(why));
    },
  };
}

function drawStanding(now, locks, agent, context) {
  const { session } = now;
  const act = (key, words, run) =>
    make("button", { type: "button", class: "danger", "data-key": key, click: async () => (await run()) && context.again() }, words);
  const buttons = context.mayChange
    ? [
        session ? act("end-session", "End the session", () => endSession(context, agent)) : "",
        locks.length ? act("unlock", "Unlock", () => unlock(context, { agent: Number(agent) }, `agent ${agent}`)) : "",
      ]
    : [];
  const state = session ? pill("good", "signed in") : pill("", "not signed in");
  return [
    make("div", { class: "row spread" }, make("h3", { id: "standing-title" }, `Agent ${agent}`), state, locks.length ? pill("bad", "locked out") : "", ...buttons),
    ...(session ? [sessionFacts(session, agent), strip(session.generations, agent), stripKey()] : []),
    ...(now.former.length
      ? [
          table(
            "Sessions that ended in the last 10 minutes",
            ["Ended", "Why", "Node", "Session"].map((label) => ({ label, wrap: label === "Why" })),
            now.former.map((old) => [moment(old.ended), old.message, old.node, make("code", {}, old.session)]),
          ),
        ]
      : []),
  ];
}

function sessionFacts(session, agent) {
  return facts([
    ["Signed in", moment(session.signed_in)],
    ["Last seen", moment(session.seen)],
    ["Client", session.client],
    ["Address", session.address],
    ["Node", session.node],
    ["Events", session.events === "push" ? "pushed" : "polled"],
    ["GUIDs", MODES[session.mode] ?? session.mode],
    ["Session", make("span", {}, make("code", {}, session.session), " as in the audit trail of agent ", agent)],
  ]);
}

function drawExplanation(why) {
  const lines = [...why.history].reverse().map((line) => make("li", {}, ...localised(line)));
  return [
    make("div", { class: "row spread" }, make("h3", { id: "told-title" }, "What happened"), pill("", `cause: ${why.cause}`)),
    make("p", { id: "now" }, ...localised(why.now)),
    make("p", { class: "advice", id: "advice" }, make("b", {}, "What to do: "), ...localised(why.advice)),
    lines.length
      ? make("ol", { class: "history", tabindex: "0", "data-key": "history", "aria-label": "History of the last day, newest first" }, ...lines)
      : make("p", { class: "empty" }, "The audit trail has nothing of the last day."),
  ];
}
