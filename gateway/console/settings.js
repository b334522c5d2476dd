/** The settings in force: value, where it comes from, and when a change of it counts. */

import { ask } from "./api.js";
import { make } from "./dom.js";
import { plural } from "./numbers.js";
import { moment, pill, swap, table } from "./parts.js";

export const title = "Settings";
export const everyMs = 10_000;
const HEADS = ["Setting", "Value", "From", "A change counts", "What it is"].map((label) => ({
  label,
  wrap: label === "Value" || label === "What it is",
}));

export function show(page, _args, context) {
  const head = make("section", { class: "card", "aria-label": "The settings file" });
  const find = make("input", { type: "search", id: "find-setting", autocomplete: "off", spellcheck: "false", input: () => draw() });
  const given = make("input", { type: "checkbox", id: "given", checked: true, change: () => draw() });
  const form = make(
    "form",
    { class: "bar", role: "search", "aria-label": "Settings", submit: (event) => event.preventDefault() },
    make("label", {}, "Name or words", find),
    make("label", { class: "check" }, given, "Only those that differ from their default"),
  );
  const list = make("div", {});
  const number = make("p", { class: "quiet", role: "status" });
  page.append(head, make("section", { class: "card", "aria-label": "Settings in force" }, form, number, list));
  let told = null;

  function draw() {
    if (!told) return;
    const sought = find.value.trim().toLowerCase();
    const shown = told.settings.filter(
      (one) =>
        (!given.checked || sought || one.value !== one.default || one.waiting) &&
        (!sought || `${one.key} ${one.help}`.toLowerCase().includes(sought)),
    );
    const words = `${plural(shown.length, "setting")} of ${told.settings.length}`;
    if (number.textContent !== words) number.textContent = words;
    swap(list, table("Settings in force", HEADS, shown.map(row), "No setting is like that."));
  }

  async function reload() {
    const found = ask("/settings/reload", { method: "POST" });
    if (await context.act("Settings read again", found)) {
      const { result, changed, problems } = await found;
      const words = { applied: `Applied: ${changed.join(", ") || "nothing that counts at once"}.`, unchanged: "Nothing changed." };
      context.say(words[result] ?? `Refused: ${problems.join("; ")}`, result === "refused" ? "bad" : "");
      await context.again();
    }
  }

  return {
    async refresh(byItself, isLatest) {
      const before = JSON.stringify(told);
      const fresh = await ask("/settings", { byItself });
      if (!isLatest() || JSON.stringify(fresh) === before) return;
      told = fresh;
      const button = make("button", { type: "button", "data-key": "reload", click: reload }, "Read the file again");
      swap(
        head,
        make(
          "div",
          { class: "row spread" },
          make("p", {}, make("code", {}, told.file), " in force since ", moment(told.applied)),
          context.mayChange ? button : "",
        ),
        told.refused ? make("p", { class: "notice", "data-kind": "bad" }, `The file as it stands is refused: ${told.refused}`) : "",
        told.waiting.length ? make("p", { class: "notice" }, `Wait for a restart: ${told.waiting.join(", ")}`) : "",
      );
      draw();
    },
  };
}

function row(one) {
  const value = make("span", {}, make("code", {}, one.value || "(empty)"), one.unit ? ` ${one.unit}` : "");
  const from = one.source === "default" ? "default" : one.where || one.source;
  return [make("code", {}, one.key), value, from, one.waiting ? pill("warn", "waits for a restart") : one.applies === "live" ? "at once" : "after a restart", one.help];
}
