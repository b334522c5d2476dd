/** Who is locked out for wrong passwords. */

import { ask } from "./api.js";
import { make } from "./dom.js";
import { count } from "./numbers.js";
import { moment, swap, table } from "./parts.js";

export const title = "Lock-outs";
export const everyMs = 5_000;
const HEADS = [
  { label: "Who" },
  { label: "Address" },
  { label: "Wrong passwords", number: true },
  { label: "Last one" },
  { label: "Ends" },
  { label: "" },
];

/** Ends lock-outs, once confirmed; whether it was done. */
export function unlock(context, body, whom) {
  const sure = () => context.confirm(`Unlock ${whom}?`, ["The next sign-in is looked at again, right or wrong."], "Unlock");
  return context.once(`unlock ${whom}`, sure, () => context.act(`Unlocked ${whom}`, ask("/lockouts/unlock", { method: "POST", body })));
}

export function show(page, _args, context) {
  const list = make("section", { class: "card", "aria-label": "Lock-outs" });
  page.append(list);
  return {
    async refresh(byItself, isLatest) {
      const { total, lockouts } = await ask("/lockouts", { byItself });
      if (!isLatest()) return;
      const all = make(
        "button",
        { type: "button", class: "danger", "data-key": "all", click: async () => (await unlock(context, { all: true }, "everybody")) && context.again() },
        "Unlock everybody",
      );
      swap(
        list,
        make("div", { class: "row spread" }, make("p", {}, `${count(total)} in force`), context.mayChange && total ? all : ""),
        table("Lock-outs", HEADS, lockouts.map(row), "Nobody is locked out."),
      );
    },
  };

  function row(lock) {
    const body = { ...(lock.agent === null ? {} : { agent: lock.agent }), ...(lock.address ? { address: lock.address } : {}) };
    const whom = lock.agent === null ? `the address ${lock.address}` : `agent ${lock.agent} at ${lock.address}`;
    const button = make(
      "button",
      { type: "button", class: "small", "data-key": whom, click: async () => (await unlock(context, body, whom)) && context.again() },
      "Unlock",
      make("span", { class: "hear" }, ` ${whom}`),
    );
    const who = Number.isInteger(lock.agent) ? make("a", { href: `#/agents/${lock.agent}`, "data-key": `agent-${whom}` }, `agent ${lock.agent}`) : (lock.agent ?? "everybody there");
    return [who, lock.address, count(lock.failures), moment(lock.last), moment(lock.until), context.mayChange ? button : ""];
  }
}
