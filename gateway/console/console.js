/** The console: who is signed in to it, which page is shown, and how it stays up to date (docs/console.md). */

import * as adoption from "./adoption.js";
import * as agent from "./agent.js";
import { Failed, ask, keep, query, session } from "./api.js";
import { allow, byId, make, say, tell } from "./dom.js";
import * as lockouts from "./lockouts.js";
import * as nodes from "./nodes.js";
import * as overview from "./overview.js";
import * as question from "./question.js";
import * as sessions from "./sessions.js";
import * as settings from "./settings.js";
import * as staying from "./staying.js";

const PAGES = { overview, sessions, agents: agent, adoption, lockouts, nodes, settings };
const IN_MENU = ["overview", "sessions", "adoption", "lockouts", "nodes", "settings"];

/** The page that is shown: what it can do, when it was last brought up to date. */
let current = null;
let me = null;

/** The names of what is being done: a second press does not do it again. */
const underWay = new Set();

/** What pages may do here. */
const context = {
  get mayChange() {
    return me?.role === "admin";
  },
  say,
  tell,
  /** Brings the page up to date now. */
  again: () => refresh(current, false),
  /** Notes in the address what is shown, for the back button and for bookmarks. */
  place: (args) => history.replaceState(null, "", query(`#/${current.name}`, args)),
  /** Waits for what was asked for and says how it went, `what` or what `promise` comes to; whether it was done. */
  async act(what, promise) {
    try {
      const done = await promise;
      say(`${what || done}.`);
      return true;
    } catch (problem) {
      say(`Not done: ${problem.message}`, "bad");
      return false;
    }
  },
  confirm: question.confirm,
  /** Does `work` if it is `sure`, and gives what it comes to. While that of this name is under way nothing is asked or done. */
  async once(name, sure, work) {
    if (underWay.has(name) || !(await sure())) return false;
    underWay.add(name);
    try {
      return await work();
    } finally {
      underWay.delete(name);
    }
  },
};

/** Of #/sessions?find=x: the page's name and what is asked of it. */
function asked() {
  const [path, values] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, id] = path.split("/");
  if (!(name in PAGES) || (name === "agents" && !/^[1-9][0-9]{0,5}$/.test(id ?? ""))) return { name: "overview", args: {} };
  return { name, args: { ...Object.fromEntries(new URLSearchParams(values)), id } };
}

function open({ focus }) {
  const { name, args } = asked();
  const { title, everyMs } = PAGES[name];
  const heading = make("h2", { tabindex: "-1", class: "hear" }, args.id ? `${title} ${args.id}` : title);
  const root = make("div", { class: "page" }, heading);
  byId("page").replaceChildren(root);
  document.title = `${heading.textContent} – agentgateway console`;
  for (const link of byId("pages").children) {
    if (link.dataset.page === name || (link.dataset.page === "sessions" && name === "agents")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  trouble("");
  current = { name, everyMs, atMs: 0, busy: 0, turn: 0, ...PAGES[name].show(root, args, context) };
  if (focus) heading.focus();
  return refresh(current, false);
}

/** Only the answers to what was asked last are shown: those of before may be from before a change. */
async function refresh(page, byItself) {
  page.busy += 1;
  const turn = (page.turn += 1);
  try {
    await page.refresh(byItself, () => turn === page.turn);
    if (page === current) trouble("");
  } catch (problem) {
    if (!(problem instanceof Failed)) throw problem;
    if (page === current && problem.status !== 401) trouble(`${problem.message} What is shown may be out of date.`);
  } finally {
    page.busy -= 1;
    page.atMs = Date.now();
    if (page === current) document.body.dataset.shown = page.name;
  }
}

function trouble(text) {
  const line = byId("trouble");
  if (line.textContent !== text) line.textContent = text;
  line.hidden = !text;
}

/** Shows the console to whoever is signed in, or the sign-in with why. */
function become(known, why = "") {
  me = known;
  for (const id of ["pages", "search", "me"]) byId(id).hidden = !me;
  byId("sign-in").hidden = Boolean(me);
  if (me) {
    staying.start();
    byId("who").textContent = `${me.name} (${me.role})`;
    return open({ focus: document.body.dataset.ready === "true" });
  }
  staying.stop();
  keep("");
  current = null;
  if (byId("ask").open) byId("ask").close();
  byId("page").replaceChildren();
  byId("why").hidden = !why;
  byId("why").textContent = why;
  document.title = "Sign in – agentgateway console";
  trouble("");
  byId("token").focus();
  return Promise.resolve();
}

async function signIn(event) {
  event.preventDefault();
  const [field, button] = [byId("token"), byId("sign-in-button")];
  const token = field.value.trim();
  if (!token || button.getAttribute("aria-disabled") === "true") return;
  allow(button, false);
  try {
    const opened = await ask("/console/sign-in", { method: "POST", body: { token } });
    keep(opened.csrf);
    field.value = "";
    say("");
    await become(opened);
    tell(`Signed in as ${opened.name}.`);
  } catch (problem) {
    byId("why").hidden = false;
    byId("why").textContent = problem.message;
    say(`Sign-in: ${problem.message}`, "bad");
    field.select();
  } finally {
    allow(button, true);
  }
}

async function signOut() {
  try {
    await ask("/console/sign-out", { method: "POST" });
    await become(null);
    say("Signed out.");
  } catch (problem) {
    say(`Not signed out: ${problem.message}`, "bad");
  }
}

function seek(event) {
  event.preventDefault();
  const text = byId("sought").value.trim();
  if (!text) return;
  location.hash = /^[1-9][0-9]{0,5}$/.test(text) ? `#/agents/${text}` : query("#/sessions", { find: text });
  byId("sought").value = "";
}

function wire() {
  staying.wire();
  question.wire();
  byId("pages").append(...IN_MENU.map((name) => make("a", { href: `#/${name}`, "data-page": name }, PAGES[name].title)));
  byId("place").textContent = `of ${location.host}`;
  byId("sign-in-form").addEventListener("submit", signIn);
  byId("sign-out").addEventListener("click", signOut);
  byId("search").addEventListener("submit", seek);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  window.addEventListener("hashchange", () => me && open({ focus: true }));
  session.over = (why) => me && become(null, `Signed out: ${why}`);
  setInterval(() => {
    const due = current && !current.busy && Date.now() - current.atMs >= current.everyMs;
    if (due && !document.hidden && !byId("ask").open) refresh(current, true);
  }, 500);
}

wire();
try {
  const known = await ask("/console/session", { byItself: true });
  await become(known.signedIn ? known : null, known.why);
} catch (problem) {
  await become(null, problem.message);
}
document.body.dataset.ready = "true";
