/** What the page shows of the wire: GUIDs, events as a time line, requests and answers. */

import { LANGUAGES, copyAs, hidden } from "./copy.js";
import { byId, clock, make, say } from "./dom.js";
import { isQuiet } from "./wire.js";

const MOST_SHOWN = 300;
/** What is shown of a text: in full where the page shows secrets. */
const shown = (text) => (byId("secrets").checked ? text : hidden(text));

const KINDS = [
  [/^AgentState_/, "state"],
  [/^AgentChat_/, "chat"],
  [/^(AgentEvent_|AgentOther_Phone|OUTBOUND_)/, "call"],
];

/** What an event carries, to be read: `callid 17-1 · number 138`. */
function members(content) {
  if (typeof content !== "object") return String(content ?? "");
  const text = (value) => (typeof value === "object" ? JSON.stringify(value) : value === "" ? "–" : String(value));
  return Object.entries(content ?? {})
    .map(([name, value]) => `${name} ${text(value)}`)
    .join(" · ");
}

/** Events and what happened to the session between them, newest first. */
export class TimeLine {
  #list = byId("events");

  constructor() {
    byId("forget-events").addEventListener("click", () => this.#list.replaceChildren());
  }

  event({ eventType, eventGenTime, content }) {
    const kind = KINDS.find(([pattern]) => pattern.test(eventType))?.[1] ?? "other";
    this.#add(eventGenTime, kind, eventType, members(content));
  }

  note(kind, title, text = "") {
    this.#add(Date.now(), kind, title, text);
  }

  #add(at, kind, title, text) {
    const stamp = make("time", { datetime: new Date(at).toISOString() }, clock(at));
    this.#list.prepend(make("li", { "data-kind": kind }, stamp, make("b", {}, title), text ? make("p", {}, text) : ""));
    if (this.#list.children.length > MOST_SHOWN) this.#list.lastElementChild.remove();
  }
}

/** The GUIDs with their ages; `draw` is called every second and whenever one comes. */
export function drawGuids(book) {
  byId("ripeness").value = book.ripeness();
  const lines = book.guids.map((one, index) =>
    make("li", { "data-now": index === 0 }, make("code", {}, shown(one.guid)), make("span", {}, book.word(one))),
  );
  byId("guids").replaceChildren(...(lines.length ? lines : [make("li", { class: "empty" }, "none before the sign-in")]));
}

/** The requests, newest first. Each one opens to its heads, its bodies and its copies. */
export class Exchanges {
  #list = byId("exchanges");
  #items = new Map();

  constructor(wire) {
    this.wire = wire;
    byId("quiet-polls").addEventListener("change", () => this.redraw());
    byId("forget-wire").addEventListener("click", () => {
      wire.forget();
      this.redraw();
    });
  }

  redraw() {
    this.#items.clear();
    this.#list.replaceChildren();
    for (const exchange of this.wire.exchanges) this.show(exchange);
  }

  show(exchange) {
    const former = this.#items.get(exchange.number);
    if (isQuiet(exchange) && !byId("quiet-polls").checked) {
      former?.remove();
      this.#items.delete(exchange.number);
      return;
    }
    const item = make("li", { class: "exchange", "data-number": exchange.number }, this.#details(exchange, former?.querySelector("details").open));
    this.#items.set(exchange.number, item);
    const focused = former?.contains(document.activeElement);
    if (former) former.replaceWith(item);
    else this.#insert(exchange.number, item);
    if (focused) item.querySelector("summary").focus();
    while (this.#list.children.length > MOST_SHOWN) this.#list.lastElementChild.remove();
  }

  /** A poll that was quiet when it began takes its place only when its answer is there. */
  #insert(number, item) {
    const before = [...this.#list.children].find((other) => Number(other.dataset.number) < number);
    this.#list.insertBefore(item, before ?? null);
  }

  #details(exchange, open) {
    const { pathname, search } = new URL(exchange.url);
    const path = shown(pathname.replace("/agentgateway/resource/", "") + search);
    const [kind, word] = outcome(exchange);
    const details = make(
      "details",
      { open },
      make(
        "summary",
        {},
        make("time", { datetime: new Date(exchange.began).toISOString() }, clock(exchange.began)),
        make("span", { class: "method" }, exchange.method),
        make("span", { class: "path" }, path, ...brought(exchange).flatMap((word) => [" ", make("em", {}, word)])),
        make("span", { class: "outcome", "data-kind": kind }, word),
      ),
    );
    const fill = () => details.open && details.children.length === 1 && details.append(this.#inside(exchange));
    details.addEventListener("toggle", fill);
    fill();
    return details;
  }

  #inside(exchange) {
    const request = [`${exchange.method} ${exchange.url}`, ...lines(Object.entries(exchange.headers))];
    const answer = exchange.status
      ? [`HTTP ${exchange.status}`, ...lines(exchange.answerHeaders)]
      : [exchange.problem || "waiting for the answer"];
    const copies = LANGUAGES.map((language) =>
      make("button", { type: "button", class: "small", click: () => copy(language, exchange) }, language),
    );
    const number = exchange.number;
    return make(
      "div",
      { class: "inside" },
      make("div", { class: "row", role: "group", "aria-label": `Copy request ${number} as` }, make("span", { class: "quiet" }, "Copy as"), ...copies),
      make("h3", {}, "Request"),
      make("pre", {}, shown(message(request, exchange.body))),
      make("h3", {}, exchange.tookMs === null ? "Answer" : `Answer after ${exchange.tookMs} ms`),
      make("pre", {}, shown(message(answer, exchange.answer))),
    );
  }
}

const lines = (headers) => headers.map(([name, value]) => `${name}: ${value}`);
const message = (head, body) => head.join("\n") + (body ? `\n\n${pretty(body)}` : "");

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** What a poll brought, as marks beside it. */
function brought({ answer, answerHeaders }) {
  const event = /"event":\{"eventType":"(\w+)"/.exec(answer)?.[1];
  const guid = answerHeaders.some(([name]) => name.toLowerCase() === "set-guid");
  return [event, guid ? "Set-GUID" : ""].filter(Boolean);
}

/** How an exchange ended: `["good", "200 · 0"]`. */
function outcome({ status, retcode, problem, tookMs }) {
  if (problem) return ["bad", problem];
  if (tookMs === null) return ["wait", "…"];
  const fine = status === 200 && (retcode === "0" || retcode === "");
  return [fine ? "good" : "bad", retcode ? `${status} · ${retcode}` : String(status)];
}

async function copy(language, exchange) {
  try {
    await navigator.clipboard.writeText(copyAs(language, exchange));
    say(`Copied as ${language}; secrets are variables in it.`);
  } catch {
    say("The browser does not let this page copy.", "bad");
  }
}
