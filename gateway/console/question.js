/** The question before something is done. Each has its own answer, however fast the next one is put. */

import { byId, make } from "./dom.js";

/** Takes the answer of the question that is open; null where none is. */
let take = null;
/** What had the focus when it was put. */
let opener = null;

/** Once, when the page is there. */
export function wire() {
  byId("ask-no").addEventListener("click", () => answer(false));
  byId("ask-yes").addEventListener("click", () => answer(true));
  // Browsers tell of a close with the next frame: by then the next question may be open, which this is no answer to.
  byId("ask").addEventListener("close", () => byId("ask").open || answer(false));
}

/** Asks before something is done; resolves to whether it shall be. */
export function confirm(question, lines, yes) {
  answer(false);
  byId("ask-title").textContent = question;
  byId("ask-text").replaceChildren(...lines.map((line) => make("p", {}, line)));
  byId("ask-yes").textContent = yes;
  opener = document.activeElement;
  byId("ask").showModal();
  byId("ask-no").focus();
  return new Promise((resolve) => (take = resolve));
}

function answer(isYes) {
  const taken = take;
  take = null;
  byId("ask").close();
  if (!taken) return;
  goBack();
  taken(isYes);
}

/** Gives the focus to what was drawn anew meanwhile; what is still there has it by itself. */
function goBack() {
  const focused = document.activeElement;
  if (opener.isConnected || (focused !== document.body && !byId("ask").contains(focused))) return;
  const key = opener.dataset.key;
  const anew = key && byId("page").querySelector(`[data-key="${CSS.escape(key)}"]`);
  (anew || byId("main")).focus();
}
