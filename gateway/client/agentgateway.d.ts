// Written by scripts/docs.py from the rows of the server; not to be edited.

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

export interface Agent {
  readonly agentconf: Agentconf;
  readonly agentgroup: Agentgroup;
  readonly calldata: Calldata;
  readonly eccconfig: Eccconfig;
  readonly mediacall: Mediacall;
  readonly multimediaconf: Multimediaconf;
  readonly onlineagent: Onlineagent;
  readonly qualitycontrol: Qualitycontrol;
  readonly querymonitor: Querymonitor;
  readonly queuedevice: Queuedevice;
  readonly recordfile: Recordfile;
  readonly recordplay: Recordplay;
  readonly textchat: Textchat;
  readonly voicecall: Voicecall;
}

/** What a sign-in may be given besides agent, password and phone. */
export interface SignInOptions {
  autoanswer?: boolean;
  autoenteridle?: boolean;
  releasephone?: boolean;
  agenttype?: 4 | 11;
  status?: 3 | 4 | 5;
  ip?: string;
  entryIp?: string;
  phonelinkage?: boolean;
  checkInWebm?: boolean;
  checkInMailm?: boolean;
  vcPhoneNumber?: string;
  listenStatus?: boolean;
}

/**
 * `mediatype` is T or F for CTIServer, WebM, MailM; `loginTime` is ms since the epoch; `timeRemaining` is the days
 * until the password expires, empty for never.
 */
export interface SignInResult {
  vdnid: number;
  workno: string;
  mediatype: string;
  loginTime: string;
  isForceChange: string;
  serverName: string;
  timeRemaining: string;
}

/** Operations of agentconf. */
export interface Agentconf {
  /** Ask for a conference. */
  requestAgentConf(members: { memberNum: number; confCallerNo?: string; time?: number; promptTime?: number; beepTone?: boolean; playMode?: 2; voicePath?: string }): Promise<void>;
  /** Accept an invitation. */
  answerAgentConf(): Promise<void>;
  /** Decline an invitation. */
  rejectAgentConf(): Promise<void>;
  /** Leave the conference. */
  requestLeaveAgentConf(): Promise<void>;
  /** End the conference. */
  releaseAgentConf(): Promise<void>;
  /** Hold a participant. */
  holdParticipant(members: { addressType: string; address: string; playMode?: 2; voicePath: string }): Promise<void>;
  /** Take a participant off hold. */
  unholdParticipant(members: { addressType: string; address: string }): Promise<void>;
  /** Ask for more time. */
  prolongTime(members: { prolongTime: number }): Promise<Prolonged>;
  /** Give the chair to another agent. */
  applyToShiftPresident(members: { destAgentNo: number }): Promise<void>;
  /** Invite participants. */
  batchAddParticipant(members: { addresses: ParticipantBody[]; beepTone?: boolean; playMode?: 2; voicePath?: string; caller?: string }): Promise<void>;
  /** Remove participants. */
  batchRemoveParticipant(members: { addresses: ParticipantBody[] }): Promise<NotRemoved>;
  /** Let a participant listen or speak. */
  changeParticipantMode(members: { addressType: string; address: string; attribute: number }): Promise<void>;
  /** Play a file to all. */
  playVoiceToConf(members: { playMode?: 2; voicePath: string }): Promise<void>;
  /** Stop playing to all. */
  stopVoiceToConf(): Promise<void>;
  /** Play a file to one. */
  playVoiceToParticipant(members: { addressType: string; address: string; playMode?: 2; voicePath: string }): Promise<void>;
  /** Stop playing to one. */
  stopVoiceToParticipant(members: { addressType: string; address: string }): Promise<void>;
  /** Change the number of seats. */
  modifyConfResource(members: { modifyType: number; modifyNum: number }): Promise<void>;
  /** Conferences: own, or all of the VDN for an inspector. */
  queryConfInfos(members?: { [member: string]: unknown }): Promise<ConferenceInfo[]>;
  /** Ids of the conferences of the VDN, for inspectors. */
  queryAllConfIds(): Promise<number[]>;
}

/** Operations of agentgroup. */
export interface Agentgroup {
  /** Agents signed in to a skill queue. */
  queryAgentInfoBySkillId(members: { skillid: number; agentLimit?: number; agentStatus?: number[] }): Promise<AgentInfo[]>;
  /** One agent. */
  queryAgentInfoByWorkNo(members: { workno: number }): Promise<AgentInfo>;
  /** Several agents. */
  queryAgentInfoByList(members?: { agentlist?: number[]; mediaTypes?: string }): Promise<AgentInfo[]>;
  /** Several agents, without queues. */
  queryAgentInfoWithoutSkills(members: { agentlist: number[] }): Promise<AgentBrief[]>;
  /** Agents that a skill queue is configured for. */
  queryAgentInfoByConfigedSkillId(members: { skillid: number }): Promise<AgentInfo[]>;
  /** Ids of agents signed in to a skill queue. */
  queryAgentIdsBySkillId(members: { skillid: number }): Promise<string[]>;
  /** Agents signed in to the VDN. */
  queryAllLoginedAgentInfoOnVdn(): Promise<AgentInfo[]>;
  /** Their phones. */
  queryAllLoggedInAgentPhonesOnVdn(): Promise<AgentPhone[]>;
  /** Gateway node of each signed-in agent. */
  queryAllAgentWasNameOnVdn(): Promise<Record<string, unknown>>;
  /** All agents of the VDN. */
  getAllStatusAgents(): Promise<AgentBrief[]>;
  /** Agents signed in to this gateway. */
  getAllStatusLocalAgents(): Promise<AgentBrief[]>;
  /** Idle agents. */
  getIdleStatusAgents(): Promise<AgentName[]>;
  /** Agents in a status. */
  getAgentListByStatus(members: { status: number }): Promise<AgentName[]>;
  /** Agents in a text chat. */
  getAllAgentsInTextChat(): Promise<AgentName[]>;
  /** Status of all agents. */
  queryAgentStatusAndTimeOnVDN(): Promise<StatusTime[]>;
  /** Own status and queues. */
  queryAgentStatusAndSkill(): Promise<StatusSkills>;
  /** The own rest under way. */
  queryAgentRestDetailInfo(): Promise<RestDetail | null>;
  /** Rest causes of the VDN. */
  getAgentRestReason(): Promise<RestReason[]>;
  /** Agents of the own group. */
  queryAllAgentInfoOnMyGroup(): Promise<AgentInfo[]>;
  /** Agents of a group. */
  queryAllAgentInfoOnMyGroupEx(members?: { groupid?: number }): Promise<AgentInfo[]>;
  /** The group of an agent. */
  queryGroupInfoByWorkNo(members: { workno: number }): Promise<GroupInfo>;
  /** Groups of the VDN. */
  queryGroupInfoOnVdn(): Promise<GroupInfo[]>;
  /** May the agent call out. */
  isCallOut(): Promise<boolean>;
  /** Is the agent an inspector. */
  isCensor(): Promise<boolean>;
  /** May the agent watch others. */
  isMonitor(): Promise<boolean>;
  /** May the agent pick up calls of its group. */
  isPickUp(): Promise<boolean>;
  /** May the agent manage reports. */
  isReportManager(): Promise<boolean>;
  /** May the agent watch others unnoticed. */
  isSpyMonitor(): Promise<boolean>;
  /** Is the agent an administrator. */
  isSystem(): Promise<boolean>;
}

