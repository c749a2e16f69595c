/** The way to our own parts behind the edge. */
export type Network = Pick<Fetcher, "fetch">;

/**
 * The way to the origin and the search server: their private network where the Worker is bound to one, else the
 * internet. What belongs to others (issuers, beacons, challenges) is always asked on the internet.
 */
export function networkOf(env: { readonly PRIVATE_NETWORK?: Network | undefined }): Network {
  return env.PRIVATE_NETWORK ?? internet;
}

const internet: Network = { fetch: (input, init) => fetch(input, init) };
