/** Types of agentgateway.js (docs/sdk.md). */

export interface Settings {
  /** How long the gateway holds a poll without an event, in ms; 10,000 if absent. */
  holdMs?: number;
  /** How long any other answer may take, in ms; 10,000 if absent. */
  answerMs?: number;
  /** How long sign-in and questions are tried again while the gateway is away, in ms; 30,000 if absent. */
  patienceMs?: number;
  firstPauseMs?: number;
  longestPauseMs?: number;
  /** The pause between heartbeats while the program takes no events, in ms; 30,000 if absent. */
  heartbeatMs?: number;
  /** As of fetch; "include" if absent, so that cookies of a balancer come back. */
  credentials?: "include" | "omit" | "same-origin";
  /** Used in place of the fetch of the platform. */
  fetch?: typeof fetch;
  /** Told of every new GUID. It is a secret: whoever has it is the agent. */
  onGuid?: (guid: string) => void;
  /** Told of what interrupts the events. */
  onTrouble?: (problem: Refused | NoAnswer) => void;
}

export interface SignIn extends Settings {
  password?: string;
  /** In place of a password, where the gateway takes tokens. */
  token?: string;
  phone?: string;
  /** Takes over a session that is alive. */
  force?: boolean;
  /** Without media server. */
  light?: boolean;
  options?: SignInOptions;
}

/** The gateway refused. */
export class Refused extends Error {
  readonly retcode: string;
  /** What a 503 asked for, else 0. */
  readonly retryAfterMs: number;
}

/** No answer came, or none of this interface. */
export class NoAnswer extends Error {}

/** One session. */
export class Agent {
  private constructor();
  /** `agent` is the id, or as a text that is no number the account. */
  static signIn(urls: string | readonly string[], agent: number | string, given?: SignIn): Promise<Agent>;
  readonly agentId: number;
  readonly info: SignInResult;
  /** Every event once, in order, until the own sign-out. Throws what ended the session otherwise. */
  events(): AsyncGenerator<AgentEvent, void, void>;
  /** The next event; null after the own sign-out. */
  nextEvent(): Promise<AgentEvent | null>;
  signOut(how?: { force?: boolean; reason?: number }): Promise<void>;
  /** Stops without a sign-out. */
  close(): void;
}

export interface Kind<Name extends string, Carried> {
  eventType: Name;
  /** When it was made, in ms since the epoch. */
  eventGenTime: number;
  workNo: string;
  content: Carried;
}
