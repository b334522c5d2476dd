-- Counts an attempt before it is judged, unless failures and attempts in flight have reached a limit already.
-- Returns 0 (counted), 1 (busy) or 2 (locked); then what counts against the network: failures, attempts in flight.
-- KEYS: failures of the pair, failures of the network (lists of "ms:token", newest first); attempts of the pair that
-- have begun, and of the network (sorted sets: a token by its ms); failures of the agent from everywhere (a list as above),
-- networks where it is known (a sorted set by ms), when an attempt of it had the last turn (ms), its attempts that have begun
-- everywhere (a sorted set as above).
-- ARGV: now, window, time after which an attempt counts as a failure (all ms), limit of the pair, limit of the network,
-- a token of this attempt, limit of the agent, ms between its turns from there on, for how many ms a network is known, the
-- network.
local since = tonumber(ARGV[1]) - tonumber(ARGV[2])
local lapsed = tonumber(ARGV[1]) - tonumber(ARGV[3])

local function inside(key, at)
  local failure = redis.call('LINDEX', key, at)
  return failure and tonumber(string.match(failure, '^%d+')) > since
end

local function failures(key, limit)
  local count, beyond = 0, math.min(redis.call('LLEN', key), limit)
  while count < beyond do
    local middle = math.floor((count + beyond) / 2)
    if inside(key, middle) then
      count = middle + 1
    else
      beyond = middle
    end
  end
  return count
end

-- How many attempts have begun inside the window; most often there are none, and nothing more is asked.
local function begun_in(begun)
  local count = redis.call('ZCARD', begun)
  return count > 0 and count - redis.call('ZREMRANGEBYSCORE', begun, '-inf', since) or 0
end

local function standing(list, begun, limit)
  local count = begun_in(begun)
  local late = count > 0 and redis.call('ZCOUNT', begun, '-inf', lapsed) or 0
  local failed, flying = failures(list, limit) + late, count - late
  return (failed >= limit and 2) or (failed + flying >= limit and 1) or 0, failed, flying, count
end

local limit = tonumber(ARGV[4])
local pair, _, _, begun_of_pair = standing(KEYS[1], KEYS[3], limit)
local network, failed, flying = standing(KEYS[2], KEYS[4], tonumber(ARGV[5]))
if begun_of_pair > 0 and redis.call('ZSCORE', KEYS[3], ARGV[6]) then
  return {0, failed, flying}
end
if redis.call('LLEN', KEYS[1]) >= limit and inside(KEYS[1], 0) then
  pair = 2
end
if pair > 0 or network > 0 then
  return {math.max(pair, network), failed, flying}
end
local many = tonumber(ARGV[7])
if failures(KEYS[5], many) + begun_in(KEYS[8]) >= many then
  local known = tonumber(redis.call('ZSCORE', KEYS[6], ARGV[10]) or '0')
  if known <= tonumber(ARGV[1]) - tonumber(ARGV[9]) then
    local since_turn = tonumber(ARGV[1]) - tonumber(redis.call('GET', KEYS[7]) or '0')
    if since_turn >= 0 and since_turn < tonumber(ARGV[8]) then
      return {1, failed, flying}
    end
    redis.call('SET', KEYS[7], ARGV[1], 'PX', ARGV[8])
  end
end
for _, at in ipairs({3, 4, 8}) do
  redis.call('ZADD', KEYS[at], ARGV[1], ARGV[6])
  redis.call('PEXPIRE', KEYS[at], ARGV[2])
end
return {0, failed, flying + 1}
