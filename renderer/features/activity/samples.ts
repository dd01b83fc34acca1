/** Speeds over time, as many as a chart can show. */

export type Samples = {
  /** Epoch seconds. */
  readonly at: readonly number[];
  readonly perSecond: readonly number[];
};

const most = 600;
const closestSeconds = 0.9;

/** With one more; those that come faster than one can see are left out, and the oldest go. */
export function withSample(samples: Samples, at: number, perSecond: number): Samples {
  const last = samples.at.at(-1);
  if (last !== undefined && at - last < closestSeconds) return samples;
  return { at: [...samples.at, at].slice(-most), perSecond: [...samples.perSecond, perSecond].slice(-most) };
}
