-- Keeps tickets locked for their owners, for longer or (where a lock was lost) again. A ticket that somebody else has
-- locked is left alone: this only spares Postgres questions, it decides nothing.
--
-- KEYS  1 locks, 2 owners, 3 the user's tickets (see place.lua)
-- ARGV  1 life of the whole registry, ms
--       2 "1": the tickets count as the user's; "0": whose they are is not known here
--       3… ticket, booking, ms from now; again and again
-- Returns how many tickets are now locked for the named booking

local locks, owners, user = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local kept = 0

for at = 3, #ARGV, 3 do
  local ticket, booking, expiry = ARGV[at], ARGV[at + 1], now + tonumber(ARGV[at + 2])
  local current = tonumber(redis.call("ZSCORE", locks, ticket) or "0")
  local isOwn = redis.call("HGET", owners, ticket) == booking
  if current <= now or isOwn then
    if isOwn and current > expiry then expiry = current end
    redis.call("ZADD", locks, expiry, ticket)
    redis.call("HSET", owners, ticket, booking)
    if ARGV[2] == "1" then redis.call("ZADD", user, expiry, ticket) end
    kept = kept + 1
  end
end

if kept > 0 then
  redis.call("PEXPIRE", locks, ARGV[1])
  redis.call("PEXPIRE", owners, ARGV[1])
  if ARGV[2] == "1" then redis.call("PEXPIRE", user, ARGV[1]) end
end
return kept
