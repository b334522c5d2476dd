-- Puts a password in force if nothing changed since it was read. Returns 1, also when sent again; else 0.
-- KEYS: the agent's password. ARGV: hash that was read ('' = none), new hash, former hashes, replaced fingerprints.
local stored = redis.call('HGET', KEYS[1], 'hash') or ''
if stored == ARGV[2] then
  return 1
end
if stored ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'hash', ARGV[2], 'former', ARGV[3], 'replaced', ARGV[4])
return 1
