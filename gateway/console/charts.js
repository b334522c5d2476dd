/** Charts of the last hour, drawn as SVG, each with a table of the same values. */

import { make } from "./dom.js";
import { byMinute, roundedUp, short } from "./numbers.js";
import { minute, table } from "./parts.js";

const WIDE = 520;
const HIGH = 170;
const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
const NS = "http://www.w3.org/2000/svg";

function shape(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A bar that shows how a number is divided; the numbers stand beside it for others than the eye. */
export function shares(parts) {
  const total = parts.reduce((all, { value }) => all + value, 0) || 1;
  const bar = shape("svg", { viewBox: "0 0 100 10", class: "shares", "aria-hidden": "true" });
  let x = 0;
  for (const { value, tone } of parts) {
    const width = (value / total) * 100;
    if (value) bar.append(shape("rect", { class: tone, x, y: 0, width, height: 10 }));
    x += width;
  }
  return bar;
}

/**
 * One chart. `kind` is "bars" (counts, by minute, one on the other) or "lines". `gaps`: where the first line has no value
 * something was out of reach, which is shown.
 */
export class Chart {
  constructor(title, { kind = "lines", unit = "", gaps = "" } = {}) {
    Object.assign(this, { title, kind, unit, gaps });
    this.latest = make("span", {});
    this.plot = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" });
    this.readout = make("p", { class: "readout", "aria-hidden": "true" });
    this.legend = make("ul", { class: "legend", "aria-label": `Lines of ${title}` });
    this.inside = make("div", {});
    this.details = make("details", { toggle: () => this.#fill() }, make("summary", {}, "As a table"), this.inside);
    const caption = make("figcaption", {}, title, this.latest);
    this.element = make("figure", { class: "card" }, caption, this.plot, this.readout, this.legend, this.details);
    this.plot.addEventListener("pointermove", (event) => this.#point(event));
    this.plot.addEventListener("pointerleave", () => this.#leave());
  }

  /** Draws these times (ms) and series ({label, tone, values}); the chart ends at `to` and is `span` ms wide. */
  draw({ times, series, to, span }) {
    Object.assign(this, { series, to, span });
    this.columns = this.kind === "bars" ? minutes(times, series, true) : { times, series };
    const tops = this.columns.times.map((_, index) => {
      const values = this.columns.series.map(({ values: all }) => all[index] ?? 0);
      return this.kind === "bars" ? values.reduce((all, one) => all + one, 0) : Math.max(0, ...values);
    });
    this.top = roundedUp(Math.max(0, ...tops));
    this.plot.replaceChildren(...this.#axes(), ...(this.kind === "bars" ? this.#bars() : this.#lines()));
    this.cursor = shape("line", { class: "at", y1: TOP, y2: HIGH - BOTTOM, visibility: "hidden" });
    this.plot.append(this.cursor);
    this.latest.textContent = this.#latest();
    const most = tops.length ? `; at most ${short(Math.max(...tops))} ${this.unit} in the time shown` : "";
    this.plot.setAttribute("aria-label", `${this.title}: ${this.latest.textContent}${most}`);
    this.legend.replaceChildren(
      ...series.map(({ label, tone, total }) => make("li", { class: tone }, total === undefined ? label : `${label}: ${short(total)}`)),
    );
    this.#fill();
  }

  #x(ms) {
    return WIDE - RIGHT - ((this.to - ms) / this.span) * (WIDE - LEFT - RIGHT);
  }

  #y(value) {
    return HIGH - BOTTOM - (value / this.top) * (HIGH - TOP - BOTTOM);
  }

  #axes() {
    const parts = [];
    for (const value of [0, this.top / 2, this.top]) {
      const y = this.#y(value);
      parts.push(shape("line", { class: "grid", x1: LEFT, x2: WIDE - RIGHT, y1: y, y2: y }));
      parts.push(shape("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, short(value)));
    }
    const first = Math.ceil((this.to - this.span) / QUARTER_MS) * QUARTER_MS;
    for (let at = first; at <= this.to; at += QUARTER_MS) {
      const x = Math.min(Math.max(this.#x(at), LEFT + 14), WIDE - RIGHT - 14);
      parts.push(shape("text", { x, y: HIGH - 5, "text-anchor": "middle" }, minute(at)));
    }
    return parts;
  }

  #bars() {
    const { times, series } = this.columns;
    const wide = Math.max(1, ((WIDE - LEFT - RIGHT) * MINUTE_MS) / this.span - 1.5);
    return times.flatMap((at, index) => {
      let below = 0;
      return series.flatMap(({ values, tone }) => {
        const value = values[index] ?? 0;
        if (!value) return [];
        const [high, low] = [this.#y(below + value), this.#y(below)];
        below += value;
        const x = Math.max(LEFT, this.#x(at));
        const width = Math.max(1, Math.min(wide, WIDE - RIGHT - x));
        return [shape("rect", { class: tone, x, y: high, width, height: Math.max(0.5, low - high) })];
      });
    });
  }

  #lines() {
    const { times, series } = this.columns;
    const gaps = this.gaps ? times.filter((_, index) => series[0].values[index] === null) : [];
    const every = times.length > 1 ? times[1] - times[0] : MINUTE_MS;
    const wide = ((WIDE - LEFT - RIGHT) * every) / this.span;
    const red = gaps.map((at) =>
      shape("rect", { class: "gap", x: this.#x(at) - wide, y: TOP, width: wide, height: HIGH - TOP - BOTTOM }),
    );
    const paths = series.map(({ values, tone }) => {
      let drawn = "";
      values.forEach((value, index) => {
        if (value === null || value === undefined) return;
        const starts = index === 0 || (values[index - 1] ?? null) === null;
        const place = `${this.#x(times[index]).toFixed(1)} ${this.#y(value).toFixed(1)}`;
        drawn += starts ? `M${place}h0.01` : `L${place}`;
      });
      return shape("path", { class: tone, d: drawn || "M0 0" });
    });
    return [...red, ...paths];
  }

  /** The newest values; of bars their sum. */
  #latest() {
    const { times, series } = this.columns;
    if (!times.length) return "no values yet";
    const newest = series.map(({ values }) => values.at(-1) ?? null);
    if (this.kind === "bars") return `this minute ${short(newest.reduce((all, one) => all + (one ?? 0), 0))}`;
    return newest.map((value, index) => this.#named(value, series[index].label)).join(", ");
  }

  #named(value, label) {
    return value === null && this.gaps ? this.gaps : `${short(value)} ${label}`;
  }

  /** "10:32 – 5 refused". */
  #words(index) {
    const { times, series } = this.columns;
    if (index < 0) return "";
    const told = series
      .map(({ values, label }) => [values[index], label])
      .filter(([value]) => this.kind !== "bars" || value)
      .map(([value, label]) => this.#named(value ?? null, label));
    return `${minute(times[index])} – ${told.join(", ") || "none"}`;
  }

  #point(event) {
    const { times } = this.columns;
    if (!times.length) return;
    const box = this.plot.getBoundingClientRect();
    const at = this.to - ((WIDE - RIGHT - ((event.clientX - box.left) / box.width) * WIDE) / (WIDE - LEFT - RIGHT)) * this.span;
    let index = times.findLastIndex((time) => time <= at);
    if (index < 0) index = 0;
    const x = this.#x(times[index]);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    this.cursor.setAttribute("visibility", "visible");
    this.readout.textContent = this.#words(index);
  }

  #leave() {
    this.cursor?.setAttribute("visibility", "hidden");
    this.readout.textContent = "";
  }

  #fill() {
    if (!this.details.open || !this.series) return;
    const { times, series } = this.kind === "bars" ? this.columns : minutes(this.columns.times, this.series, false);
    const rows = times.map((at, index) => [
      make("time", { datetime: new Date(at).toISOString() }, minute(at)),
      ...series.map(({ values }) => (values[index] === null && this.gaps ? this.gaps : short(values[index] ?? null))),
    ]);
    const heads = [{ label: "Minute" }, ...series.map(({ label }) => ({ label, number: true }))];
    this.inside.replaceChildren(table(`${this.title} by minute`, heads, rows.reverse(), "no values yet"));
  }
}

function minutes(times, series, sum) {
  const found = series.map(({ values }) => byMinute(times, values, sum));
  const whole = [...(found[0]?.keys() ?? [])];
  return { times: whole, series: series.map((one, index) => ({ ...one, values: whole.map((at) => found[index].get(at)) })) };
}