/** Operations of calldata. */
export interface Calldata {
  /** The present or the last call. */
  queryCallInfo(members?: { isNoContainLastCall?: boolean }): Promise<CallInfo | null>;
  /** The call offered. */
  queryCallInfoBeforeAnswer(): Promise<CallInfo | null>;
  /** A call by its id. */
  queryCallInfoByCallId(members: { callid: string }): Promise<CallById | null>;
  /** Ids of the own calls. */
  queryAllCallID(): Promise<string[]>;
  /** Calls of an agent. */
  queryAllCallInfoByAgentWorkNo(members: { workno: number }): Promise<CallInfo[]>;
  /** Ids of these. */
  queryAllCallInfoByAgentWorkNoEx(members: { workno: number }): Promise<string[]>;
  /** Calls of the VDN. */
  queryAllCallInfoOnVdn(): Promise<CallInfo[]>;
  /** Number of own calls. */
  queryCallNumsOnAgent(): Promise<number>;
  /** Is a call being handled. */
  isProcessCall(): Promise<boolean>;
  /** Numbers talked to. */
  queryRemoteNumbers(): Promise<string[]>;
  /** Own held calls. */
  queryHoldListInfo(): Promise<HeldCall[]>;
  /** Held calls of an agent. */
  queryHoldListInfoEx(members: { workno: number }): Promise<CallBrief[]>;
  /** Number of held calls of an agent. */
  queryAgentHoldNum(members: { workno: number }): Promise<number>;
  /** Data of the call. */
  queryCallAppData(members?: { isEncodeResult?: boolean; callId?: string }): Promise<string>;
  /** Set data of the call. */
  setCallAppDataEx(members?: { callid?: string; calldata?: string; isDataEncoded?: boolean }): Promise<void>;
  /** Set data of the call, older form. */
  setCallAppData(members?: { calldata?: string; callid?: string }): Promise<void>;
  /** Read the business's data of a call. */
  getCallBusinessData(members?: { callid?: string; [member: string]: unknown }): Promise<Record<string, unknown>>;
  /** Keep the business's data of a call. */
  setCallBusinessData(members?: { callid?: string; [member: string]: unknown }): Promise<void>;
  /** Calls waiting in a skill queue. */
  queryWaitCallInfoBySkillId(members: { skillid: number }): Promise<WaitingCall[]>;
  /** Calls waiting for this agent alone. */
  queryPrivateCallInfo(): Promise<WaitingCall[]>;
  /** Number of calls in an IVR. */
  queryCallCountByIVRId(members: { ivrid: number }): Promise<number>;
  /** Calls in an IVR. */
  queryWaitCallInfoByIVRId(members: { ivrid: number }): Promise<WaitingCall[]>;
  /** Own calls of today, older form. */
  queryCallStatisticsInfo(): Promise<CallStatistics>;
  /** Own calls of today. */
  queryCallStatisticsInfoEx(): Promise<CallStatistics>;
  /** Records of calls. */
  queryCallRecordList(members?: { skillid?: number; startdate?: string; enddate?: string; startposition?: number; endposition?: number; workno?: number }): Promise<CallRecord[]>;
  /** Records of own calls. */
  querySelfCallRecordInfo(members?: { skillid?: number; startdate?: string; enddate?: string; startposition?: number; endposition?: number }): Promise<CallRecord[]>;
}

/** Operations of eccconfig. */
export interface Eccconfig {
  /** Put a number on the black list. */
  addToBlackList(members: { phoneNumber: string; lockTime?: number; fiterMode?: number }): Promise<void>;
  /** Take a number off the black list. */
  removeFromBlackList(members: { phoneNumber: string }): Promise<void>;
  /** Numbers on the black list. */
  queryBlackList(members?: { isContainInvalid?: boolean }): Promise<BlackEntry[]>;
  /** Put a number on the red list. */
  addToRedList(members: { phoneNumber: string; custLevel?: number }): Promise<void>;
  /** Take a number off the red list. */
  removeFromRedList(members: { phoneNumber: string }): Promise<void>;
  /** Numbers on the red list. */
  queryRedList(): Promise<RedEntry[]>;
}

/** Operations of mediacall. */
export interface Mediacall {
  /** Send a message in a session. */
  sendMessage(members: { callid: string; userid?: string; data: string }): Promise<void>;
  /** Limit the sessions of a media type. */
  setCallNums(members: { mediaType: 1 | 2 | 4 | 5 | 15 | 16 | 17 | 51 | 53; callnums: number }): Promise<void>;
  /** Transfer a session. */
  mediaTransfer(members: { callid: string; caller?: string; devicetype: 1 | 2 | 4; mode: 0 | 2; address: string; calldata?: string; skillId?: number }): Promise<void>;
  /** Limit the sessions, in all and by channel. */
  setCallNumsByMediaType(members: { totalCallNum: number; agentMediaCallNums: ChannelSessions[] }): Promise<void>;
}

/** Operations of multimediaconf. */
export interface Multimediaconf {
  /** Ask for a multimedia conference. */
  requestMultimediaConf(members: { callid: string; addressinfo?: unknown }): Promise<void>;
  /** Invite to the multimedia conference. */
  inviteMultimediaConf(members: { confid: string; addressinfo?: unknown }): Promise<void>;
  /** Tell how joining one went. */
  joinMultimediaConfResult(members: { confid: string; confresult?: string; cause?: string }): Promise<void>;
  /** End the multimedia conference. */
  stopMultimediaConf(members: { confid: string }): Promise<void>;
  /** State of the multimedia conference. */
  getMultimediaConfState(members?: { addressinfo?: unknown }): Promise<Record<string, unknown>[]>;
}

/** Operations of onlineagent. */
export interface Onlineagent {
  /** Heartbeat. */
  handShake(): Promise<void>;
  /** Heartbeat, older form. */
  heartbeat(): Promise<LoginTime>;
  /** Ask for a new GUID. */
  updateGuid(): Promise<NewGuid>;
  /** A short-lived password for the softphone. */
  loginInfo(): Promise<PhoneLogin>;
  /** State and call for a reloaded desktop; empties the event queue. */
  syncagentinfo(): Promise<SyncedAgent>;
  /** Change the own password. */
  modifyAccountPwdEx(members: { oldPassword: string; newPassword: string }): Promise<void>;
  /** Change the own password, older form. */
  modifyAccountPwd(members: { oldpassword: string; newpassword: string }): Promise<void>;
  /** Own state. */
  getAgentStatus(): Promise<AgentStatus>;
  /** Go idle. */
  sayFree(): Promise<void>;
  /** Go busy. */
  sayBusy(members?: { reason?: number; prolong?: boolean }): Promise<void>;
  /** Leave busy. */
  cancelBusy(): Promise<void>;
  /** Go into wrap-up. */
  sayWork(): Promise<void>;
  /** Leave wrap-up. */
  cancelWork(): Promise<void>;
  /** Apply for rest. */
  rest(members: { time: number; restcause: number; prolong?: boolean }): Promise<void>;
  /** Leave rest. */
  cancelRest(): Promise<void>;
  /** Set a status number of the business. */
  setCustomState(members: { customstate: number }): Promise<void>;
  /** The status number of the business. */
  queryCustomState(): Promise<CustomState>;
  /** Clear the status number of the business. */
  cancelSetCustomState(): Promise<void>;
  /** Sign in to skill queues. */
  resetSkill(members: { autoflag: boolean; skillid?: string; phonelinkage?: number }): Promise<void>;
  /** Own skill queues. */
  queryAgentSkills(): Promise<SkillQueue[]>;
  /** Skill queues of another agent. */
  queryAgentSkillsByWorkNo(members: { workno: number }): Promise<SkillQueue[]>;
  /** Answer calls by itself or by hand. */
  setAgentAutoAnswer(members: { isautoanswer: boolean }): Promise<void>;
  /** Idle or wrap-up after a call. */
  setAgentAutoEnterIdle(members: { flag: boolean }): Promise<void>;
  /** Take inbound calls or not. */
  setTalkRight(members: { flag: number }): Promise<void>;
  /** Use another phone. */
  bindAgentPhone(members: { phonenum: string }): Promise<void>;
  /** Forward the calls to oneself. */
  setForwarding(members?: { forwardingType?: unknown; activateForward?: unknown; forwardDN?: unknown; [member: string]: unknown }): Promise<void>;
  /** Record the own calls or not. */
  setAgentSelfRecord(members: { recordflag: number; recordbeforetalking: number }): Promise<void>;
  /** Send a note, older form. */
  sendNotelet(members: { receiver: number[]; content?: string }): Promise<void>;
  /** Send a note. */
  sendNoteletEx(members: { agentIds: number[]; content: string }): Promise<void>;
  /** Publish a bulletin. */
  notifyBulletin(members: { targettype: number; targetname: string; bulletindata: string }): Promise<void>;
}

