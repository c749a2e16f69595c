export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Nearest-rank percentiles.
 * @param samples in any order and unit; not changed
 * @returns the same unit rounded to hundredths; NaN when there is no sample
 */
export function percentiles(samples: Iterable<number>): Percentiles {
  const sorted = Float64Array.from(samples).sort();
  return { p50: at(sorted, 0.5), p95: at(sorted, 0.95), p99: at(sorted, 0.99), max: at(sorted, 1) };
}

/** One of them, by the share of samples that it covers. */
export function percentile(samples: Iterable<number>, share: number): number {
  return at(Float64Array.from(samples).sort(), share);
}

function at(sorted: Float64Array, share: number): number {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? Number.NaN : Math.round(value * 100) / 100;
}
