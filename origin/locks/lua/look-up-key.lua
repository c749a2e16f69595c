-- Says whether an idempotency key came with free tickets before.
--
-- KEYS  1 key, 2 since (see place.lua)
-- Returns "yes" | "no" | "unknown"

if redis.call("EXISTS", KEYS[1]) == 1 then return "yes" end
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local since = tonumber(redis.call("GET", KEYS[2]) or "")
if since and since <= now then return "no" end
return "unknown"
