-- KEYS[1] the agent's newest poll: `node token session ended until`. ARGV: 1 node, 2 token, 3 how long it is kept in ms,
-- 4 wake channel, 5 wake message, 6 session id, 7 how many polls of it ended one another before this one, as far as its
-- node knows, 8 now in ms, 9 until when it may be parked. Returns 1 when the poll before it was on the same node, which then
-- need not hear of it from here, else 0; and how many ended one another over all nodes.
local before = redis.call('GET', KEYS[1]) or ''
local node, token, session, ended, held_until = string.match(before, '^(%S+) (%S+) ?(%S*) ?(%d*) ?(%d*)$')
local here, again, count = node == ARGV[1], before ~= '' and node == ARGV[1] and token == ARGV[2], tonumber(ARGV[7])
-- A node tells by ARGV[7] which of its own were still parked. A poll that another node answered with an event looks as
-- if this one ended it; that only makes an answer rest that nobody waits for.
local was_parked = here and count > 0 or not here and tonumber(ARGV[8]) < (tonumber(held_until) or 0)
if again then
  count = math.max(count, tonumber(ended) or 0)
elseif session == ARGV[6] and was_parked then
  count = math.max(count, (tonumber(ended) or 0) + 1)
end
local newest = string.format('%s %s %s %d %s', ARGV[1], ARGV[2], ARGV[6], count, ARGV[9])
redis.call('SET', KEYS[1], newest, 'PX', ARGV[3])
if before ~= '' and not here then
  redis.call('PUBLISH', ARGV[4], ARGV[5])
end
return {here and not again and 1 or 0, count}
