-- Reads which tickets of an event are locked, in one go.
--
-- KEYS  1 locks (see place.lua)
-- Returns the tickets

local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. now, "+inf")
