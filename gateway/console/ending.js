/** Ends all sessions that a filter shows: lot by lot, with how far it is, and who could not be ended. */

import { ask } from "./api.js";
import { make } from "./dom.js";
import { summary } from "./ended.js";
import { count, plural } from "./numbers.js";

const LOTS = 20;
const LEAST_AT_ONCE = 50;
const MOST_AT_ONCE = 500;
const MOST_NAMED = 20;

/** What the sessions that are meant have in common, in words. */
function whose({ find, state }, states) {
  const parts = [
    /^[0-9]+$/.test(find) ? `of agents whose number begins with ${find}` : find ? `with “${find}” in client, address or node` : "",
    state ? `whose client “${states[state]}”` : "",
  ].filter(Boolean);
  return parts.length ? `These are the sessions ${parts.join(" and ")}.` : "These are the sessions of everybody, on all nodes.";
}

/** Asks first, naming the number; whether it shall be done. `shown`: {find, state, total}. */
export function sure(context, shown, states) {
  const number = plural(shown.total, "session");
  const lines = [
    whose(shown, states),
    "Their desktops are signed out at once, whatever they are doing, and have to sign in again. Who signs in meanwhile stays.",
  ];
  return context.confirm(`End ${number}?`, lines, `End ${number}`);
}

/** Ends them, and tells in `place` how far it is and how it went. `shown`: as the list was, `at` a time of the store. */
export async function endShown(context, place, { find, state, total, at }) {
  const bar = make("progress", { max: total, value: 0, "aria-label": "Sessions ended" });
  const words = make("span", {}, `0 of ${count(total)} ended`);
  let stopped = false;
  const stop = make("button", { type: "button", click: () => (stopped = true) }, "Stop");
  place.replaceChildren(make("div", { class: "row" }, bar, words, stop));
  stop.focus();
  const wanted = {
    ...(find || state ? { find, state } : { all: true }),
    before: at,
    most: Math.min(MOST_AT_ONCE, Math.max(LEAST_AT_ONCE, Math.ceil(total / LOTS))),
  };
  const done = { total, ended: 0, left: total, notEnded: [], trouble: "" };
  let after = 0;
  while (done.left && !stopped) {
    try {
      const said = await ask("/sessions/end", { method: "POST", body: { ...wanted, after } });
      ({ after, left: done.left } = said);
      done.ended += said.ended;
      done.notEnded.push(...said.not_ended);
    } catch (problem) {
      done.trouble = problem.message;
      break;
    }
    bar.value = total - done.left;
    words.textContent = `${count(done.ended)} of ${count(total)} ended`;
    context.tell(words.textContent);
  }
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(...result(done));
  if (hadFocus) place.focus();
  context.say(summary(done), done.trouble || done.notEnded.length ? "bad" : "");
}

function result({ notEnded }) {
  if (!notEnded.length) return [];
  const links = notEnded.slice(0, MOST_NAMED).flatMap((agent) => [" ", make("a", { href: `#/agents/${agent}` }, String(agent))]);
  const more = notEnded.length > MOST_NAMED ? ` and ${count(notEnded.length - MOST_NAMED)} more` : "";
  return [make("p", { class: "notice", "data-kind": "bad" }, "Not ended: agents", ...links, more)];
}
