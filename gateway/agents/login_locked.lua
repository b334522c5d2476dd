-- Returns 1 when a sign-in must be refused (contract: lockout.Attempts), else 0.
-- KEYS: failures of the pair, failures of the network; lists of "ms:token", newest first.
-- ARGV: now, window (both ms), limit of the pair, limit of the network.
local since = tonumber(ARGV[1]) - tonumber(ARGV[2])

local function inside(key, at)
  local failure = redis.call('LINDEX', key, at)
  return failure and tonumber(string.match(failure, '^%d+')) > since
end

local pair = redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[3]) and inside(KEYS[1], 0)
return (pair or inside(KEYS[2], tonumber(ARGV[4]) - 1)) and 1 or 0