/** Operations of qualitycontrol. */
export interface Qualitycontrol {
  /** Listen to an agent unnoticed. */
  addSupervise(members: { workNo: number; mediaType?: number }): Promise<void>;
  /** Join the call of an agent. */
  addInsert(members: { workNo: number; mediaType?: number }): Promise<void>;
  /** Change between listening and inserting. */
  switchSuperviseOrInsert(members: { workNo: number }): Promise<void>;
  /** Stop listening or inserting. */
  stopSuperviseOrInsert(members: { workNo: number }): Promise<void>;
  /** Take the customer over from an inspected agent. */
  intercept(members: { workNo: number; callId?: string }): Promise<void>;
  /** Whisper to an agent. */
  requestWhisperAgent(members: { whisperagentid: number }): Promise<void>;
  /** Stop whispering. */
  requestStopWhisperAgent(members: { whisperagentid: number }): Promise<void>;
  /** Change among listening, inserting, whispering. */
  requestSwitchInsertWhisperAgent(members: { whisperagentid?: number; switchtype: number }): Promise<void>;
  /** Make an agent busy. */
  forceBusy(members: { workNo: number }): Promise<void>;
  /** Make an agent idle. */
  forceIdle(members: { workNo: number }): Promise<void>;
  /** Send an agent to rest. */
  forceRest(members: { workNo: number; time: number; reason: number }): Promise<void>;
  /** Sign an agent out. */
  forceLogOutAgent(members: { workNo: number }): Promise<void>;
  /** Release a call. */
  forceDropCall(members: { callid: string }): Promise<void>;
  /** Change the skill queues of an agent. */
  adjustSkill(members?: { workNo?: number; skills?: number[] }): Promise<void>;
  /** Watch agents: their events come too. */
  beginMonitor(members: { agents: number[] }): Promise<void>;
  /** Stop watching agents. */
  endMonitor(members: { agents: number[] }): Promise<void>;
  /** Agents being watched. */
  queryAllMonitoredAgents(): Promise<AgentBrief[]>;
  /** Record the calls of agents or not. */
  qcSetAgentSelfRecord(members: { agents: number[]; recordflag: number; recordbeforetalking: number }): Promise<void>;
  /** End that. */
  qcCancelAgentSelfRecord(members: { agents: number[] }): Promise<void>;
  /** Inspection tasks. */
  queryQcTasks(): Promise<QcTask[]>;
  /** Delete an inspection task. */
  deleteQcTask(members: { taskdsn: string; begintime: string }): Promise<void>;
  /** An address by its name, empty for an unknown one. */
  queryUrlInfo(members: { urlname: string }): Promise<string>;
  /** Name the own data port. */
  registerDataToServer(members: { port: number }): Promise<void>;
  /** Watch the screen of an agent. */
  startVideoMonitor(members?: { [member: string]: unknown }): Promise<void>;
  /** Stop watching a screen. */
  stopVideoMonitor(members?: { [member: string]: unknown }): Promise<void>;
  /** Answer a request to be watched. */
  startVideoOperation(members: { monitoragent: number; result: number }): Promise<void>;
  /** Start or stop playing. */
  startOrStopVideoPlay(members: { monitoragent: number; isstart: boolean }): Promise<void>;
  /** Delete a task of watching. */
  deleteVideoTask(members: { monitoragent: number }): Promise<void>;
  /** Recorded screens of an agent. */
  queryVideoRecordFile(members: { workno: number; startdate: string; enddate: string; startposition: number; endposition: number }): Promise<Record<string, unknown>[]>;
}

/** Operations of querymonitor. */
export interface Querymonitor {
  /** Clusters of gateways. */
  queryClusterInfo(): Promise<Cluster[]>;
  /** A cluster by name. */
  queryClusterInfoByName(members: { clustername: string }): Promise<Cluster | null>;
  /** Where an agent is signed in. */
  queryAgentClusterInfo(members: { workno: number }): Promise<AgentCluster>;
  /** Where all agents are signed in. */
  queryAllAgentClusterInfo(): Promise<AgentCluster[]>;
  /** Time of the server, ms since the epoch. */
  queryServerTime(): Promise<number>;
  /** Let the own session end after a silence or not. */
  setAgentTimeOut(members: { flag: boolean }): Promise<void>;
  /** Limit the text chats of agents. */
  setMaxChatNum(members: { vdnid: number; chatnum: number; agents?: number[] }): Promise<void>;
  /** A queue in numbers. */
  querySkillsStatisticInfo(members: { skillid: number }): Promise<SkillStatistics>;
  /** The VDN in numbers. */
  querySystemStateInfo(): Promise<SystemState>;
  /** Version of the server. */
  querySysVersion(): Promise<string>;
}

/** Operations of queuedevice. */
export interface Queuedevice {
  /** Users waiting in the queues configured for the agent. */
  queryQueueLengthOnAgent(): Promise<number>;
  /** Users waiting in the queues the agent is signed in to. */
  queryQueueLengthOnAgentSkills(): Promise<number>;
  /** Users waiting in a queue. */
  queryQueueLengthBySkillId(members: { skillid: number }): Promise<number>;
  /** Queues of the agent's VDN. */
  querySkillQueueOnAgentVDN(): Promise<QueueInfo[]>;
  /** Queues of a VDN. */
  querySkillQueueOnVDN(members: { vdnid: number }): Promise<QueueInfo[]>;
  /** Queues of an agent. */
  querySkillQueueOnAgent(members: { workNo: number }): Promise<QueueInfo[]>;
  /** Queues in numbers. */
  queryStatInfoOfAcd(members: { skills: number[] }): Promise<SkillStatistics[]>;
  /** Queues of a VDN in numbers. */
  querySkillStatWithVdn(members?: { skills?: number[]; vdnid?: number }): Promise<SkillStatistics[]>;
  /** IVRs of the VDN. */
  queryIVRInfoOnVdn(): Promise<Ivr[]>;
  /** Access codes of the VDN. */
  queryInNoOnVDN(): Promise<AccessCode[]>;
}

/** Operations of recordfile. */
export interface Recordfile {
  /** A recording. */
  downloadRecordFile(members: { recordId: string; filetype?: number; locationId?: number }): Promise<Uint8Array>;
  /** A recording of another recording server. */
  recordfiledownloadEx(members: { callId: string; hwFileName: string }): Promise<Uint8Array>;
  /** The video of a call. */
  downloadVideoFile(members: { conferenceId: string; recordId?: string; fileType: number }): Promise<Uint8Array>;
}

