/** The nodes with their workers, and the session store. */

import { ask, query } from "./api.js";
import { make } from "./dom.js";
import { count, plural, short } from "./numbers.js";
import { moment, pill, swap, table } from "./parts.js";

export const title = "Nodes";
export const everyMs = 3_000;
const HEADS = [
  { label: "Node" },
  { label: "State" },
  { label: "Connections", number: true },
  { label: "Requests", number: true },
  { label: "Polls held", number: true },
  { label: "Workers" },
  { label: "" },
];
const SHARDS = [
  { label: "Part" },
  { label: "State", wrap: true },
  { label: "Answers within", number: true },
  { label: "Memory", number: true },
  { label: "Of at most", number: true },
];
const AGENTS_NAMED = 20;

export function show(page, _args, context) {
  const list = make("section", { class: "card", "aria-labelledby": "nodes-title" });
  const store = make("section", { class: "card", "aria-labelledby": "store-title" });
  page.append(list, store);
  return {
    async refresh(byItself, isLatest) {
      const [nodes, stored] = await Promise.all(["/nodes", "/store"].map((path) => ask(path, { byItself })));
      if (!isLatest()) return;
      swap(
        list,
        make("h3", { id: "nodes-title" }, plural(nodes.total, "node")),
        table("Nodes", HEADS, nodes.nodes.map(row)),
      );
      swap(store, ...drawStore(stored));
    },
  };

  function row(node) {
    const name = node.this ? `${node.node} (this one)` : node.node;
    const words = node.draining ? "Take back" : "Drain";
    const button = make(
      "button",
      { type: "button", class: node.draining ? "small" : "small danger", "data-key": node.node, click: () => steer(node) },
      words,
      make("span", { class: "hear" }, ` ${node.draining ? "the drain of " : ""}${node.node}`),
    );
    return [
      make("span", {}, name, make("br"), make("span", { class: "quiet" }, node.host)),
      state(node),
      count(node.connections),
      count(node.requests),
      count(node.polls),
      make("ul", { "aria-label": `Workers of ${node.node}` }, ...node.workers.map(worker)),
      context.mayChange ? button : "",
    ];
  }

  async function steer({ node, draining }) {
    const path = draining ? "/undrain" : "/drain";
    const sure = () => draining || confirmed(node);
    const steered = () => context.act(draining ? `${node} serves again` : `${node} drains`, ask(path, { method: "POST", body: { node } }));
    if (await context.once(`steer ${node}`, sure, steered)) await context.again();
  }

  async function confirmed(node) {
    const { lost_if_stopped: lost } = await ask(query("/drain", { node }));
    const lines = ["No sign-in is taken here any more, polls are answered empty, and balancers are told not to send anybody."];
    if (lost.total) {
      const named = lost.agents.slice(0, AGENTS_NAMED).join(", ");
      const more = lost.total > Math.min(AGENTS_NAMED, lost.agents.length) ? " and others" : "";
      lines.push(`Its sessions are in its memory: ${plural(lost.total, "session")} would be lost when it stops (${named}${more}).`);
    }
    return context.confirm(`Drain ${node}?`, lines, "Drain");
  }
}

function state(node) {
  if (!node.draining) return pill("good", "serves");
  return node.empty ? pill("good", "drained: nothing is left here") : pill("warn", "draining");
}

const worker = (one) =>
  make("li", { class: "nowrap" }, `${one.worker}: process ${one.pid}, version ${one.version}, since `, moment(one.started), one.draining ? ", draining" : "");

const megabytes = (bytes) => (bytes === null ? "–" : `${short(bytes / 1_048_576)} MiB`);

function drawStore(store) {
  const rows = store.shards.map((shard) => [
    shard.tag || "all",
    shard.reachable
      ? pill("good", "answers")
      : make("span", {}, pill("bad", "out of reach"), ` ${shard.reason}`, shard.outage_since ? " since " : "", moment(shard.outage_since)),
    shard.latency_ms === null ? "–" : `${short(shard.latency_ms)} ms`,
    megabytes(shard.memory_bytes),
    megabytes(shard.memory_limit_bytes),
  ]);
  const where = store.kind === "memory" ? "in the memory of this process" : "in Redis";
  return [
    make("h3", { id: "store-title" }, "Session store"),
    make("p", {}, `${plural(store.sessions, "session")}, ${where}.`),
    table("Session store", SHARDS, rows),
  ];
}
