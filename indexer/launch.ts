/**
 * How Node is started for an indexer so that it stays below 300 MB whatever the stream or the search server do
 * (`npm run bench -- indexer memory outage`). Unbounded, V8 sizes its young generation by the machine: with 24 GB of
 * memory that is three spaces of 64 MB, most of it garbage of decoded changes that nobody has collected yet; eight
 * megabytes decode as fast.
 */
export const nodeFlags = ["--max-semi-space-size=8"] as const;

/** glibc keeps what was freed in as many arenas as there are threads; buffers of the stream come and go in all of them. */
export const nodeEnv = { MALLOC_ARENA_MAX: "2" } as const;