/** Operations of recordplay. */
export interface Recordplay {
  /** Play a file. */
  beginPlay(members: { voicepath: string; startpostion?: number; times?: number; codeformat?: 0; locationId?: number; volumechange?: string; speedchange?: string }): Promise<void>;
  /** Play a file of another node. */
  beginNetPlay(members: { fileName: string; position?: number; playTime?: number; fileFormat?: number; ccId: number; locationId?: number }): Promise<void>;
  /** Pause playing. */
  pausePlay(): Promise<void>;
  /** Go on playing. */
  resumePlay(): Promise<void>;
  /** Jump forward. */
  foreFastPlay(members: { time: number }): Promise<void>;
  /** Jump back. */
  backFastPlay(members: { time: number }): Promise<void>;
  /** Stop playing. */
  stopPlay(): Promise<void>;
  /** Record the own call. */
  beginRecord(members?: { filename?: string }): Promise<void>;
  /** Record the own call, the name is made. */
  beginRecordWithoutFilename(): Promise<void>;
  /** Pause recording. */
  pauseRecord(): Promise<void>;
  /** Go on recording. */
  resumeRecord(): Promise<void>;
  /** Stop recording. */
  stopRecord(): Promise<void>;
  /** Scores of recordings. */
  queryVoiceRecordScore(members?: { workno?: number; recordstartdate?: string; recordenddate?: string }): Promise<Record<string, unknown>[]>;
  /** Record the own screen. */
  startRecordScreen(): Promise<void>;
  /** Stop recording the screen. */
  stopRecordScreen(): Promise<void>;
  /** Recordings of a time span. */
  queryRecordFile(members?: { skillid?: number; startdate?: string; enddate?: string; startposition?: number; endposition?: number; workno?: number }): Promise<Record<string, unknown>[]>;
  /** Own recordings of a time span. */
  querySelfRecordFile(members?: { skillid?: number; startdate?: string; enddate?: string; startposition?: number; endposition?: number }): Promise<Record<string, unknown>[]>;
  /** Recordings of a call. */
  queryRecordFileByCallId(members?: { workno?: number; callid?: string; calltime?: string }): Promise<Record<string, unknown>[]>;
  /** A recording by its id. */
  queryRecordFileFromRecordID(members: { recordid: string }): Promise<Record<string, unknown>[]>;
  /** Address of a recording. */
  queryRecordFileURL(members: { filepath: string }): Promise<string>;
  /** Address of a zipped recording. */
  queryRecordZipFileURL(members: { filepath: string }): Promise<string>;
  /** Address of several, zipped. */
  queryBatchRecordZipFileURL(members: { filepath: string }): Promise<string>;
  /** Token for a player of the recording server. */
  getConnectToken(): Promise<ConnectToken>;
}

/** Operations of textchat. */
export interface Textchat {
  /** Chat with another agent. */
  chatInternalCall(members: { destno: number }): Promise<string>;
  /** Answer a chat. */
  chatAnswer(members: { callid: string }): Promise<string>;
  /** Reject a chat. */
  chatReject(members: { callid: string }): Promise<void>;
  /** Say something in a chat. */
  chatMessage(members: { callid: string; content: string; chatId?: string }): Promise<string>;
  /** Hand a chat to an agent or a skill queue. */
  chatTransfer(members: { callid: string; devicetype?: 1 | 2; mode?: 0 | 2; address: string; attachdata?: string }): Promise<void>;
  /** End a chat. */
  chatDrop(members: { callid: string }): Promise<string>;
  /** Write to customers who are in no chat. */
  sendMessageWithoutCall(members: { skillId: number; chatId: string; chatReceiver: string; content: string; jauIP?: string; jauPort?: number }): Promise<void>;
  /** Say that messages were read. */
  confirmMessage(members?: { callId?: string; chatId?: string; [member: string]: unknown }): Promise<void>;
  /** Send a file in a chat. */
  uploadMediaFile(members: { callId: string; isNeedConfirm?: boolean; chatId?: string; msgType?: string; remark?: string; file: File | Blob }): Promise<StoredFile>;
  /** A file of an own chat. */
  downloadMediaFile(members: { filePath: string }): Promise<Uint8Array>;
  /** What was written in a chat. */
  queryCallContent(members: { callId: string; pageNo?: number; pageSize?: number }): Promise<ContentPage>;
  /** Own chats of a time span. */
  queryCallSession(members?: { startTime?: number; endTime?: number; pageNo?: number; pageSize?: number; callType?: string; caller?: string; called?: string; realCaller?: string; callerName?: string; mediaType?: string; subMediaType?: string }): Promise<BillPage>;
}

/** Operations of voicecall. */
export interface Voicecall {
  /** Call a number. */
  callout(members: { called: string; caller?: string; skillid?: number; callappdata?: string; mediaability?: number; userVideoDirection?: number }): Promise<string>;
  /** Call a number of an offered preview call. */
  previewCallOut(members: { called: string; callcontrolid: number }): Promise<string>;
  /** Decline an offered preview call. */
  cancelPreviewCallout(members: { callcontrolid: number }): Promise<void>;
  /** Call another agent. */
  callInner(members: { called: string; caller?: string; skillid?: number; callappdata?: string; mediaability?: number }): Promise<string>;
  /** Call an idle agent of a skill queue. */
  callInnerSkill(members: { skillId: number }): Promise<string>;
  /** Take a chosen call out of a queue. */
  requestAppointedCall(members: { callid: string; skilltype: number; skillId?: number }): Promise<void>;
  /** Answer the ringing call. */
  answer(members?: { callid?: string }): Promise<void>;
  /** Reject the ringing call. */
  reject(members: { callid?: string; mode: number }): Promise<void>;
  /** Answer a call that rings at another agent of the group. */
  snatchPickup(members: { destWorkNo: number }): Promise<void>;
  /** Lift the linked desk phone. */
  phonePickup(): Promise<void>;
  /** Reject a call on the linked desk phone. */
  phoneHangUp(): Promise<void>;
  /** Mute the call. */
  beginMute(): Promise<void>;
  /** Unmute the call. */
  endMute(): Promise<void>;
  /** Stop the own picture. */
  beginMuteVideo(): Promise<void>;
  /** Show the own picture. */
  endMuteVideo(): Promise<void>;
  /** Hold the call. */
  hold(): Promise<void>;
  /** Take a held call back. */
  getHold(members?: { callid?: string }): Promise<void>;
  /** Connect the held call with the present one and leave. */
  connectHold(members: { callid: string }): Promise<void>;
  /** Transfer the call. */
  transfer(members: { devicetype: 1 | 2 | 3 | 4 | 5; address: string; mode: 0 | 1 | 2 | 3 | 4; callappdata?: string; caller?: string; mediaability?: number; holdflag?: boolean }): Promise<void>;
  /** Take a transferred call back. */
  cancelTransfer(): Promise<void>;
  /** Ask another agent for help in the call. */
  innerHelp(members: { dstaddress: string; devicetype?: number; mode?: number; callappdata?: string; holdflag?: boolean }): Promise<string>;
  /** Join a held call to a three-party call. */
  confJoin(members: { callid: string; callappdata?: string }): Promise<void>;
  /** Send digits. */
  secondDialEx(members: { number: string }): Promise<void>;
  /** Send digits, older form. */
  secondDial(members: { number: string }): Promise<void>;
  /** Announce a number in the call. */
  reportSound(members?: { [member: string]: unknown }): Promise<void>;
  /** Hang up the present call. */
  release(): Promise<void>;
  /** Hang up a call by its id. */
  dropCall(members: { callid: string }): Promise<void>;
  /** Release one party of the call. */
  disconnect(members: { number: string }): Promise<void>;
  /** Hang up the phone. */
  releasePhone(): Promise<void>;
}

/** The older heartbeat tells when the session began, in ms since the epoch. */
export interface LoginTime {
  loginTime: string;
}

/** `updateGuid`: the value for the `guid` header. */
export interface NewGuid {
  guid: string;
}

/** `logininfo`: a password for the softphone to register with, for a short time. */
export interface PhoneLogin {
  phonetoken: string;
  phonenum: string;
}

/**
 * The state for a desktop that was loaded again. Times are ms since the epoch as text; `state` and `lastState` are
 * console states (1 idle, 2 wrap-up, 3 rest, 4 busy, ..., 255 none); call types are those of `callfeature`.
 */
