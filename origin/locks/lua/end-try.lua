-- Gives an idempotency key back after a try that failed: the next one need not wait. Fenced by the try's name.
--
-- KEYS  1 key (see place.lua)
-- ARGV  1 try

if redis.call("HGET", KEYS[1], "try") == ARGV[1] then redis.call("HSET", KEYS[1], "until", 0) end
