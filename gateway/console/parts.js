/** Parts that several pages are made of: tables, times, the strip of generations. */

import { make } from "./dom.js";

const two = (number) => String(number).padStart(2, "0");

/** 10:32:05, with the date where it is not today. */
export function moment(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const isToday = at.toDateString() === new Date().toDateString();
  const shown = isToday ? clock : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
  return make("time", { datetime: iso }, shown);
}

/** A text with its times (ISO 8601, UTC) in the time of this browser, as nodes. */
export const localised = (text) =>
  text.split(/([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)/).map((part, index) => (index % 2 ? moment(part) : part));

/** 10:32. */
export const minute = (ms) => `${two(new Date(ms).getHours())}:${two(new Date(ms).getMinutes())}`;

/**
 * A table. `columns` are {label, number?, wrap?}, `rows` are lists of cells: texts or elements. The first cell names its
 * row. It may be scrolled, so that it can be reached by the keyboard.
 */
export function table(name, columns, rows, empty = "none") {
  if (!rows.length) return make("p", { class: "empty" }, empty);
  const kind = ({ number, wrap }) => (number ? "number" : wrap ? "wrap" : undefined);
  const head = columns.map((column) =>
    column.label
      ? make("th", { scope: "col", class: kind(column) }, column.label)
      : make("td", {}, make("span", { class: "hear" }, "Actions")),
  );
  const body = rows.map((cells) =>
    make(
      "tr",
      {},
      ...cells.map((cell, index) => {
        const attributes = { class: kind(columns[index]) };
        return index ? make("td", attributes, cell ?? "") : make("th", { scope: "row", ...attributes }, cell ?? "");
      }),
    ),
  );
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": name, "data-key": name },
    make("table", {}, make("caption", { class: "hear" }, name), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)),
  );
}

/**
 * Puts children in the place of those before, if they differ. Whoever had the focus by `data-key` has it again, or what is
 * next to it where that is gone; what was scrolled by `data-key` stays so.
 */
export function swap(container, ...children) {
  const parts = children.filter((child) => child !== "");
  const before = [...container.childNodes];
  if (before.length === parts.length && parts.every((part, index) => part.isEqualNode(before[index]))) return;
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const scrolled = [...container.querySelectorAll("[data-key]")]
    .filter(({ scrollTop, scrollLeft }) => scrollTop || scrollLeft)
    .map(({ dataset, scrollTop, scrollLeft }) => [dataset.key, scrollTop, scrollLeft]);
  const find = (key) => container.querySelector(`[data-key="${CSS.escape(key)}"]`);
  container.replaceChildren(...parts);
  for (const [key, top, left] of scrolled) find(key)?.scrollTo(left, top);
  if (focused) (find(focused.dataset.key ?? "") ?? container.querySelector("[tabindex], button, a"))?.focus({ preventScroll: true });
}

const STANDINGS = {
  current: "the current GUID",
  grace: "replaced, accepted for a while",
  kept: "replaced, accepted as long as the settings let it",
  over: "replaced, no longer accepted",
};

/** What a generation is, in words. */
export function generation({ number, standing, adopted, lagging, until }) {
  const use = lagging ? "handed out, but the client goes on with an older one" : adopted ? "adopted" : "not used yet";
  const end = until ? ` until ${moment(until).textContent}` : "";
  return `generation ${number}: ${STANDINGS[standing] ?? standing}${end}, ${use}`;
}

/** The generations of a session, the oldest first: as boxes for the eye, in words for others. */
export function strip(generations, agent) {
  const boxes = [...generations].reverse().map((one) =>
    make(
      "li",
      {
        "data-standing": one.standing,
        "data-adopted": one.adopted,
        "data-lagging": one.lagging,
        title: generation(one),
      },
      make("span", { "aria-hidden": "true" }, String(one.number)),
      make("span", { class: "hear" }, generation(one)),
    ),
  );
  return make("ol", { class: "strip", "aria-label": `GUIDs of agent ${agent}` }, ...boxes);
}

/** What the boxes of a strip mean. */
export function stripKey() {
  const kinds = [
    [{ standing: "current", adopted: true }, "current and used"],
    [{ standing: "current" }, "current, not used yet"],
    [{ standing: "current", lagging: true }, "ignored by its client"],
    [{ standing: "grace" }, "in its grace"],
    [{ standing: "kept" }, "kept by the settings"],
    [{ standing: "over" }, "over"],
  ];
  const lines = kinds.map(([{ standing, adopted, lagging }, words]) =>
    make(
      "li",
      {},
      make(
        "span",
        { class: "strip", "aria-hidden": "true" },
        make("span", { class: "box", "data-standing": standing, "data-adopted": adopted, "data-lagging": lagging }, "n"),
      ),
      words,
    ),
  );
  return make("ul", { class: "key", "aria-label": "What the boxes mean" }, ...lines);
}

/** A pill with a dot: `kind` is good, warn, bad or "". */
export const pill = (kind, text) => make("span", { class: "pill", "data-kind": kind }, text);

/** A pair of terms and descriptions. */
export const facts = (pairs) =>
  make("dl", {}, ...pairs.flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value || "–")]));