export interface StateInfo {
  callFeature: number;
  callData: string;
  lastState: number;
  preBusy: boolean;
  firsttalkingFlag: boolean;
  workNo: string;
  qcWorkNo: string;
  callerNo: string;
  beginHoldTime: string | null;
  state: number;
  talkingCallfeature: number;
  releaseFlag: number;
  calledNo: string;
  mainCallId: string;
  secondTalkingTime: string | null;
  preRest: boolean;
  recordID: string;
  currentTime: string;
  beginTalkingTime: string | null;
  partner: string;
  holdCallId: string;
  agentStateBeginTime: number;
  curCommand: number;
  curCallId: string;
  cmdBeginTime: string;
}

/** `syncagentinfo`: state and call after a reload of the desktop. */
export interface SyncedAgent {
  callinfo: string | null;
  agentStateInfo: StateInfo;
}

/** The state: 2 signed out, 3 busy, 4 idle, 5 wrap-up, 7 talking, 8 rest, 9 rest applied for, 0 unknown. */
export interface AgentStatus {
  agentState: number;
  isWorking: boolean;
}

/** `querycustomstate`: the number as a text, 65535 for none. */
export interface CustomState {
  agentcustomstate: string;
}

/** A skill queue. `mediatype`: 1 text chat, 2 click to dial, 4 callback, 5 audio and video, 51 web chat, ... */
export interface SkillQueue {
  name: string;
  id: number;
  mediatype: number;
}

/** Minutes really added, spelt so by the interface. */
export interface Prolonged {
  applyedTime: number;
}

/** A participant: a phone number or an agent. */
export interface ParticipantBody {
  addressType: string;
  address: string;
}

/** A participant as it was named. */
export interface Participant {
  addressType: string;
  address: string;
}

/** Those that were not in the conference. */
export interface NotRemoved {
  noExistParticipants: Participant[];
}

/**
 * `channelAttrib`: 1 listens, 2 speaks, 3 both. `channelState`: 0 normal, 1 held, 2 hears a file. `role` is 1 for the
 * chair, `enterTime` is ms since the epoch.
 */
export interface ParticipantInfo {
  addressType: string;
  address: string;
  deviceCallType: number;
  deviceType: number;
  channelAttrib: number;
  channelState: number;
  role: number;
  enterTime: number;
}

/** `confState`: 1 while a file is played to all. `startTime` in ms since the epoch, the others in minutes. */
export interface ConferenceInfo {
  confId: number;
  confState: number;
  startTime: number;
  applyConfTime: number;
  confHaveBeenTime: number;
  addresses: ParticipantInfo[];
}

/** A call in full. Times are ms since the epoch, `logontimes` the s since it came in; the interface spells so. */
export interface CallInfo {
  callfeature: number;
  callid: string;
  caller: string;
  called: string;
  callskill: string;
  callskillid: number;
  orgicallednum: string;
  calldata: string;
  begintime: number | null;
  endtime: number | null;
  userPriority: number;
  trunkNo: number;
  logontimes: number;
}

/** `callinfobycallid`. */
export interface CallById {
  callfeature: number;
  callid: string;
  caller: string;
  called: string;
  callskill: string;
  orgicallednum: string;
  calldata: string;
}

/** A held call; the members after `callskill` are unused by the interface. */
export interface HeldCall {
  callfeature: number;
  callid: string;
  caller: string;
  called: string;
  callskill: string;
  callskillid: number;
  orgicallednum: string;
  calldata: string;
  begintime: number | null;
  endtime: number | null;
}

/** A call. `callfeature` stays with it: 0 inbound, 6 internal, 7 outbound, 51 and 52 help, 53 conference. */
export interface CallBrief {
  callfeature: number;
  callid: string;
  caller: string;
  called: string;
  callskill: string;
}

/** A call in a queue. */
export interface WaitingCall {
  callfeature: number;
  callid: string;
  caller: string;
  called: string;
  callskill: string;
  callskillid: number;
  orgicallednum: string;
  calldata: string;
  begintime: number | null;
  endtime: number | null;
  userPriority: number;
  trunkNo: number;
  logontimes: number;
  mediaType: number;
}

/** Of today: s of talk, calls answered, calls made. */
export interface CallStatistics {
  talktime: number;
  answernums: number;
  calloutnums: number;
}

/** A call that is over; times are ms since the epoch. No source shows the members. */
export interface CallRecord {
  callid: string;
  callfeature: number;
  caller: string;
  called: string;
  workno: string;
  skillid: number;
  begintime: number;
  endtime: number;
}

/** An agent with the queues it is signed in to. */
export interface AgentInfo {
  workno: string;
  name: string;
  status: string;
  ctiStatus: string;
  groupid: number;
  groupname: string;
  mediatype: string;
  vdnid: number;
  phonenumber: string;
  currentstatetime: number;
  logindate: number;
  inMultimediaConf?: number;
  currentStateReason?: number;
  skilllist: SkillQueue[];
  callids: string[];
}

/**
 * An agent without its queues. `logindate` is ms since the epoch, `currentstatetime` s. `status` and `ctiStatus` are
 * texts, as the example of the interface has them.
 */
export interface AgentBrief {
  workno: string;
  name: string;
  status: string;
  ctiStatus: string;
  groupid: number;
  groupname: string;
  mediatype: string;
  vdnid: number;
  phonenumber: string;
  currentstatetime: number;
  logindate: number;
  inMultimediaConf?: number;
  currentStateReason?: number;
}

/** The phone in use by an agent. */
export interface AgentPhone {
  workno: string;
  phonenumber: string;
}

/** An agent by id and name. */
export interface AgentName {
  workno: string;
  name: string;
}

/** An agent's status and for how many s. */
export interface StatusTime {
  workno: string;
  status: string;
  ctiStatus: string;
  currentstatetime: number;
}

/** Own status and queues. */
export interface StatusSkills {
  workno: string;
  status: string;
  skills: SkillQueue[];
}

/** The rest under way: asked for and left, in s; left is 0 when it is over. */
export interface RestDetail {
  restReasonId: number;
  restReason: string;
  restTime: number;
  leftTime: number;
}

/** A rest cause and its name. */
export interface RestReason {
  restReasonId: number;
  restReason: string;
}

/** A group of agents. `monitorno` and `monitorname` are the agent who leads it, 0 and empty for none. */
export interface GroupInfo {
  id: number;
  name: string;
  monitorno: number;
  monitorname: string;
}

/** A skill queue of a VDN. `realFlag` is 1 for a real queue and 0 for a virtual one. */
export interface QueueInfo {
  name: string;
  id: number;
  mediatype: number;
  serviceType: number;
  realFlag: number;
}

/**
 * A queue in numbers. `queueTime` is the longest wait in s; `transferFlg` 0 release, 2 transfer. `loadFactor`,
 * `estWaitTime` and the transfer members are unused by the interface.
 */
export interface SkillStatistics {
  pilotNbr: string;
  deviceNo: number;
  queueSize: number;
  maxQueueSize: number;
  queueTime: number;
  loadFactor?: number;
  estWaitTime?: number;
  loggedOnAgents: number;
  availAgents: number;
  transferFlg?: number;
  transferDeviceType?: number;
  transferDeviceNo?: number;
  skillDescrip: string;
}

/** An IVR and the access code that leads to it. */
export interface Ivr {
  access: string;
  id: number;
  description: string;
  serviceNo: number;
}

/**
 * A number that calls come in on, with the members that a public client reads. `id` counts the access codes.
 * `mediatype` is that of the queue it leads to; 5, audio and video, for one that leads to a voice menu.
 */
export interface AccessCode {
  id: number;
  inno: string;
  description: string;
  vdnid: number;
  mediatype: number;
}

/** A cluster of gateways and the names of its nodes. */
export interface Cluster {
  clusterName: string;
  nodes: string[];
}

/** Where an agent is signed in. */
export interface AgentCluster {
  workno: string;
  clusterName: string;
  nodeName: string;
}

