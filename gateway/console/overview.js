/** How it stands, and what the last hour was like. */

import { ask } from "./api.js";
import { Chart } from "./charts.js";
import { make } from "./dom.js";
import { Hour } from "./hour.js";
import { count } from "./numbers.js";
import { swap } from "./parts.js";

export const title = "Overview";
export const everyMs = 10_000;

const CHARTS = {
  refused: new Chart("Refusals by reason", { kind: "bars", unit: "refused" }),
  signIns: new Chart("Sign-ins", { kind: "bars", unit: "sign-ins" }),
  sessions: new Chart("Sessions and polls", { unit: "sessions" }),
  calls: new Chart("Answers", { kind: "bars", unit: "answers" }),
  latency: new Chart("Time to answer", { unit: "ms" }),
  store: new Chart("Session store", { unit: "ms", gaps: "out of reach" }),
};
const hour = new Hour();
const COUNT_EVERY_MS = 30_000;
/** Sessions whose client ignores new GUIDs: to count them all sessions are read, so it is done less often. */
const behind = { told: null, atMs: 0 };

async function countBehind(byItself) {
  if (byItself && Date.now() - behind.atMs < COUNT_EVERY_MS) return behind.told;
  behind.told = await ask("/sessions?state=lagging&size=1", { byItself });
  behind.atMs = Date.now();
  return behind.told;
}

export function show(page) {
  const tiles = make("div", { class: "tiles", "aria-label": "How it stands", role: "group" });
  page.append(tiles, make("div", { class: "charts" }, ...Object.values(CHARTS).map(({ element }) => element)));
  return {
    async refresh(byItself) {
      await hour.load(byItself);
      drawCharts();
      const asked = ["/store", "/nodes", "/lockouts", "/settings"].map((path) => ask(path, { byItself }));
      const told = await Promise.allSettled([...asked, countBehind(byItself)]);
      swap(tiles, ...drawTiles(...told.map(({ value }) => value ?? null)));
    },
  };
}

function tile(kind, name, value, href) {
  return make("a", { class: "tile", "data-kind": kind, "data-key": name, href }, make("span", {}, name), make("b", {}, value));
}

function drawTiles(store, nodes, lockouts, settings, lagging) {
  const draining = nodes?.nodes.filter((node) => node.draining).length ?? 0;
  const serving = (nodes?.total ?? 0) - draining;
  const locked = lockouts?.total ?? null;
  const ignoring = lagging?.total ?? null;
  const waiting = settings?.waiting.length ?? 0;
  const inForce = settings?.refused ? "file refused" : waiting ? `${waiting} wait for a restart` : "in force";
  return [
    tile(store?.reachable ? "good" : "bad", "Sessions", count(store?.sessions), "#/sessions"),
    tile(ignoring ? "warn" : "good", "Ignoring new GUIDs", count(ignoring), "#/sessions?state=lagging"),
    tile(store?.reachable ? "good" : "bad", "Session store", store?.reachable ? "answers" : "out of reach", "#/nodes"),
    tile(draining ? "warn" : "good", "Nodes", draining ? `${serving}, ${draining} draining` : count(serving), "#/nodes"),
    tile(locked ? "warn" : "good", "Lock-outs", count(locked), "#/lockouts"),
    tile(settings?.refused ? "bad" : waiting ? "warn" : "good", "Settings", settings ? inForce : "–", "#/settings"),
  ];
}

function drawCharts() {
  const { at: times, keepMs: span } = hour;
  const to = times.at(-1) ?? Date.now();
  const draw = (chart, series) => chart.draw({ times, series, to, span });
  draw(CHARTS.refused, hour.refusals());
  draw(CHARTS.signIns, [
    { label: "signed in", tone: "t3", values: hour.signedIn },
    { label: "refused", tone: "t5", values: hour.notSignedIn },
  ]);
  draw(CHARTS.sessions, [
    { label: "sessions", tone: "t1", values: hour.sessions },
    { label: "polls held", tone: "t2", values: hour.parked },
  ]);
  draw(CHARTS.calls, [
    { label: "polls", tone: "t2", values: hour.polls },
    { label: "other operations", tone: "t1", values: hour.calls },
  ]);
  draw(CHARTS.latency, [
    { label: "ms for 19 of 20", tone: "t5", values: hour.mostMs },
    { label: "ms for half of them", tone: "t1", values: hour.medianMs },
  ]);
  draw(CHARTS.store, [{ label: "ms for a read", tone: "t3", values: hour.storeMs }]);
}
