-- What counts against a network, read only: failures inside the window, counted up to a limit, and attempts in flight.
-- KEYS: failures of the network, a list of "ms:token", newest first; its attempts, a sorted set of tokens by ms.
-- ARGV: now, window, time after which an attempt counts as a failure (all ms), limit.
local since = tonumber(ARGV[1]) - tonumber(ARGV[2])
local lapsed = tonumber(ARGV[1]) - tonumber(ARGV[3])

local function inside(at)
  local failure = redis.call('LINDEX', KEYS[1], at)
  return failure and tonumber(string.match(failure, '^%d+')) > since
end

local count, beyond = 0, math.min(redis.call('LLEN', KEYS[1]), tonumber(ARGV[4]))
while count < beyond do
  local middle = math.floor((count + beyond) / 2)
  if inside(middle) then
    count = middle + 1
  else
    beyond = middle
  end
end
local late = redis.call('ZCOUNT', KEYS[2], '(' .. since, lapsed)
return {count + late, redis.call('ZCOUNT', KEYS[2], '(' .. lapsed, '+inf')}