/** The VDN now: agents signed in and by state, calls that talk and calls that wait. */
export interface SystemState {
  vdnid: number;
  loggedOnAgents: number;
  idleAgents: number;
  busyAgents: number;
  talkingAgents: number;
  talkingCalls: number;
  waitingCalls: number;
}

/** An inspection task; no source shows the members besides those that delete it. */
export interface QcTask {
  taskdsn: string;
  begintime: string;
}

/** `getconnecttoken`: what a player of its own shows the recording server. */
export interface ConnectToken {
  token: string;
}

/**
 * Most sessions of a channel (50 e-mail, 51 web chat, 52 SMS, 53 social, 56 WeChat). No source shows the name of the
 * number; callNum follows totalCallNum.
 */
export interface ChannelSessions {
  mediaType: number;
  callNum?: number | null;
}

/** Where an uploaded file is now. */
export interface StoredFile {
  filePath: string;
  fileName: string;
  chatId: string;
}

/** A text or a file of a chat. `reciver` is spelt so. `contentType` 1 is a text; else `content` is a path. */
export interface ContentLine {
  id: string;
  callId: string;
  subMediaType: string;
  sender: string;
  reciver: string;
  contentType: string;
  content: string;
  direction: string;
  createTime: string;
  confirmFlag: string;
  status: string;
  result: string;
}

/** `callcontent`: oldest first. */
export interface ContentPage {
  totalPageNo: string;
  totalCount: string;
  pageNo: string;
  pageSize: string;
  weccCallContentList: ContentLine[];
}

/** A chat in the history. Times are ms since the epoch, empty for what has not happened. */
export interface Bill {
  id: string;
  ccId: string;
  vdnId: string;
  callId: string;
  innerCall: string;
  mediaType: string;
  subMediaType: string;
  accessType: string;
  caller: string;
  called: string;
  accessCode: string;
  skillId: string;
  realCaller: string;
  callerName: string;
  beginTime: string;
  connectTime: string;
  endTime: string;
  releaseCause: string;
  platformReleaseCause: string;
  logDate: string;
  callidNum: string;
  remark: string;
  receiveMsgNum: string;
  sendMsgNum: string;
}

/** `callsession`: newest first. */
export interface BillPage {
  totalPageNo: string;
  totalCount: string;
  pageNo: string;
  pageSize: string;
  weccCallBillList: Bill[];
}

/** An entry of the black list. `createTime` is ms since the epoch; `isValid` is false once its time is over. */
export interface BlackEntry {
  phoneNumber: string;
  lockTime: number;
  fiterMode: number;
  createTime: number;
  isValid: boolean;
}

/** An entry of the red list. `createTime` is ms since the epoch. */
export interface RedEntry {
  phoneNumber: string;
  custLevel: number;
  createTime: number;
}

/** What events carry. */
export namespace Content {
  /** The party that the agent calls is ringing; `otherPhoneWorkno` is its agent id, "" for one outside. */
  export interface Alerting {
    jsonKey?: string[] | null;
    callid: string;
    otherPhone: string;
    otherPhoneWorkno: string;
    type: "main" | "assistant";
  }

  /** 0 success, else failure. */
  export interface AnnouncementResult {
    jsonKey?: string[] | null;
    result: number;
  }

  /** Why an outgoing call failed: the platform's code and its text. */
  export interface CallFailure {
    jsonKey?: string[] | null;
    callId: string;
    detect: number;
    desc: string;
  }

  /** A party of a call. */
  export interface CallParty {
    jsonKey?: string[] | null;
    callid: string;
    number: string;
  }

  /** How something about a call went: 0 well, else not. */
  export interface CallResult {
    jsonKey?: string[] | null;
    callId: string;
    result: number;
  }

  /** A chat, with the members that public clients read; no page shows them. `attachData` is the call data. */
  export interface ChatInfo {
    jsonKey?: string[] | null;
    callId: string;
    caller: string;
    called: string;
    isInnerCall: boolean;
    attachData: string;
  }

  /**
   * A text in a chat, as older clients read it. `isInnerCall`: the chat is one between agents. With `chatContentType`,
   * what the sender says it is, `chatContent` is the path of a file (`mediafile`).
   */
  export interface ChatMessage {
    jsonKey?: string[] | null;
    sender: string;
    callId: string;
    chatContent: string;
    isInnerCall: boolean;
    chatContentType?: string;
  }

  /** An agent conference. */
  export interface ConferenceNotice {
    jsonKey?: string[] | null;
    confId: number;
  }

  /** Why a conference was refused. */
  export interface ConferenceRefused {
    jsonKey?: string[] | null;
    cause: number;
  }

  /** A message of a customer in a multimedia call. */
  export interface CustomerMessage {
    jsonKey?: string[] | null;
    callid: string;
    caller: string;
    called: string;
    feature: number;
    type: "main" | "assistant";
    message: string;
    mediaAbility: string;
  }

  /** A customer's call has been given to the agent. `lastReleaseAgentId` is 65535 when no agent released it yet. */
  export interface IncomingCall {
    jsonKey?: string[] | null;
    callId: string;
    skillName: string;
    skillId: number;
    caller: string;
    called: string;
    lastReleaseAgentId: number;
    mediaType: number;
    releaseAndReQueueCount: number;
    releaseAndReQueueCallFlag: 0 | 1;
  }

  /** Inspection of this agent: 8 listening, 9 inserting, 20172 and 20173 whispering; by whom. */
  export interface InspectionNotice {
    jsonKey?: string[] | null;
    qcType: 8 | 9 | 20172 | 20173;
    qcAgentId: number;
  }

  /** A phone number as linkage events carry it. */
  export interface PhoneAddress {
    address: string;
    addressType: 6;
  }

  /** A call made with the phone; its id is not the one of the later call. */
  export interface LinkedCall {
    jsonKey?: string[] | null;
    addrCalled: PhoneAddress;
    addrCaller: PhoneAddress;
    skillId: number;
    callId: string;
  }

  /** A call held or taken back with the phone. */
  export interface LinkedHold {
    jsonKey?: string[] | null;
    callId: string;
  }

  /** A transfer made with the phone: where to, and the agent's own number. */
  export interface LinkedTransfer {
    jsonKey?: string[] | null;
    addrOut: PhoneAddress;
    addrSelf: PhoneAddress;
  }

  /** A switch of audio to video; `reason` 0 is success. */
  export interface MediaSwitch {
    jsonKey?: string[] | null;
    callid: string;
    reason: number;
    caller: string;
    called: string;
    mediaType: number;
  }

  /** A call of three or more; `partner` are the numbers of the others, comma-separated. */
  export interface MultiPartyCall {
    jsonKey?: string[] | null;
    callid: string;
    partner: string;
  }

  /** A call as it is offered; `transfrom` tells who transferred it. `mediaType` is a text or a number by event. */
  export interface Offered {
    jsonKey?: string[] | null;
    caller: string;
    called: string;
    callid: string;
    feature: string;
    type: "main" | "assistant";
    mediaAbility: "1" | "2" | "3" | "5" | "6";
    transfer: "yes" | "no";
    transfrom: string;
    mediaType: string | number;
  }

  /**
   * `changeType`: 0 joined, 1 left, 2 chair, 3 muted, 4 may speak, 5 held, 6 back. `participantType`: 6 phone number,
   * 9 agent.
   */
  export interface ParticipantChanged {
    jsonKey?: string[] | null;
    result: number;
    changeType: number;
    changeReason: number;
    confId: number;
    participant: string;
    participantType: 6 | 9;
    deviceCallType: number;
    deviceType: number;
  }

  /** For which call the phone was lifted. */
  export interface PhoneLifted {
    jsonKey?: string[] | null;
    type: "main" | "assistant" | "unknown";
  }

  /** Why the phone is on hook: 3 by the platform, 2 by the agent. */
  export interface PhoneReleased {
    jsonKey?: string[] | null;
    phoneState: 2 | 3;
  }

