/**
 * The client for pages and for Node (docs/sdk.md): one module, no dependencies, typed by agentgateway.d.ts.
 *
 *   const agent = await Agent.signIn("https://gateway.example:8043", 101, { password, phone: "6001" });
 *   for await (const event of agent.events()) {
 *     if (event.eventType === "AgentEvent_Ringing") await agent.voicecall.answer({ callid: event.content.callid });
 *   }
 *
 * It uses every GUID that an answer hands out, polls by itself, and goes on after what goes wrong on the way.
 */

const PREFIX = "/agentgateway/resource/";
const WANTED = "wanted";
/** From the beginning of a poll to the next one where it brought nothing: a gateway may be set not to hold polls. */
const SOONEST_MS = 500;
const MOST_REFUSALS = 5;
const EVENTS_KEPT = 1000;
/** Statuses of a gateway, or of a balancer before it, that asks to try again. */
const AWAY = new Set([429, 502, 503, 504]);
const UNAVAILABLE = "100-007";
const NOT_SIGNED_IN = "100-006";
/** Retcodes after which there is no session: signed out, or lost in a switch to another site. */
const OVER = new Set([NOT_SIGNED_IN, "100-008", "105-005", "105-006", "105-007"]);
/** Retcodes that say: later. */
const SWITCHING = new Set([UNAVAILABLE, "000-004", "000-007", "105-002", "105-003", "105-004"]);
const DEFAULTS = {
  holdMs: 10_000,
  answerMs: 10_000,
  patienceMs: 30_000,
  firstPauseMs: 200,
  longestPauseMs: 5_000,
  heartbeatMs: 30_000,
  credentials: "include",
  onGuid: () => {},
  onTrouble: () => {},
};

/** The gateway refused. `retcode` tells what; `retryAfterMs` is what a 503 asked for, else 0. */
export class Refused extends Error {
  constructor(retcode, message, retryAfterMs = 0) {
    super(`${retcode} ${message}`);
    this.name = "Refused";
    this.retcode = retcode;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came, or none of this interface. Whether the gateway got the request is not known. */
export class NoAnswer extends Error {
  constructor(message) {
    super(message);
    this.name = "NoAnswer";
  }
}

const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));

/** Pauses after failures: each about twice the one before, with jitter, so that many do not come back at once. */
class Backoff {
  #failures = 0;

  constructor(settings) {
    this.settings = settings;
  }

  nextMs(atLeastMs = 0) {
    const longest = Math.min(this.settings.longestPauseMs, this.settings.firstPauseMs * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    return Math.max(atLeastMs, longest * (0.5 + Math.random() / 2));
  }

  reset() {
    this.#failures = 0;
  }
}

/** Waits of one request, until the patience of the settings is over; then `after` throws the problem. */
function patience(settings) {
  const until = Date.now() + settings.patienceMs;
  const backoff = new Backoff(settings);
  return async (problem) => {
    const pause = backoff.nextMs(problem.retryAfterMs);
    if (Date.now() + pause > until) throw problem;
    await sleep(pause);
  };
}

/** One agent's requests: its GUID, and the node that it talks to. */
class Link {
  #guid = "";
  #node = 0;

  constructor(urls, agent, settings) {
    this.urls = (Array.isArray(urls) ? urls : [urls]).map((url) => String(url).replace(/\/+$/, ""));
    this.agent = String(agent);
    this.settings = settings;
    this.fetch = settings.fetch ?? ((...given) => globalThis.fetch(...given));
  }

