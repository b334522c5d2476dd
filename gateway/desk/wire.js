/** Every request of the page and its answer, as the browser shows them: a `fetch` that keeps what passes. */

const KEPT = 300;
const FILES = /octet-stream|image|audio|video/;

/** The requests, newest last. `tell` is called with each one when it begins and when it changes. */
export class Wire {
  #number = 0;

  constructor(tell) {
    this.tell = tell;
    this.exchanges = [];
    this.fetch = (url, init = {}) => this.#ask(String(url), init);
  }

  forget() {
    this.exchanges.length = 0;
  }

  async #ask(url, init) {
    const exchange = {
      number: ++this.#number,
      began: Date.now(),
      method: init.method ?? "GET",
      url: new URL(url, globalThis.location?.href).href,
      headers: { ...init.headers },
      body: typeof init.body === "string" ? init.body : init.body ? "(a file)" : "",
      status: 0,
      answerHeaders: [],
      answer: "",
      retcode: "",
      problem: "",
      tookMs: null,
    };
    this.exchanges.push(exchange);
    if (this.exchanges.length > KEPT) this.exchanges.shift();
    this.tell(exchange);
    try {
      const answer = await fetch(url, init);
      exchange.status = answer.status;
      exchange.answerHeaders = [...answer.headers];
      const kept = answer.clone();
      exchange.answer = FILES.test(answer.headers.get("Content-Type") ?? "") ? "(a file)" : await kept.text();
      exchange.retcode = retcodeOf(exchange.answer);
      return answer;
    } catch (problem) {
      exchange.problem = problem.name === "AbortError" ? "given up" : "no answer";
      throw problem;
    } finally {
      exchange.tookMs = Date.now() - exchange.began;
      this.tell(exchange);
    }
  }
}

function retcodeOf(text) {
  try {
    return String(JSON.parse(text).retcode ?? "");
  } catch {
    return "";
  }
}

export const isPoll = (exchange) => /\/agentevent\/\d+$/.test(exchange.url);

/** A poll that brought nothing: most are, and they hide the rest. */
export const isQuiet = (exchange) =>
  isPoll(exchange) &&
  !exchange.answer.includes('"event"') &&
  !exchange.answerHeaders.some(([name]) => name.toLowerCase() === "set-guid") &&
  (exchange.retcode === "0" || exchange.tookMs === null || exchange.problem === "given up");