  /** The call that comes in. */
  export interface PhoneRings {
    jsonKey?: string[] | null;
    callid: string;
    caller: string;
  }

  /** Why playing ended: 0 at its end, 1 by the agent, 2 it failed. */
  export interface PlayStopped {
    jsonKey?: string[] | null;
    cause: number;
  }

  /** A number that the agent is asked to call. */
  export interface Preview {
    jsonKey?: string[] | null;
    controlid: string;
    dialeddigits: string;
  }

  /** The same with call data; several numbers are comma-separated. */
  export interface PreviewCall {
    jsonKey?: string[] | null;
    controlid: string;
    dialeddigits: string;
    callData: string;
  }

  /** Why an agent is busy (1 asked for, 2 no answer, 3 inspector, 4 rest, 5 phone, 7 rejected, 200-250) or rests. */
  export interface Reason {
    jsonKey?: string[] | null;
    reason: string;
  }

  /** A recording that was begun, or could not be. */
  export interface RecordingBegun {
    jsonKey?: string[] | null;
    taskId: number;
    caller: string;
    called: string;
    locationId: string;
    recordID: string;
    fileName: string;
    callId: string;
    fileMediaType: string | number;
  }

  /** A recording that is over; times are ms since the epoch. */
  export interface RecordingDone {
    jsonKey?: string[] | null;
    beginTime: number;
    endTime: number;
    taskId: number;
    fileMediaType: string;
  }

  /** When the session that is over began: ms since the epoch as a text. */
  export interface SignedOut {
    jsonKey?: string[] | null;
    loginTime: string;
  }

  /** A call as its agent talks. `feature` is the kind of call, `mediaAbility` 1 voice, 3 video, 5 text, 6 H5. */
  export interface Talking {
    jsonKey?: string[] | null;
    caller: string;
    called: string;
    callid: string;
    feature: string;
    type: "main" | "assistant";
    mediaAbility: "1" | "2" | "3" | "5" | "6";
  }

  /** A note or a bulletin, as older clients read it: who wrote it, and its text. */
  export interface Text {
    jsonKey?: string[] | null;
    sender: string;
    context: string;
  }

  /** An agent whom this inspector watches signed in or out. */
  export interface WatchedAgent {
    jsonKey?: string[] | null;
    subtype: "QC_AgentState_Login" | "QC_AgentState_Logout";
    monitoredagent: string;
    agentname: string;
    mediaserver: string;
  }
}

/** An event, told apart by `eventType`. */
export type AgentEvent =
  /** Occupied by a call. */
  | Kind<"AgentState_Busy", null>
  /** Wrap-up after a call. */
  | Kind<"AgentState_Work", null>
  /** Idle. */
  | Kind<"AgentState_Ready", null>
  /** Busy. */
  | Kind<"AgentState_SetNotReady_Success", Content.Reason>
  /** No longer busy. */
  | Kind<"AgentState_CancelNotReady_Success", null>
  /** At rest. */
  | Kind<"AgentState_SetRest_Success", Content.Reason>
  /** No longer at rest. */
  | Kind<"AgentState_CancelRest_Success", null>
  /** The rest asked for is over; the agent stays in it. */
  | Kind<"AgentState_Rest_Timeout", null>
  /** Wrap-up as asked for. */
  | Kind<"AgentState_SetWork_Success", null>
  /** No longer in wrap-up. */
  | Kind<"AgentState_CancelWork_Success", null>
  /** A note has come. */
  | Kind<"AgentOther_Note", Content.Text>
  /** A bulletin was published. */
  | Kind<"AgentOther_Bulletin", Content.Text>
  /** Made idle by an inspector. */
  | Kind<"AgentState_Force_Ready", null>
  /** Made busy by an inspector. */
  | Kind<"AgentState_Force_SetNotReady", null>
  /** Talking. */
  | Kind<"AgentEvent_Talking", Content.Talking>
  /** The called party rings. */
  | Kind<"AgentEvent_Customer_Alerting", Content.Alerting>
  /** The call is on hold. */
  | Kind<"AgentEvent_Hold", string>
  /** In a call of three or more. */
  | Kind<"AgentEvent_Conference", Content.MultiPartyCall>
  /** A call out failed. */
  | Kind<"AgentEvent_Call_Out_Fail", string>
  /** Why it failed. */
  | Kind<"OUTBOUND_DETECT_EVENT", Content.CallFailure>
  /** An internal call failed. */
  | Kind<"AgentEvent_Inside_Call_Fail", string>
  /** An offered call was not answered. */
  | Kind<"AgentEvent_No_Answer", string>
  /** The agent left the call. */
  | Kind<"AgentEvent_Call_Release", string>
  /** The customer left the call. */
  | Kind<"AgentEvent_Customer_Release", Content.CallParty>
  /** A call came and was answered by itself. */
  | Kind<"AgentEvent_Auto_Answer", Content.Offered>
  /** A call came and wants to be answered. */
  | Kind<"AgentEvent_Ringing", Content.Offered>
  /** Connecting failed. */
  | Kind<"AgentEvent_Connect_Fail", string>
  /** A help call failed. */
  | Kind<"AgentEvent_Consult_Fail", string>
  /** How a success transfer went. */
  | Kind<"AgentEvent_SuccTransResult", Content.CallResult>
  /** A suspended call is back. */
  | Kind<"AgentEvent_ReturnFromIvr", string>
  /** The call was switched to video, or could not be. */
  | Kind<"AgentEvent_MediaSwith", Content.MediaSwitch>
  /** A customer's call was given to the agent. */
  | Kind<"AgentEvent_Incoming_CallInfo", Content.IncomingCall>
  /** Kept for a call out. */
  | Kind<"AgentEvent_Agent_Occupyed", null>
  /** A number to call. */
  | Kind<"AgentEvent_Preview", Content.Preview>
  /** A number to call, with data. */
  | Kind<"AgentEvent_Preview_CallOut", Content.PreviewCall>
  /** Numbers to call, with data. */
  | Kind<"AgentEvent_Preview_CallOut_Ex", Content.PreviewCall>
  /** Recording. */
  | Kind<"AgentMediaEvent_Record", Content.RecordingBegun>
  /** Recording could not be started. */
  | Kind<"AgentMediaEvent_Record_Fail", Content.RecordingBegun>
  /** Recording is over. */
  | Kind<"AgentMediaEvent_StopRecordDone", Content.RecordingDone>
  /** Playing begins. */
  | Kind<"AgentMediaEvent_Play", null>
  /** Playing. */
  | Kind<"AgentMediaEvent_Play_Succ", null>
  /** Playing failed. */
  | Kind<"AgentMediaEvent_Play_Fail", null>
  /** Playing is over. */
  | Kind<"AgentMediaEvent_StopPlayDone", Content.PlayStopped>
  /** Playing pauses. */
  | Kind<"AgentMediaEvent_PausePlayDone", null>
  /** Playing goes on. */
  | Kind<"AgentMediaEvent_ResumePlayDone", null>
  /** Wound forwards or back. */
  | Kind<"AgentMediaEvent_JumpPlayDone", null>
  /** A watched agent signed in or out. */
  | Kind<"QC_AgentState_Notify", Content.WatchedAgent>
  /** Inspected from now on. */
  | Kind<"AgentOther_BeQcStart", Content.InspectionNotice>
  /** No longer inspected. */
  | Kind<"AgentOther_BeQcStop", Content.InspectionNotice>
  /** Out of reach. */
  | Kind<"AgentOther_PhoneUnknow", null>
  /** On hook. */
  | Kind<"AgentOther_PhoneRelease", Content.PhoneReleased>
  /** Off hook. */
  | Kind<"AgentOther_PhoneOffhook", Content.PhoneLifted>
  /** Ringing. */
  | Kind<"AgentOther_PhoneAlerting", Content.PhoneRings | null>
  /** In use, so that a call could not reach it. */
  | Kind<"AgentOther_PhoneBusy", null>
  /** Signing in. */
  | Kind<"AgentOther_InService", null>
  /** An inspector or the operator signs the agent out. */
  | Kind<"AgentOther_ShutdownService", Content.SignedOut>
  /** All agents of the queue asked for are busy. */
  | Kind<"AgentOther_All_Agent_Busy", null>
  /** A message of a customer. */
  | Kind<"AgentEvent_MessageData", Content.CustomerMessage>
  /** Granted; the chair has joined. */
  | Kind<"AgentConf_RequestSuccess", Content.ConferenceNotice>
  /** Refused. */
  | Kind<"AgentConf_RequestFailed", Content.ConferenceRefused>
  /** This agent has joined. */
  | Kind<"AgentConf_SelfJoinResult", Content.ConferenceNotice>
  /** Its time is nearly over. */
  | Kind<"AgentConf_Timeout", Content.ConferenceNotice>
  /** A conference is calling. */
  | Kind<"AgentConf_Ringing", Content.ConferenceNotice>
  /** Something about a participant. */
  | Kind<"AgentConf_ParticipantChanged", Content.ParticipantChanged>
  /** This agent has left. */
  | Kind<"AgentConf_SelfLeaveResult", Content.ConferenceNotice>
  /** This agent has the chair. */
  | Kind<"AgentConf_PresidentChanged", Content.ConferenceNotice>
  /** The announcement is over. */
  | Kind<"AgentConf_StopVoice", Content.AnnouncementResult>
  /** The announcement to one is over. */
  | Kind<"AgentConf_StopParticipantVoice", Content.AnnouncementResult>
  /** Transferring with the phone. */
  | Kind<"AgentEvent_linkagePhoneTransferOut", Content.LinkedTransfer>
  /** How that went. */
  | Kind<"AgentEvent_linkagePhoneTransferOut_Result", Content.CallResult>
  /** Held with the phone. */
  | Kind<"AgentEvent_linkagePhoneHold", Content.LinkedHold>
  /** Taken back with the phone. */
  | Kind<"AgentEvent_linkagePhoneUnHold", Content.LinkedHold>
  /** Dialling with the phone. */
  | Kind<"AgentEvent_linkagePhoneCallOut", Content.LinkedCall>
  /** A chat is offered. */
  | Kind<"AgentChat_Ring", Content.ChatInfo>
  /** A chat was set up. */
  | Kind<"AgentChat_Connected", Content.ChatInfo>
  /** A chat is over. */
  | Kind<"AgentChat_Disconnected", Content.ChatInfo>
  /** A text has come. */
  | Kind<"AgentChat_DataRecved", Content.ChatMessage>
  /** An own chat was created. */
  | Kind<"AgentChat_CallOutCreated", Content.ChatInfo>
  /** An own chat failed. */
  | Kind<"AgentChat_CalloutFailed", Content.ChatInfo>;

