/** Warns before the session of whoever is signed in ends. Looking does not keep it alive: only the button does, or work. */

import { ask, session } from "./api.js";
import { byId, say } from "./dom.js";
import { moment } from "./parts.js";

const WARN_S = 120;
const LAST_S = 30;
/** While the warning stands: work in another tab takes it back. */
const LOOK_EVERY_S = 5;
/** Where the gateway does not answer. */
const AGAIN_S = 15;

let timer;
let said = "";
/** Counts sign-ins and sign-outs: what was asked for before one of them is not taken. */
let turn = 0;

/** Once, when the page is there. */
export function wire() {
  byId("stay").addEventListener("click", stay);
  byId("ask").addEventListener("close", place);
}

/** Somebody is signed in: looks when the session ends, and then when it is time to. */
export function start() {
  turn += 1;
  look();
}

/** Nobody is signed in. */
export function stop() {
  turn += 1;
  clearTimeout(timer);
  hide();
}

function again(seconds) {
  clearTimeout(timer);
  timer = setTimeout(look, seconds * 1000);
}

async function look() {
  const asked = turn;
  try {
    const told = await ask("/console/session", { byItself: true });
    if (asked === turn) take(told);
  } catch {
    if (asked === turn) again(AGAIN_S);
  }
}

function take(told) {
  if (!told.signedIn) {
    stop();
    session.over(told.why);
    return;
  }
  if (told.endsInS > WARN_S) {
    hide();
    again(told.endsInS - WARN_S);
    return;
  }
  warn(told);
  again(Math.min(LOOK_EVERY_S, told.endsInS + 1));
}

function warn({ endsInS, oldestInS }) {
  const [isOld, isLast] = [oldestInS <= endsInS, endsInS <= LAST_S];
  byId("stay").hidden = isOld;
  byId("ending").hidden = false;
  place();
  const kind = `${isOld} ${isLast}`;
  if (said === kind) return;
  said = kind;
  const at = moment(new Date(Date.now() + endsInS * 1000).toISOString());
  const soon = isLast ? "in half a minute" : "in less than two minutes";
  const why = isOld ? "as it is 12 hours old then. Finish what you do, and sign in again." : "as nobody uses it.";
  // Said once it is there: a screen reader follows what changes in an alert.
  setTimeout(() => byId("ending-text").replaceChildren(`This session ends ${soon}, at `, at, `, ${why}`), 20);
}

/** Where it can be reached: in the question, while one is open. */
function place() {
  const [ending, dialog] = [byId("ending"), byId("ask")];
  const home = dialog.open ? dialog : byId("ending-home");
  if (ending.parentElement !== home) home.append(ending);
}

function hide() {
  said = "";
  const ending = byId("ending");
  const hadFocus = ending.contains(document.activeElement);
  ending.hidden = true;
  byId("ending-text").replaceChildren();
  if (hadFocus) (byId("ask").open ? byId("ask-no") : byId("main")).focus();
}

async function stay() {
  try {
    const told = await ask("/console/stay", { method: "POST" });
    take(told);
    if (told.signedIn) say("You stay signed in.");
  } catch (problem) {
    say(`Not done: ${problem.message}`, "bad");
  }
}
