/** What is asked of the gateway: with the session of the cookie, and for changes with the secret that the sign-in gave. */

const KEPT = "agentgateway-console-csrf";
let kept = "";

/** Why something that was asked for is not done; `status` is 0 where nobody answers. */
export class Failed extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Keeps the secret for changes, for all tabs of this page; "" forgets it. Without storage it lasts as long as the tab. */
export function keep(csrf) {
  kept = csrf;
  try {
    if (csrf) localStorage.setItem(KEPT, csrf);
    else localStorage.removeItem(KEPT);
  } catch {
    // Where nothing may be stored, this tab has it all the same.
  }
}

function secret() {
  try {
    return localStorage.getItem(KEPT) ?? kept;
  } catch {
    return kept;
  }
}

/** Hears why the session is over. */
export const session = { over: () => {} };

/** The value of an answer. `byItself`: nobody asked for it, and the session ages all the same. Throws Failed. */
export async function ask(path, { method = "GET", body, byItself = false } = {}) {
  const headers = {};
  if (method !== "GET") headers["X-CSRF-Token"] = secret();
  if (byItself) headers["X-Console-Refresh"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Failed(0, "The gateway does not answer.");
  }
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) return value;
  const problem = new Failed(answer.status, value.error ?? `status ${answer.status}`);
  if (answer.status === 401 && path !== "/console/sign-in") session.over(problem.message);
  throw problem;
}

/** A path with a query, without what is empty. */
export function query(path, values) {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}
