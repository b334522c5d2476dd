/** The last hour as the gateway tells it, brought up to date by what came since. */

import { ask, query } from "./api.js";
import { plural } from "./numbers.js";

const LISTS = ["at", "signedIn", "notSignedIn", "polls", "parked", "calls", "medianMs", "mostMs", "sessions", "storeMs"];

export class Hour {
  constructor() {
    for (const name of LISTS) this[name] = [];
    this.refused = {};
    this.reasons = {};
    this.keepMs = 3_600_000;
  }

  /** Asks for what is new. Throws Failed. */
  async load(byItself) {
    this.take(await ask(query("/console/history", { since: this.at.at(-1) }), { byItself }));
  }

  /** Adds what was told, and forgets what is older than the time kept. */
  take(told) {
    const before = this.at.length;
    for (const name of LISTS) this[name].push(...told[name]);
    for (const name of new Set([...Object.keys(this.refused), ...Object.keys(told.refused)])) {
      const known = this.refused[name] ?? Array(before).fill(0);
      this.refused[name] = [...known, ...(told.refused[name] ?? Array(told.at.length).fill(0))];
    }
    Object.assign(this.reasons, told.reasons);
    this.keepMs = told.keepMs;
    const old = this.at.findIndex((at) => at > (this.at.at(-1) ?? 0) - this.keepMs);
    if (old > 0) {
      for (const name of LISTS) this[name].splice(0, old);
      for (const values of Object.values(this.refused)) values.splice(0, old);
    }
  }

  /** Refusals by reason: the most frequent ones, and all others as one. */
  refusals(most = 5) {
    const sum = (values) => values.reduce((all, one) => all + one, 0);
    const ranked = Object.entries(this.refused)
      .map(([name, values]) => ({ name, values, total: sum(values) }))
      .filter(({ total }) => total)
      .sort((one, other) => other.total - one.total);
    const shown = ranked.slice(0, most).map(({ name, values, total }, index) => ({
      label: this.reasons[name] ? `${name} ${brief(this.reasons[name])}` : name,
      tone: `t${index + 1}`,
      values,
      total,
    }));
    const rest = ranked.slice(most);
    if (rest.length) {
      const values = this.at.map((_, index) => rest.reduce((all, one) => all + one.values[index], 0));
      shown.push({ label: plural(rest.length, "other reason"), tone: "t6", values, total: sum(values) });
    }
    return shown;
  }
}

/** The first words of a message, up to its colon. */
const brief = (message) => message.split(/[:;(]/)[0].trim();
