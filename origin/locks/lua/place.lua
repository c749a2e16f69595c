-- Locks all tickets of one group for a booking, or none. Of several groups it takes the first that is entirely free,
-- so that buyers of the best seats get different ones instead of a refusal.
--
-- KEYS  1 locks   sorted set: ticket -> expiry, ms of Redis time
--       2 owners  hash: ticket -> booking
--       3 user    sorted set: the user's tickets of this event -> expiry
--       4 key     only with an idempotency key: hash of what was asked under it, which try holds it, until when
--       5 since   only with a key: from when on, ms of Redis time, every key of the last day is known here
-- ARGV  1 booking
--       2 how long the locks last, ms
--       3 how many tickets of the event one user may have
--       4 life of the whole registry, ms; at least that of any lock in it
--       5 quantity, the size of a group
--       6 "1": skip a group that would leave a single free seat between itself and a taken seat or the row's end
--       7 what the request asks for, as a hash; 8 a name for this try; 9 how long it holds the key, ms;
--         10 how long it is known that the key was used, ms; all of them empty without a key
--       11… the groups. Each is two seats to the left (outer, inner), `quantity` tickets, two seats to the right
--          (inner, outer). A neighbour is "0" where there is no seat or it is known to be sold.
-- Returns {"locked", ticket…} | {"own", ticket…}: this booking has locks already, nothing was changed
--       | {"in-flight"}: another try holds the key | {"other-request"}: one that asks for something else does
--       | {"limit", used, n}: the user has n tickets | {"taken", used, ticket…}: at least these; nothing was changed
--         used: "yes", the key came with free tickets before; "no"; or "unknown", as when Redis lost what it knew

local locks, owners, user = KEYS[1], KEYS[2], KEYS[3]
local booking, ttl, limit, life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local quantity, keepsPairs = tonumber(ARGV[5]), ARGV[6] == "1"
local key, hash, try, flight, known = KEYS[4], ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
local sweptAtOnce = 50

local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function isFree(ticket)
  local expiry = redis.call("ZSCORE", locks, ticket)
  return not expiry or tonumber(expiry) <= now
end

-- Would the seat next to the group be left alone?
local function isOrphan(inner, outer)
  return inner ~= "0" and isFree(inner) and (outer == "0" or not isFree(outer))
end

local used, since = "no", nil
if key then
  since = tonumber(redis.call("GET", KEYS[5]) or "")
  local holder = redis.call("HMGET", key, "hash", "try", "until")
  if holder[1] then
    used = "yes"
    if tonumber(holder[3]) > now and holder[2] ~= try then
      return { holder[1] == hash and "in-flight" or "other-request" }
    end
  elseif not since or since > now then
    used = "unknown"
  end
end

-- From here on this try holds the key, until it says that it failed, or its answer is in Postgres, or its time is over.
local function takeKey()
  if not key then return end
  redis.call("HSET", key, "hash", hash, "try", try, "until", now + flight)
  redis.call("PEXPIRE", key, known)
  if since then redis.call("PEXPIRE", KEYS[5], 2 * known) end
end

local mine = redis.call("ZRANGEBYSCORE", user, "(" .. now, "+inf")
local own = { "own" }
for _, ticket in ipairs(mine) do
  if redis.call("HGET", owners, ticket) == booking then own[#own + 1] = ticket end
end
if #own > 1 then
  takeKey()
  return own
end
if #mine + quantity > limit then return { "limit", used, tostring(#mine) } end

local taken, isListed = { "taken", used }, {}
local width = quantity + 4
for first = 11, #ARGV, width do
  local isOpen = true
  for at = first + 2, first + 1 + quantity do
    local ticket = ARGV[at]
    if not isFree(ticket) then
      isOpen = false
      if not isListed[ticket] then
        isListed[ticket] = true
        taken[#taken + 1] = ticket
      end
    end
  end
  if isOpen and keepsPairs then
    isOpen = not isOrphan(ARGV[first + 1], ARGV[first])
      and not isOrphan(ARGV[first + width - 2], ARGV[first + width - 1])
  end
  if isOpen then
    for _, ticket in ipairs(redis.call("ZRANGEBYSCORE", locks, "-inf", now, "LIMIT", 0, sweptAtOnce)) do
      redis.call("ZREM", locks, ticket)
      redis.call("HDEL", owners, ticket)
    end
    local locked = { "locked" }
    for at = first + 2, first + 1 + quantity do
      local ticket = ARGV[at]
      redis.call("ZADD", locks, now + ttl, ticket)
      redis.call("HSET", owners, ticket, booking)
      redis.call("ZADD", user, now + ttl, ticket)
      locked[#locked + 1] = ticket
    end
    redis.call("PEXPIRE", locks, life)
    redis.call("PEXPIRE", owners, life)
    redis.call("PEXPIRE", user, life)
    takeKey()
    return locked
  end
end
return taken
