// A desktop on agentgateway.js, steered by a test: one JSON line of what happened for each thing that did.
import { Agent, NoAnswer, Refused } from "../../gateway/client/agentgateway.js";

const [url, id, password, ...more] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
const settings = JSON.parse(more[0] ?? "{}");
const quick = { firstPauseMs: 20, longestPauseMs: 100 };
const asked = JSON.parse(more[1] ?? "[]");

const name = (problem) => ({ error: problem.name, retcode: problem.retcode ?? "", message: problem.message });

try {
  const agent = await Agent.signIn(url.split(","), id, {
    password, phone: "6001", ...quick, ...settings, onGuid: () => tell({ guid: true }), onTrouble: (problem) => tell(name(problem)),
  });
  tell({ signedIn: agent.agentId });
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text) => {
    for (const line of text.split("\n").filter(Boolean)) void act(agent, ...JSON.parse(line));
  });
  for (const [group, operation, members] of asked) await act(agent, group, operation, members);
  for await (const event of agent.events()) {
    tell({ event: event.eventType, content: event.content });
    if (event.eventType === "AgentEvent_Ringing") await agent.voicecall.answer({ callid: event.content.callid });
    if (event.eventType === "AgentEvent_Talking") await agent.voicecall.release();
  }
  tell({ over: true });
} catch (problem) {
  tell(problem instanceof Refused || problem instanceof NoAnswer ? name(problem) : { error: String(problem.stack) });
}
process.exit(0);

async function act(agent, group, operation, members) {
  try {
    const made = group === "agent" ? agent[operation](members) : agent[group][operation](members);
    tell({ did: operation, result: (await made) ?? null });
  } catch (problem) {
    tell({ ...name(problem), did: operation });
  }
}