  /** Whether the page may read every header of an answer: in a page only those of its own origin. */
  get readsReceipts() {
    const page = globalThis.location;
    return !page || new URL(this.urls[this.#node], page.href).origin === page.origin;
  }

  /** One attempt. `request`: name, method, path with query, body, headers, whether it goes without GUID, the time. */
  async once(request) {
    const sent = this.#guid;
    try {
      return await this.#send(request, sent);
    } catch (problem) {
      // The GUID has been replaced while the request was on its way, and its grace is over.
      if (problem.retcode !== "000-003" || sent === this.#guid) throw problem;
      return this.#send(request, this.#guid);
    }
  }

  /** Asks again where twice is the same as once, until the patience is over. */
  async ask(request) {
    const after = patience(this.settings);
    for (;;) {
      try {
        return await this.once(request);
      } catch (problem) {
        const away = problem instanceof NoAnswer || problem.retcode === UNAVAILABLE;
        if (!away || !request.repeatable) throw problem;
        await after(problem);
      }
    }
  }

  async #send(request, guid) {
    const headers = { ...request.headers };
    if (guid && !request.withoutGuid) headers.guid = guid;
    if (typeof request.body === "string") headers["Content-Type"] = "application/json; charset=UTF-8";
    const node = this.#node;
    const abort = new AbortController();
    const end = () => abort.abort();
    const timer = setTimeout(end, request.withinMs ?? this.settings.answerMs);
    request.signal?.addEventListener("abort", end);
    let answer, bytes;
    try {
      answer = await this.fetch(this.urls[node] + PREFIX + request.path, {
        method: request.method,
        headers,
        body: request.body,
        cache: "no-store",
        credentials: this.settings.credentials,
        redirect: "error",
        signal: abort.signal,
      });
      this.#adopt(answer, request.withoutGuid ? this.#guid : guid);
      bytes = new Uint8Array(await answer.arrayBuffer());
    } catch (problem) {
      this.#leave(node);
      throw new NoAnswer(`${request.name}: no answer: ${problem.cause?.code ?? problem.name}`);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", end);
    }
    if (AWAY.has(answer.status)) this.#leave(node);
    return read(request, answer, bytes);
  }

  /** Takes the GUID that was handed out, unless a newer one has come while this answer was on its way. */
  #adopt(answer, sent) {
    const handed = (answer.headers.get("Set-GUID") ?? "").split("=")[1]?.trim();
    if (!handed || handed === this.#guid || sent !== this.#guid) return;
    this.#guid = handed;
    this.settings.onGuid(handed);
  }

  /** Goes on to the next node, unless another request has done so already. */
  #leave(node) {
    if (node === this.#node) this.#node = (node + 1) % this.urls.length;
  }
}

/** What an answer brings. Throws Refused, and NoAnswer for what is none of this interface. */
function read(request, answer, bytes) {
  if (request.bringsFile && answer.status === 200 && !/json/.test(answer.headers.get("Content-Type") ?? "")) {
    return { content: bytes };
  }
  const retryAfterMs = Math.min(Number(answer.headers.get("Retry-After")) || 0, 60) * 1000;
  let said;
  try {
    said = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    said = null;
  }
  if (AWAY.has(answer.status)) {
    throw new Refused(said?.retcode ?? UNAVAILABLE, said?.message ?? `status ${answer.status}`, retryAfterMs);
  }
  if (said?.retcode === undefined) throw new NoAnswer(`${request.name}: status ${answer.status} and no retcode`);
  if (String(said.retcode) !== "0") throw new Refused(String(said.retcode), said.message ?? said.msg ?? "");
  return { content: said.event ?? said.result, receipt: answer.headers.get("Event-Receipt") ?? "" };
}

/** Path and query; members that are in neither are the body. Members that are null or undefined are left out. */
function target(link, path, names, members) {
  const rest = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  const text = (value) => (Array.isArray(value) ? value.join(";") : String(value));
  let filled = path.replace("{agentid}", link.agent);
  const query = new URLSearchParams();
  const body = {};
  for (const [name, value] of rest) {
    if (filled.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(text(value)));
    else if (names.includes(name)) query.append(name, text(value));
    else body[name] = value;
  }
  const asked = query.toString().replaceAll("+", "%20");
  return [filled + (asked && `?${asked}`), body];
}

/** One session. It polls by itself until the sign-out; its groups (`agent.voicecall`, ...) are made from the rows. */
export class Agent {
  #link;
  #events = [];
  #waiting = [];
  #end = null;
  #leaving = false;
  #stop = new AbortController();

  /** Use `Agent.signIn`. */
  constructor(link, info) {
    this.#link = link;
    this.info = info;
    this.agentId = Number(link.agent);
    for (const [group, rows] of Object.entries(ROWS)) {
      this[group] = Object.fromEntries(
        Object.entries(rows).map(([name, row]) => [name, (members = {}) => this.#perform(name, row, members)]),
      );
    }
    this.#listen();
  }

  /**
   * Signs in. `agent` is the id, or as a text that is no number the account; `token` in place of a password where the
   * gateway takes tokens; `force` takes over a session that is alive; `light` is sign-in without media server;
   * `options` are further members of the sign-in, by their names on the wire.
   */
  static async signIn(urls, agent, given = {}) {
    const { password, token, phone, force = false, light = false, options = {}, ...settings } = given;
    const link = new Link(urls, agent, { ...DEFAULTS, ...settings });
    const byId = /^[0-9]+$/.test(link.agent);
    if (!byId && (force || light)) throw new TypeError("force and light need the agent id");
    const action = `${force ? "force" : ""}${force || light ? "login" : ""}${light ? "ex" : ""}`;
    const path = byId ? `onlineagent/${link.agent}${action && `/${action}`}` : "onlineagent/loginbyaccount";
    const body = { ...options, password: token ?? password ?? "", phonenum: phone };
    if (!byId) body.account = link.agent;
    const request = { name: "login", method: "PUT", path, body: JSON.stringify(body), withoutGuid: true };
    const info = await signedIn(link, request);
    link.agent = String(info.workno);
    return new Agent(link, info);
  }

  /** Every event once, in order, until the own sign-out. Throws what ended the session otherwise. */
  async *events() {
    for (;;) {
      const event = await this.nextEvent();
      if (event === null) return;
      yield event;
    }
  }

  /** The next event; null after the own sign-out. Throws what ended the session otherwise. */
  async nextEvent() {
    while (!this.#events.length) {
      if (this.#end) {
        if (this.#end.why) throw this.#end.why;
        return null;
      }
      await new Promise((resume) => this.#waiting.push(resume));
    }
    const event = this.#events.shift();
    this.#wake();
    return event;
  }

  /** Signs out and stops. `force` does so in every state; `reason` (1 to 255) with it is recorded. */
  async signOut({ force = false, reason } = {}) {
    const action = reason === undefined ? (force ? "forcelogout" : "logout") : `forcelogoutwithreason/${reason}`;
    const path = `onlineagent/${this.#link.agent}/${action}`;
    this.#leaving = true;
    try {
      await this.#link.ask({ name: "logout", method: "DELETE", path, repeatable: true });
    } catch (problem) {
      if (problem.retcode !== NOT_SIGNED_IN && problem.retcode !== "100-008") {
        this.#leaving = false;
        throw problem;
      }
    }
    this.close();
  }

  /** Stops without a sign-out: the gateway ends the session when it has been silent for long. */
  close() {
    this.#leaving = true;
    this.#stop.abort();
    this.#finish(null);
  }

  async #perform(name, [method, path, names, kind], members) {
    if (this.#leaving && this.#end) throw new Refused(NOT_SIGNED_IN, "this agent has signed out");
    const { file, ...rest } = members;
    const [filled, body] = target(this.#link, path, names, kind === "file" ? rest : members);
    const request = { name, method, path: filled, repeatable: method === "GET", bringsFile: kind === "bytes" };
    if (kind === "body") request.body = JSON.stringify(body);
    if (kind === "file") {
      request.body = new FormData();
      request.body.append("file", file, file.name ?? "file");
    }
    return (await this.#link.ask(request)).content;
  }

  async #listen() {
    try {
      await this.#poll();
    } catch (problem) {
      this.#finish(this.#leaving ? null : problem);
    }
  }

  async #poll() {
    const { settings } = this.#link;
    const backoff = new Backoff(settings);
    let receipt = WANTED;
    let last = "";
    let doubt = false;
    let refusals = 0;
    while (!this.#stop.signal.aborted) {
      const began = Date.now();
      let brought = false;
      try {
        await this.#room();
        const answer = await this.#link.once({
          name: "getAgentEvent",
          method: "GET",
          path: `agentevent/${this.#link.agent}`,
          headers: this.#link.readsReceipts ? { "Event-Receipt": receipt } : {},
          withinMs: settings.holdMs + settings.answerMs / 2,
          signal: this.#stop.signal,
        });
        if (answer.content?.eventType) {
          // An event whose arrival the gateway could not know comes once more.
          const text = JSON.stringify(answer.content);
          const again = answer.receipt ? answer.receipt === receipt : doubt && text === last;
          receipt = answer.receipt || WANTED;
          last = text;
          brought = !again;
          if (brought) this.#keep(answer.content);
        }
        doubt = false;
        refusals = 0;
        backoff.reset();
      } catch (problem) {
        if (this.#stop.signal.aborted) return;
        const later = problem instanceof NoAnswer || SWITCHING.has(problem.retcode);
        if (later) doubt = true;
        else refusals += 1;
        if (!(problem instanceof NoAnswer || problem instanceof Refused)) throw problem;
        if (OVER.has(problem.retcode) || refusals > MOST_REFUSALS) throw problem;
        settings.onTrouble(problem);
        await sleep(backoff.nextMs(problem.retryAfterMs));
        continue;
      }
      if (!brought) await sleep(began + SOONEST_MS - Date.now());
    }
  }

  /** While the program takes no events, the gateway keeps the next ones, and heartbeats keep the session. */
  async #room() {
    while (this.#events.length >= EVENTS_KEPT) {
      const timer = sleep(this.#link.settings.heartbeatMs).then(() => true);
      const taken = new Promise((resume) => this.#waiting.push(resume)).then(() => false);
      if (await Promise.race([timer, taken])) {
        const path = `onlineagent/${this.#link.agent}/handshake`;
        await this.#link.once({ name: "handShake", method: "POST", path });
      }
    }
  }

  #keep(event) {
    this.#events.push(event);
    this.#wake();
  }

  #finish(why) {
    this.#end ??= { why };
    this.#wake();
  }

  #wake() {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

/** Tries again while the gateway is away, and after an answer that got lost until its session may be replaced. */
async function signedIn(link, request) {
  const after = patience(link.settings);
  let lost = false;
  for (;;) {
    try {
      return (await link.once(request)).content;
    } catch (problem) {
      lost ||= problem instanceof NoAnswer;
      const again = lost && problem.retcode === Retcode.ALREADY_SIGNED_IN;
      const later = problem.retcode === UNAVAILABLE || problem.retcode === Retcode.SIGN_IN_IN_PROGRESS;
      if (!(problem instanceof NoAnswer || again || later)) throw problem;
      await after(problem);
    }
  }
}

// <rows> Written by scripts/docs.py from the rows of the server; not to be edited.
/** The retcodes by name. */
export const Retcode = Object.freeze({
  SUCCESS: "0",
  WRONG_EVENT_WAY: "000-001",
  BAD_PARAMETER: "000-002",
  NO_RIGHT: "000-003",
  SELF_INSPECTION: "000-005",
  BAD_MESSAGE: "000-006",
  BAD_SIGN_IN: "100-001",
  ALREADY_SIGNED_IN: "100-002",
  WRONG_CREDENTIALS: "100-004",
  BAD_SIGN_OUT: "100-005",
  NOT_SIGNED_IN: "100-006",
  UNAVAILABLE: "100-007",
  WRONG_STATE: "100-009",
  WRONG_SIGN_OUT_STATE: "100-010",
  BAD_AGENT_ASKED: "100-011",
  PHONE_INVALID: "100-013",
  PHONE_OUT_OF_RANGE: "100-014",
  MAY_NOT_BE_FORCED: "100-015",
  BAD_ADDRESS: "100-016",
  SIGN_IN_IN_PROGRESS: "100-021",
  NO_CONFERENCE: "101-001",
  NOT_CHAIRPERSON: "101-002",
  IN_CONFERENCE: "101-003",
  NOT_INSPECTOR_OF_CONFERENCES: "101-004",
  CHAIR_TO_ITSELF: "101-005",
  CHAIR_REMOVES_ITSELF: "101-006",
  CHAIR_LEAVES: "101-007",
  DOWNLOAD_OFF: "104-001",
  MULTIMEDIA_OFF: "106-001",
  EMPTY_MESSAGE: "106-002",
  TOO_MANY_SESSIONS: "106-003",
  WRONG_TARGET_TYPE: "106-004",
  NO_QUEUE_OF_MEDIA: "106-008",
  WRONG_OLD_PASSWORD: "110-003",
  LOCKED: "110-016",
  PASSWORD_UNCHANGED: "110-017",
  PASSWORD_RULE: "110-019",
  PASSWORD_LENGTH: "110-020",
  CALLED_NUMBER: "200-001",
  ANSWER_NO_CALL: "200-002",
  MUTE_NO_CALL: "200-003",
  MUTE_STATE: "200-004",
  CONNECT_NO_CALL: "200-005",
  CONNECT_NO_HELD: "200-006",
  UNMUTE_NO_CALL: "200-007",
  UNMUTE_STATE: "200-008",
  REPORT_NO_CALL: "200-009",
  JOIN_NO_CALL: "200-010",
  JOIN_NO_HELD: "200-011",
  TRANSFER_NO_CALL: "200-012",
  HOLD_NO_CALL: "200-013",
  HOLD_STATE: "200-014",
  UNHOLD_NO_HELD: "200-015",
  UNHOLD_STATE: "200-016",
  RELEASE_NO_CALL: "200-017",
  HELP_NO_CALL: "200-018",
  NO_SUCH_PARTY: "200-023",
  PARTY_STAYS: "200-024",
  DROP_NO_CALL: "200-025",
  REJECT_STATE: "200-037",
  NO_RIGHT_TO_QUERY: "300-001",
  NO_SUCH_AGENT_INFO: "300-002",
  GROUP_NO_AGENT: "300-003",
  NO_SUCH_GROUP: "300-004",
  DATA_NO_CALL: "400-001",
  DATA_NOTHING: "400-002",
  NO_HELD_CALL: "400-003",
  REWIND_STATE: "500-001",
  FORWARD_STATE: "500-002",
  PAUSE_PLAY_STATE: "500-003",
  PAUSE_RECORD_STATE: "500-004",
  RESUME_PLAY_STATE: "500-005",
  RESUME_RECORD_STATE: "500-006",
  PLAY_STATE: "500-007",
  RECORD_STATE: "500-008",
  STOP_PLAY_STATE: "500-009",
  NO_SKILLS: "600-001",
  VDN_NO_QUEUE: "600-002",
  NO_ACCESS_CODE: "600-003",
  NO_IVR: "600-004",
  OWN_VDN_NO_QUEUE: "600-005",
  FORBIDDEN_WORD: "700-016",
  INSPECTION_UNAVAILABLE: "900-001",
  NOT_INSPECTOR: "900-002",
  INSPECTION_RESOURCE: "900-003",
  INSPECTED_UNKNOWN: "900-004",
  INSPECTION_STATE: "900-005",
});

const ROWS = {
  agentconf: {
    requestAgentConf: ["POST", "agentconf/{agentid}/requestagentconf", [], "body"],
    answerAgentConf: ["POST", "agentconf/{agentid}/answeragentconf", [], ""],
    rejectAgentConf: ["POST", "agentconf/{agentid}/rejectagentconf", [], ""],
    requestLeaveAgentConf: ["POST", "agentconf/{agentid}/requestleaveagentconf", [], ""],
    releaseAgentConf: ["POST", "agentconf/{agentid}/releaseagentconf", [], ""],
    holdParticipant: ["POST", "agentconf/{agentid}/holdparticipant", [], "body"],
    unholdParticipant: ["POST", "agentconf/{agentid}/unholdparticipant", [], "body"],
    prolongTime: ["POST", "agentconf/{agentid}/prolongtime", [], "body"],
    applyToShiftPresident: ["POST", "agentconf/{agentid}/applytoshiftpresident", [], "body"],
    batchAddParticipant: ["POST", "agentconf/{agentid}/batchaddparticipant", [], "body"],
    batchRemoveParticipant: ["POST", "agentconf/{agentid}/batchremoveparticipant", [], "body"],
    changeParticipantMode: ["POST", "agentconf/{agentid}/changeparticipantmode", [], "body"],
    playVoiceToConf: ["POST", "agentconf/{agentid}/playvoicetoconf", [], "body"],
    stopVoiceToConf: ["POST", "agentconf/{agentid}/stopvoicetoconf", [], ""],
    playVoiceToParticipant: ["POST", "agentconf/{agentid}/playvoicetoparticipant", [], "body"],
    stopVoiceToParticipant: ["POST", "agentconf/{agentid}/stopvoicetoparticipant", [], "body"],
    modifyConfResource: ["POST", "agentconf/{agentid}/modifyconfresource", [], "body"],
    queryConfInfos: ["POST", "agentconf/{agentid}/queryconfinfos", [], "body"],
    queryAllConfIds: ["GET", "agentconf/{agentid}/queryvdnconfid", [], ""],
  },
  agentgroup: {
    queryAgentInfoBySkillId: ["GET", "agentgroup/{agentid}/agentbyskill/{skillid}", ["skillid"], "body"],
    queryAgentInfoByWorkNo: ["GET", "agentgroup/{agentid}/agentbyworkno/{workno}", ["workno"], ""],
    queryAgentInfoByList: ["GET", "agentgroup/{agentid}/agentbylist", ["agentlist", "mediaTypes"], ""],
    queryAgentInfoWithoutSkills: ["POST", "agentgroup/{agentid}/agentinfonoskills", [], "body"],
    queryAgentInfoByConfigedSkillId: ["GET", "agentgroup/{agentid}/agentbyconfigedskill/{skillid}", ["skillid"], ""],
    queryAgentIdsBySkillId: ["GET", "agentgroup/{agentid}/agentidsbyskill/{skillid}", ["skillid"], ""],
    queryAllLoginedAgentInfoOnVdn: ["GET", "agentgroup/{agentid}/onlineagentonvdn", [], ""],
    queryAllLoggedInAgentPhonesOnVdn: ["GET", "agentgroup/{agentid}/loggedinagentphoneonvdn", [], ""],
    queryAllAgentWasNameOnVdn: ["GET", "agentgroup/{agentid}/agentwasnameonvdn", [], ""],
    getAllStatusAgents: ["GET", "agentgroup/{agentid}/allagentstatus", [], ""],
    getAllStatusLocalAgents: ["GET", "agentgroup/{agentid}/alllocalagentstatus", [], ""],
    getIdleStatusAgents: ["GET", "agentgroup/{agentid}/idleagent", [], ""],
    getAgentListByStatus: ["GET", "agentgroup/{agentid}/agentlistbystatus", ["status"], ""],
    getAllAgentsInTextChat: ["GET", "agentgroup/{agentid}/allchatagents", [], ""],
    queryAgentStatusAndTimeOnVDN: ["GET", "agentgroup/{agentid}/queryagentstatus", [], ""],
    queryAgentStatusAndSkill: ["GET", "agentgroup/{agentid}/queryagentstatusandskill", [], ""],
    queryAgentRestDetailInfo: ["GET", "agentgroup/{agentid}/agentrestinfo", [], ""],
    getAgentRestReason: ["GET", "agentgroup/{agentid}/restreason", [], ""],
    queryAllAgentInfoOnMyGroup: ["GET", "agentgroup/{agentid}/agentongroup", [], ""],
    queryAllAgentInfoOnMyGroupEx: ["GET", "agentgroup/{agentid}/agentongroupex", ["groupid"], ""],
    queryGroupInfoByWorkNo: ["GET", "agentgroup/{agentid}/groupbyagent/{workno}", ["workno"], ""],
    queryGroupInfoOnVdn: ["GET", "agentgroup/{agentid}/grouponvdn", [], ""],
    isCallOut: ["GET", "agentgroup/{agentid}/iscallout", [], ""],
    isCensor: ["GET", "agentgroup/{agentid}/iscensor", [], ""],
    isMonitor: ["GET", "agentgroup/{agentid}/ismonitor", [], ""],
    isPickUp: ["GET", "agentgroup/{agentid}/ispickup", [], ""],
    isReportManager: ["GET", "agentgroup/{agentid}/isreportmanager", [], ""],
    isSpyMonitor: ["GET", "agentgroup/{agentid}/isspymonitor", [], ""],
    isSystem: ["GET", "agentgroup/{agentid}/issystem", [], ""],
  },
  calldata: {
    queryCallInfo: ["GET", "calldata/{agentid}/callinfo", ["isNoContainLastCall"], ""],
    queryCallInfoBeforeAnswer: ["GET", "calldata/{agentid}/callinfobeforeanswer", [], ""],
    queryCallInfoByCallId: ["GET", "calldata/{agentid}/callinfobycallid/{callid}", ["callid"], ""],
    queryAllCallID: ["GET", "calldata/{agentid}/allcallid", [], ""],
    queryAllCallInfoByAgentWorkNo: ["GET", "calldata/{agentid}/allcallinfo/{workno}", ["workno"], ""],
    queryAllCallInfoByAgentWorkNoEx: ["GET", "calldata/{agentid}/allcallinfoEx/{workno}", ["workno"], ""],
    queryAllCallInfoOnVdn: ["GET", "calldata/{agentid}/allcallinfoinvdn", [], ""],
    queryCallNumsOnAgent: ["GET", "calldata/{agentid}/callnums", [], ""],
    isProcessCall: ["GET", "calldata/{agentid}/isprocesscall", [], ""],
    queryRemoteNumbers: ["GET", "calldata/{agentid}/remotenumbers", [], ""],
    queryHoldListInfo: ["GET", "calldata/{agentid}/holdlist", [], ""],
    queryHoldListInfoEx: ["GET", "calldata/{agentid}/holdlistex/{workno}", ["workno"], ""],
    queryAgentHoldNum: ["GET", "calldata/{agentid}/agentholdnum/{workno}", ["workno"], ""],
    queryCallAppData: ["GET", "calldata/{agentid}/appdata", ["isEncodeResult", "callId"], ""],
    setCallAppDataEx: ["PUT", "calldata/{agentid}/setcalldataex", [], "body"],
    setCallAppData: ["PUT", "calldata/{agentid}", ["calldata", "callid"], ""],
    getCallBusinessData: ["PUT", "calldata/{agentid}/getcallbusinessdata", [], "body"],
    setCallBusinessData: ["PUT", "calldata/{agentid}/setcallbusinessdata", [], "body"],
    queryWaitCallInfoBySkillId: ["GET", "calldata/{agentid}/waitcallinfo/{skillid}", ["skillid"], ""],
    queryPrivateCallInfo: ["GET", "calldata/{agentid}/privatecallinfo", [], ""],
    queryCallCountByIVRId: ["GET", "calldata/{agentid}/ivrcallcount/{ivrid}", ["ivrid"], ""],
    queryWaitCallInfoByIVRId: ["GET", "calldata/{agentid}/ivrcallinfo/{ivrid}", ["ivrid"], ""],
    queryCallStatisticsInfo: ["GET", "calldata/{agentid}/statistics", [], ""],
    queryCallStatisticsInfoEx: ["GET", "calldata/{agentid}/statisticsEx", [], ""],
    queryCallRecordList: ["GET", "calldata/{agentid}/callRecordInfoList", ["skillid", "startdate", "enddate", "startposition", "endposition", "workno"], ""],
    querySelfCallRecordInfo: ["GET", "calldata/{agentid}/queryselfcallrecordinfolist", ["skillid", "startdate", "enddate", "startposition", "endposition"], ""],
  },
  eccconfig: {
    addToBlackList: ["POST", "eccconfig/{agentid}/blacklist", [], "body"],
    removeFromBlackList: ["DELETE", "eccconfig/{agentid}/blacklist", ["phoneNumber"], ""],
    queryBlackList: ["GET", "eccconfig/{agentid}/allblacklist", ["isContainInvalid"], ""],
    addToRedList: ["POST", "eccconfig/{agentid}/redlist", [], "body"],
    removeFromRedList: ["DELETE", "eccconfig/{agentid}/redlist", ["phoneNumber"], ""],
    queryRedList: ["GET", "eccconfig/{agentid}/allredlist", [], ""],
  },
  mediacall: {
    sendMessage: ["POST", "mediacall/{agentid}/sendmessage", [], "body"],
    setCallNums: ["POST", "mediacall/{agentid}/setcallnums", [], "body"],
    mediaTransfer: ["POST", "mediacall/{agentid}/transfer", [], "body"],
    setCallNumsByMediaType: ["POST", "mediacall/{agentid}/setcallnumsbymediatype", [], "body"],
  },
  multimediaconf: {
    requestMultimediaConf: ["PUT", "multimediaconf/{agentid}/requestconf", [], "body"],
    inviteMultimediaConf: ["PUT", "multimediaconf/{agentid}/inviteconf", [], "body"],
    joinMultimediaConfResult: ["POST", "multimediaconf/{agentid}/joinconfresult", [], "body"],
    stopMultimediaConf: ["DELETE", "multimediaconf/{agentid}/stopconf", [], "body"],
    getMultimediaConfState: ["POST", "multimediaconf/{agentid}/getconfstate", [], "body"],
  },
  onlineagent: {
    handShake: ["POST", "onlineagent/{agentid}/handshake", [], ""],
    heartbeat: ["PUT", "onlineagent/{agentid}/heartbeat", [], ""],
    updateGuid: ["PUT", "onlineagent/{agentid}/updateGuid", [], ""],
    loginInfo: ["POST", "onlineagent/{agentid}/logininfo", [], ""],
    syncagentinfo: ["POST", "onlineagent/{agentid}/syncagentinfo", [], ""],
    modifyAccountPwdEx: ["POST", "onlineagent/{agentid}/modifyaccountpwdex", [], "body"],
    modifyAccountPwd: ["POST", "onlineagent/{agentid}/modifyaccountpwd", ["oldpassword", "newpassword"], ""],
    getAgentStatus: ["GET", "onlineagent/{agentid}/agentstatus", [], ""],
    sayFree: ["POST", "onlineagent/{agentid}/sayfree", [], ""],
    sayBusy: ["POST", "onlineagent/{agentid}/saybusy", ["reason", "prolong"], ""],
    cancelBusy: ["POST", "onlineagent/{agentid}/cancelbusy", [], ""],
    sayWork: ["POST", "onlineagent/{agentid}/work", [], ""],
    cancelWork: ["POST", "onlineagent/{agentid}/cancelwork", [], ""],
    rest: ["POST", "onlineagent/{agentid}/rest/{time}/{restcause}", ["time", "restcause", "prolong"], ""],
    cancelRest: ["POST", "onlineagent/{agentid}/cancelrest", [], ""],
    setCustomState: ["POST", "onlineagent/{agentid}/setcustomstate", ["customstate"], ""],
    queryCustomState: ["GET", "onlineagent/{agentid}/querycustomstate", [], ""],
    cancelSetCustomState: ["POST", "onlineagent/{agentid}/cancelsetcustomstate", [], ""],
    resetSkill: ["POST", "onlineagent/{agentid}/resetskill/{autoflag}", ["autoflag", "skillid", "phonelinkage"], ""],
    queryAgentSkills: ["GET", "onlineagent/{agentid}/agentskills", [], ""],
    queryAgentSkillsByWorkNo: ["GET", "onlineagent/{agentid}/agentskillsbyworkno/{workno}", ["workno"], ""],
    setAgentAutoAnswer: ["POST", "onlineagent/{agentid}/autoanswer/{isautoanswer}", ["isautoanswer"], ""],
    setAgentAutoEnterIdle: ["POST", "onlineagent/{agentid}/autoenteridle/{flag}", ["flag"], ""],
    setTalkRight: ["POST", "onlineagent/{agentid}/settalkright", ["flag"], ""],
    bindAgentPhone: ["POST", "onlineagent/{agentid}/bindphone", [], "body"],
    setForwarding: ["POST", "onlineagent/{agentid}/setforwarding", [], "body"],
    setAgentSelfRecord: ["POST", "onlineagent/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}", ["recordflag", "recordbeforetalking"], ""],
    sendNotelet: ["POST", "onlineagent/{agentid}/sendnotelet/{receiver}", ["receiver", "content"], ""],
    sendNoteletEx: ["POST", "onlineagent/{agentid}/sendnoteletex", [], "body"],
    notifyBulletin: ["POST", "onlineagent/{agentid}/notifybulletin", [], "body"],
  },
  qualitycontrol: {
    addSupervise: ["PUT", "qualitycontrol/{agentid}/addsupervise/{workNo}", ["workNo", "mediaType"], ""],
    addInsert: ["PUT", "qualitycontrol/{agentid}/addinsert/{workNo}", ["workNo", "mediaType"], ""],
    switchSuperviseOrInsert: ["POST", "qualitycontrol/{agentid}/switch/{workNo}", ["workNo"], ""],
    stopSuperviseOrInsert: ["DELETE", "qualitycontrol/{agentid}/{workNo}", ["workNo"], ""],
    intercept: ["PUT", "qualitycontrol/{agentid}/intercept/{workNo}", ["workNo", "callId"], ""],
    requestWhisperAgent: ["POST", "qualitycontrol/{agentid}/requestwhisperagent", ["whisperagentid"], ""],
    requestStopWhisperAgent: ["POST", "qualitycontrol/{agentid}/requeststopwhisperagent", ["whisperagentid"], ""],
    requestSwitchInsertWhisperAgent: ["POST", "qualitycontrol/{agentid}/requestswitchinsertwhisperagent", ["whisperagentid", "switchtype"], ""],
    forceBusy: ["POST", "qualitycontrol/{agentid}/forcebusy/{workNo}", ["workNo"], ""],
    forceIdle: ["POST", "qualitycontrol/{agentid}/forceidle/{workNo}", ["workNo"], ""],
    forceRest: ["POST", "qualitycontrol/{agentid}/forcerest/{workNo}/{time}/{reason}", ["workNo", "time", "reason"], ""],
    forceLogOutAgent: ["POST", "qualitycontrol/{agentid}/forcelogout/{workNo}", ["workNo"], ""],
    forceDropCall: ["POST", "qualitycontrol/{agentid}/forcedropcall/{callid}", ["callid"], ""],
    adjustSkill: ["POST", "qualitycontrol/{agentid}/adjustskill", [], "body"],
    beginMonitor: ["POST", "qualitycontrol/{agentid}/beginmonitor", ["agents"], ""],
    endMonitor: ["POST", "qualitycontrol/{agentid}/endmonitor", ["agents"], ""],
    queryAllMonitoredAgents: ["GET", "qualitycontrol/{agentid}/allagent", [], ""],
    qcSetAgentSelfRecord: ["POST", "qualitycontrol/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}", ["agents", "recordflag", "recordbeforetalking"], ""],
    qcCancelAgentSelfRecord: ["POST", "qualitycontrol/{agentid}/cancelselfrecord", ["agents"], ""],
    queryQcTasks: ["GET", "qualitycontrol/{agentid}/queryqctasks", [], ""],
    deleteQcTask: ["DELETE", "qualitycontrol/{agentid}/deleteqctask", ["taskdsn", "begintime"], ""],
    queryUrlInfo: ["GET", "qualitycontrol/{agentid}/queryurlinfo", ["urlname"], ""],
    registerDataToServer: ["POST", "qualitycontrol/{agentid}/registerDataToServer", ["port"], ""],
    startVideoMonitor: ["POST", "qualitycontrol/{agentid}/startVideoMonitor", [], "body"],
    stopVideoMonitor: ["POST", "qualitycontrol/{agentid}/stopVideoMonitor", [], "body"],
    startVideoOperation: ["POST", "qualitycontrol/{agentid}/startVideoOperation", ["monitoragent", "result"], ""],
    startOrStopVideoPlay: ["POST", "qualitycontrol/{agentid}/startOrStopVideoPlay", ["monitoragent", "isstart"], ""],
    deleteVideoTask: ["POST", "qualitycontrol/{agentid}/deleteVideoTask", ["monitoragent"], ""],
    queryVideoRecordFile: ["GET", "qualitycontrol/{agentid}/queryvideorecordfile", ["workno", "startdate", "enddate", "startposition", "endposition"], ""],
  },
  querymonitor: {
    queryClusterInfo: ["GET", "querymonitor/{agentid}/clusterinfo", [], ""],
    queryClusterInfoByName: ["GET", "querymonitor/{agentid}/clusterinfobyname/{clustername}", ["clustername"], ""],
    queryAgentClusterInfo: ["GET", "querymonitor/{agentid}/agentclusterinfo/{workno}", ["workno"], ""],
    queryAllAgentClusterInfo: ["GET", "querymonitor/{agentid}/allagentclusterinfo", [], ""],
    queryServerTime: ["GET", "querymonitor/{agentid}/servertime", [], ""],
    setAgentTimeOut: ["POST", "querymonitor/{agentid}/setagenttimeout/{flag}", ["flag"], ""],
    setMaxChatNum: ["POST", "querymonitor/{agentid}/setmaxchatnum/{vdnid}/{chatnum}", ["vdnid", "chatnum", "agents"], ""],
    querySkillsStatisticInfo: ["GET", "querymonitor/{agentid}/skillstatisticinfo/{skillid}", ["skillid"], ""],
    querySystemStateInfo: ["GET", "querymonitor/{agentid}/systemstate", [], ""],
    querySysVersion: ["GET", "querymonitor/{agentid}/systemversion", [], ""],
  },
  queuedevice: {
    queryQueueLengthOnAgent: ["GET", "queuedevice/{agentid}/waitnum", [], ""],
    queryQueueLengthOnAgentSkills: ["GET", "queuedevice/{agentid}/waitnumbyagent", [], ""],
    queryQueueLengthBySkillId: ["GET", "queuedevice/{agentid}/skillwaitnum/{skillid}", ["skillid"], ""],
    querySkillQueueOnAgentVDN: ["GET", "queuedevice/{agentid}/agentvdnskill", [], ""],
    querySkillQueueOnVDN: ["GET", "queuedevice/{agentid}/vdnskill/{vdnid}", ["vdnid"], ""],
    querySkillQueueOnAgent: ["GET", "queuedevice/{agentid}/agentskill/{workNo}", ["workNo"], ""],
    queryStatInfoOfAcd: ["POST", "queuedevice/{agentid}/queryacdstat", [], "body"],
    querySkillStatWithVdn: ["POST", "queuedevice/{agentid}/queryskillstat", [], "body"],
    queryIVRInfoOnVdn: ["GET", "queuedevice/{agentid}/ivrinfo", [], ""],
    queryInNoOnVDN: ["GET", "queuedevice/{agentid}/innoinfo", [], ""],
  },
  recordfile: {
    downloadRecordFile: ["GET", "recordfile/{agentid}", ["recordId", "filetype", "locationId"], "bytes"],
    recordfiledownloadEx: ["GET", "recordfile/{agentid}/recordfiledownloadEx", ["callId", "hwFileName"], "bytes"],
    downloadVideoFile: ["GET", "recordfile/{agentid}/videofiledownload", ["conferenceId", "recordId", "fileType"], "bytes"],
  },
  recordplay: {
    beginPlay: ["PUT", "recordplay/{agentid}/play", [], "body"],
    beginNetPlay: ["POST", "recordplay/{agentid}/netplay", [], "body"],
    pausePlay: ["POST", "recordplay/{agentid}/pauseplay", [], ""],
    resumePlay: ["POST", "recordplay/{agentid}/resumeplay", [], ""],
    foreFastPlay: ["POST", "recordplay/{agentid}/forefast/{time}", ["time"], ""],
    backFastPlay: ["POST", "recordplay/{agentid}/backfast/{time}", ["time"], ""],
    stopPlay: ["DELETE", "recordplay/{agentid}/stopplay", [], ""],
    beginRecord: ["PUT", "recordplay/{agentid}/record", ["filename"], ""],
    beginRecordWithoutFilename: ["PUT", "recordplay/{agentid}/recordwithoutfilename", [], ""],
    pauseRecord: ["POST", "recordplay/{agentid}/pauserecord", [], ""],
    resumeRecord: ["POST", "recordplay/{agentid}/resumerecord", [], ""],
    stopRecord: ["DELETE", "recordplay/{agentid}/stoprecord", [], ""],
    queryVoiceRecordScore: ["GET", "recordplay/{agentid}/queryrecordscore", ["workno", "recordstartdate", "recordenddate"], ""],
    startRecordScreen: ["PUT", "recordplay/{agentid}/startrecordscreen", [], ""],
    stopRecordScreen: ["DELETE", "recordplay/{agentid}/stoprecordscreen", [], ""],
    queryRecordFile: ["GET", "recordplay/{agentid}/recordfile", ["skillid", "startdate", "enddate", "startposition", "endposition", "workno"], ""],
    querySelfRecordFile: ["GET", "recordplay/{agentid}/queryselfrecordfile", ["skillid", "startdate", "enddate", "startposition", "endposition"], ""],
    queryRecordFileByCallId: ["GET", "recordplay/{agentid}/queryrecordfilebycallid", ["workno", "callid", "calltime"], ""],
    queryRecordFileFromRecordID: ["GET", "recordplay/{agentid}/recordfilefromrecordid", ["recordid"], ""],
    queryRecordFileURL: ["GET", "recordplay/{agentid}/recordfileurl", ["filepath"], ""],
    queryRecordZipFileURL: ["GET", "recordplay/{agentid}/recordzipfileurl", ["filepath"], ""],
    queryBatchRecordZipFileURL: ["GET", "recordplay/{agentid}/batchrecordzipfileurl", ["filepath"], ""],
    getConnectToken: ["GET", "recordplay/{agentid}/getconnecttoken", [], ""],
  },
  textchat: {
    chatInternalCall: ["PUT", "textchat/{agentid}/internalcall/{destno}", ["destno"], ""],
    chatAnswer: ["PUT", "textchat/{agentid}/answer/{callid}", ["callid"], ""],
    chatReject: ["DELETE", "textchat/{agentid}/reject/{callid}", ["callid"], ""],
    chatMessage: ["PUT", "textchat/{agentid}/chatmessage", [], "body"],
    chatTransfer: ["POST", "textchat/{agentid}/transfer", [], "body"],
    chatDrop: ["DELETE", "textchat/{agentid}/drop/{callid}", ["callid"], ""],
    sendMessageWithoutCall: ["POST", "textchat/{agentid}/sendmessagewithoutcall", [], "body"],
    confirmMessage: ["PUT", "textchat/{agentid}/confirmmessage", [], "body"],
    uploadMediaFile: ["POST", "textchat/{agentid}/mediafile", ["callId", "isNeedConfirm", "chatId", "msgType", "remark"], "file"],
    downloadMediaFile: ["GET", "textchat/{agentid}/mediafile", ["filePath"], "bytes"],
    queryCallContent: ["GET", "textchat/{agentid}/callcontent", ["callId", "pageNo", "pageSize"], ""],
    queryCallSession: ["POST", "textchat/{agentid}/callsession", [], "body"],
  },
  voicecall: {
    callout: ["PUT", "voicecall/{agentid}/callout", [], "body"],
    previewCallOut: ["PUT", "voicecall/{agentid}/previewcallout", [], "body"],
    cancelPreviewCallout: ["PUT", "voicecall/{agentid}/cancelPreviewCallout", [], "body"],
    callInner: ["PUT", "voicecall/{agentid}/callinner", [], "body"],
    callInnerSkill: ["PUT", "voicecall/{agentid}/callinnerskill", [], "body"],
    requestAppointedCall: ["POST", "voicecall/{agentid}/requestcall/{callid}/{skilltype}", ["callid", "skilltype", "skillId"], ""],
    answer: ["PUT", "voicecall/{agentid}/answer", ["callid"], ""],
    reject: ["POST", "voicecall/{agentid}/reject", [], "body"],
    snatchPickup: ["PUT", "voicecall/{agentid}/snatchpickup", ["destWorkNo"], ""],
    phonePickup: ["POST", "voicecall/{agentid}/phonepickup", [], ""],
    phoneHangUp: ["POST", "voicecall/{agentid}/phonehangup", [], ""],
    beginMute: ["POST", "voicecall/{agentid}/beginmute", [], ""],
    endMute: ["POST", "voicecall/{agentid}/endmute", [], ""],
    beginMuteVideo: ["POST", "voicecall/{agentid}/beginmutevideo", [], ""],
    endMuteVideo: ["POST", "voicecall/{agentid}/endmutevideo", [], ""],
    hold: ["POST", "voicecall/{agentid}/hold", [], ""],
    getHold: ["POST", "voicecall/{agentid}/gethold", ["callid"], ""],
    connectHold: ["POST", "voicecall/{agentid}/connecthold/{callid}", ["callid"], ""],
    transfer: ["POST", "voicecall/{agentid}/transfer", [], "body"],
    cancelTransfer: ["POST", "voicecall/{agentid}/canceltransfer", [], ""],
    innerHelp: ["POST", "voicecall/{agentid}/innerhelp", [], "body"],
    confJoin: ["POST", "voicecall/{agentid}/confjoin", [], "body"],
    secondDialEx: ["POST", "voicecall/{agentid}/seconddialex", ["number"], ""],
    secondDial: ["POST", "voicecall/{agentid}/seconddial/{number}", ["number"], ""],
    reportSound: ["POST", "voicecall/{agentid}/reportsound", [], "body"],
    release: ["DELETE", "voicecall/{agentid}/release", [], ""],
    dropCall: ["POST", "voicecall/{agentid}/dropcall/{callid}", ["callid"], ""],
    disconnect: ["POST", "voicecall/{agentid}/disconnect/{number}", ["number"], ""],
    releasePhone: ["DELETE", "voicecall/{agentid}/releasephone", [], ""],
  },
};
// </rows>
