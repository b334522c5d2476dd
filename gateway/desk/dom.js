/** Elements of the page. Text goes in as text: nothing is ever read as HTML. */

/** An element with attributes (functions become listeners, false and undefined are left out) and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== "" && child !== null));
  return element;
}

/** The element of the page with this id. */
export const byId = (id) => document.getElementById(id);

/** 14:03:07.250, in the time of this browser. */
export function clock(ms) {
  const two = (number, width = 2) => String(number).padStart(width, "0");
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${two(at.getMilliseconds(), 3)}`;
}

/** A button that cannot be used now keeps the focus, so that the keyboard is not lost. */
export function allow(button, allowed) {
  button.setAttribute("aria-disabled", String(!allowed));
}

/** Whether a button may be used. */
export const allowed = (button) => button.getAttribute("aria-disabled") !== "true";

const speaking = {};

/** Shows a text and has a screen reader say it; the same words twice are said twice. */
function speak(id, text, kind) {
  const line = byId(id);
  line.dataset.kind = kind;
  line.textContent = "";
  clearTimeout(speaking[id]);
  speaking[id] = setTimeout(() => (line.textContent = text), 20);
}

/** What became of what somebody asked for here. */
export const say = (text, kind = "") => speak("said", text, kind);

/** What happened by itself. */
export const tell = (text) => speak("news", text, "");
