/**
 * Which shard keeps a user's place: FNV-1a over UTF-16 units, then murmur3's finaliser, because the low bits of
 * FNV-1a alone are uneven. Must never change within a generation, or people would get a second place.
 * @returns 0 … shards − 1
 */
export function shardOf(user: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < user.length; i++) {
    hash = Math.imul(hash ^ user.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % shards;
}
