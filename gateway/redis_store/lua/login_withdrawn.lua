-- Ends an attempt that nobody judged. KEYS: attempts of the pair, of the network, of the agent. ARGV: the token of the attempt.
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
