/** How old the list of rooms may be: in an isolate's memory, in milliseconds, and in the data centre's cache, in seconds. */
export const listAge = { memoryMs: 2000, sharedSeconds: 3 } as const;
