/** What the events tell: the state of the agent, its calls and its chats. Pure, so that it can be tried without a page. */

export const IDLE = "idle";
export const BUSY = "busy";
export const REST = "rest";
export const WRAP_UP = "wrap-up";
export const IN_CALL = "in a call";

const STATE_AFTER = {
  AgentState_Ready: IDLE,
  AgentState_CancelNotReady_Success: IDLE,
  AgentState_CancelRest_Success: IDLE,
  AgentState_CancelWork_Success: IDLE,
  AgentState_Force_Ready: IDLE,
  AgentState_SetNotReady_Success: BUSY,
  AgentState_Force_SetNotReady: BUSY,
  AgentState_SetRest_Success: REST,
  AgentState_Rest_Timeout: REST,
  AgentState_Work: WRAP_UP,
  AgentState_SetWork_Success: WRAP_UP,
  AgentState_Busy: IN_CALL,
};

/** The state that an event tells; undefined for events of other things. */
export const stateAfter = (event) => STATE_AFTER[event.eventType];

const STAGE_AFTER = {
  AgentEvent_Ringing: "ringing",
  AgentEvent_Auto_Answer: "ringing",
  AgentEvent_Customer_Alerting: "calling",
  AgentEvent_Talking: "talking",
  AgentEvent_Conference: "conference",
  AgentEvent_Hold: "held",
};
const OVER = new Set([
  "AgentEvent_Call_Release",
  "AgentEvent_Call_Out_Fail",
  "AgentEvent_Inside_Call_Fail",
  "AgentEvent_Connect_Fail",
  "AgentEvent_Consult_Fail",
  "AgentEvent_No_Answer",
]);

/** The id of the call that an event is about: the content itself, or a member of it. */
export function callOf(event) {
  const content = event.content;
  return typeof content === "string" ? content : (content?.callid ?? content?.callId ?? "");
}

/** The calls of one agent by id; `stage` is ringing, calling, talking, conference or held. */
export class Calls {
  #calls = new Map();

  get all() {
    return [...this.#calls.values()];
  }

  /** The calls in one of these stages. */
  in(...stages) {
    return this.all.filter((call) => stages.includes(call.stage));
  }

  clear() {
    this.#calls.clear();
  }

  /** Takes an event; whether it was about a call. */
  take({ eventType: type, content, eventGenTime: at }, agentId) {
    const id = callOf({ content });
    if (OVER.has(type)) return this.#calls.delete(id);
    // A held call that was joined to another one, or whose customer has gone, tells only this.
    if (type === "AgentEvent_Customer_Release" && this.#calls.get(id)?.stage === "held") return this.#calls.delete(id);
    const stage = STAGE_AFTER[type];
    if (!stage) return false;
    const call = this.#calls.get(id) ?? { id, other: "", began: at };
    this.#calls.set(id, { ...call, stage, since: at, other: otherSide(content, agentId) || call.other });
    return true;
  }
}

function otherSide(content, agentId) {
  if (typeof content !== "object" || content === null) return "";
  if (content.partner || content.otherPhone) return content.partner || content.otherPhone;
  return content.feature === "7" || content.caller === String(agentId) ? content.called : content.caller;
}

/** The chats of one agent by id; `stage` is ringing, calling, open or over, `lines` what was written. */
export class Chats {
  #chats = new Map();

  get all() {
    return [...this.#chats.values()];
  }

  clear() {
    this.#chats.clear();
  }

  /** Takes an event; whether it was about a chat. */
  take({ eventType: type, content, eventGenTime: at }, agentId) {
    if (type === "AgentChat_DataRecved") {
      this.#write(content.callId, { from: content.sender, text: content.chatContent, at });
      return true;
    }
    const stage = CHAT_AFTER[type];
    if (!stage) return false;
    const chat = this.#chats.get(content.callId) ?? { id: content.callId, lines: [] };
    const other = content.caller === String(agentId) ? content.called : content.caller;
    this.#chats.set(chat.id, { ...chat, stage, other });
    return true;
  }

  /** What the agent wrote itself, once it has been taken. */
  wrote(id, text) {
    this.#write(id, { from: "", text, at: Date.now() });
  }

  #write(id, line) {
    this.#chats.get(id)?.lines.push(line);
  }
}

const CHAT_AFTER = {
  AgentChat_Ring: "ringing",
  AgentChat_CallOutCreated: "calling",
  AgentChat_Connected: "open",
  AgentChat_Disconnected: "over",
  AgentChat_CalloutFailed: "over",
};
