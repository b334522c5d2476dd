-- Brings a chosen password here, unless the one that is here already was chosen after it. KEYS: the agent's password.
-- ARGV: hash, former hashes, replaced fingerprints.
local former = redis.call('HGET', KEYS[1], 'former') or ''
for hash in string.gmatch(former, '%S+') do
  if hash == ARGV[1] then
    return 0
  end
end
redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'former', ARGV[2], 'replaced', ARGV[3])
return 1