export const Retcode: {
  readonly SUCCESS: "0";
  readonly WRONG_EVENT_WAY: "000-001";
  readonly BAD_PARAMETER: "000-002";
  readonly NO_RIGHT: "000-003";
  readonly SELF_INSPECTION: "000-005";
  readonly BAD_MESSAGE: "000-006";
  readonly BAD_SIGN_IN: "100-001";
  readonly ALREADY_SIGNED_IN: "100-002";
  readonly WRONG_CREDENTIALS: "100-004";
  readonly BAD_SIGN_OUT: "100-005";
  readonly NOT_SIGNED_IN: "100-006";
  readonly UNAVAILABLE: "100-007";
  readonly WRONG_STATE: "100-009";
  readonly WRONG_SIGN_OUT_STATE: "100-010";
  readonly BAD_AGENT_ASKED: "100-011";
  readonly PHONE_INVALID: "100-013";
  readonly PHONE_OUT_OF_RANGE: "100-014";
  readonly MAY_NOT_BE_FORCED: "100-015";
  readonly BAD_ADDRESS: "100-016";
  readonly SIGN_IN_IN_PROGRESS: "100-021";
  readonly NO_CONFERENCE: "101-001";
  readonly NOT_CHAIRPERSON: "101-002";
  readonly IN_CONFERENCE: "101-003";
  readonly NOT_INSPECTOR_OF_CONFERENCES: "101-004";
  readonly CHAIR_TO_ITSELF: "101-005";
  readonly CHAIR_REMOVES_ITSELF: "101-006";
  readonly CHAIR_LEAVES: "101-007";
  readonly DOWNLOAD_OFF: "104-001";
  readonly MULTIMEDIA_OFF: "106-001";
  readonly EMPTY_MESSAGE: "106-002";
  readonly TOO_MANY_SESSIONS: "106-003";
  readonly WRONG_TARGET_TYPE: "106-004";
  readonly NO_QUEUE_OF_MEDIA: "106-008";
  readonly WRONG_OLD_PASSWORD: "110-003";
  readonly LOCKED: "110-016";
  readonly PASSWORD_UNCHANGED: "110-017";
  readonly PASSWORD_RULE: "110-019";
  readonly PASSWORD_LENGTH: "110-020";
  readonly CALLED_NUMBER: "200-001";
  readonly ANSWER_NO_CALL: "200-002";
  readonly MUTE_NO_CALL: "200-003";
  readonly MUTE_STATE: "200-004";
  readonly CONNECT_NO_CALL: "200-005";
  readonly CONNECT_NO_HELD: "200-006";
  readonly UNMUTE_NO_CALL: "200-007";
  readonly UNMUTE_STATE: "200-008";
  readonly REPORT_NO_CALL: "200-009";
  readonly JOIN_NO_CALL: "200-010";
  readonly JOIN_NO_HELD: "200-011";
  readonly TRANSFER_NO_CALL: "200-012";
  readonly HOLD_NO_CALL: "200-013";
  readonly HOLD_STATE: "200-014";
  readonly UNHOLD_NO_HELD: "200-015";
  readonly UNHOLD_STATE: "200-016";
  readonly RELEASE_NO_CALL: "200-017";
  readonly HELP_NO_CALL: "200-018";
  readonly NO_SUCH_PARTY: "200-023";
  readonly PARTY_STAYS: "200-024";
  readonly DROP_NO_CALL: "200-025";
  readonly REJECT_STATE: "200-037";
  readonly NO_RIGHT_TO_QUERY: "300-001";
  readonly NO_SUCH_AGENT_INFO: "300-002";
  readonly GROUP_NO_AGENT: "300-003";
  readonly NO_SUCH_GROUP: "300-004";
  readonly DATA_NO_CALL: "400-001";
  readonly DATA_NOTHING: "400-002";
  readonly NO_HELD_CALL: "400-003";
  readonly REWIND_STATE: "500-001";
  readonly FORWARD_STATE: "500-002";
  readonly PAUSE_PLAY_STATE: "500-003";
  readonly PAUSE_RECORD_STATE: "500-004";
  readonly RESUME_PLAY_STATE: "500-005";
  readonly RESUME_RECORD_STATE: "500-006";
  readonly PLAY_STATE: "500-007";
  readonly RECORD_STATE: "500-008";
  readonly STOP_PLAY_STATE: "500-009";
  readonly NO_SKILLS: "600-001";
  readonly VDN_NO_QUEUE: "600-002";
  readonly NO_ACCESS_CODE: "600-003";
  readonly NO_IVR: "600-004";
  readonly OWN_VDN_NO_QUEUE: "600-005";
  readonly FORBIDDEN_WORD: "700-016";
  readonly INSPECTION_UNAVAILABLE: "900-001";
  readonly NOT_INSPECTOR: "900-002";
  readonly INSPECTION_RESOURCE: "900-003";
  readonly INSPECTED_UNKNOWN: "900-004";
  readonly INSPECTION_STATE: "900-005";
};
