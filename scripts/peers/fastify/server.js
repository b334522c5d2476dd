// What somebody would write by hand for the same check: one read in Redis for each call, the GUID compared in constant time.
import { timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import Redis from "ioredis";

const [port, redisPort] = process.argv.slice(2).map(Number);
const redis = new Redis(redisPort, "127.0.0.1", { enableAutoPipelining: true });
const app = Fastify({ logger: false });
const answer = { message: "success", retcode: "0", result: { agentState: 4, isWorking: false } };

app.get("/agentgateway/resource/onlineagent/:agent/agentstatus", async (request, reply) => {
  const kept = await redis.get(`bench:${request.params.agent}`);
  const sent = Buffer.from(request.headers.guid ?? "");
  const known = Buffer.from(kept ?? "");
  const right = kept !== null && sent.length === known.length && timingSafeEqual(sent, known);
  reply.header("Cache-Control", "no-store");
  return right ? answer : { message: "GUID wrong", retcode: "000-003" };
});
await app.listen({ port, host: "127.0.0.1" });
console.log("ready");
