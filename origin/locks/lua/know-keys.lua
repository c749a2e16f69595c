-- Says from when on every idempotency key of the last day is known here. In two steps, because Postgres is asked in
-- between: the first leaves a name, the second counts only if that name is still there, so that nothing was lost since.
--
-- KEYS  1 since (see place.lua)
-- ARGV  1 a name for this attempt, no number
--       2 "": the first step; else in how many ms all keys will be known, 0 when they are now
--       3 how long what is written lasts, ms
-- Returns 1 when it is written; 0 when somebody else does or did this, or something was lost

local current = redis.call("GET", KEYS[1])
if ARGV[2] == "" then
  if current then return 0 end
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[3])
  return 1
end
if current ~= ARGV[1] then return 0 end
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call("SET", KEYS[1], now + tonumber(ARGV[2]), "PX", ARGV[3])
return 1
