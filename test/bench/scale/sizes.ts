/** A large office after a year, or a fraction of it to try the measurement out. */
export type Sizes = {
  readonly sources: number;
  readonly snapshotsEach: number;
  readonly files: number;
  /** Of an index of 50 TB: what is stored is on average 1.2 MB long. */
  readonly blobs: number;
  readonly screenRounds: number;
  readonly startRounds: number;
  /** Of the simulated schedule. */
  readonly days: number;
};

export const whole = 1;
export const blobBytes = 1_200_000;
export const blobsPerPack = 14;

export function sizesOf(scale: number): Sizes {
  const part = (count: number): number => Math.max(1, Math.round(count * scale));
  return {
    sources: part(1000),
    snapshotsEach: 100,
    files: part(10_000_000),
    blobs: part(50e12 / blobBytes),
    screenRounds: 5,
    startRounds: 5,
    days: part(365),
  };
}

/** Repositories, as folders below the place of the measurement. */
export const repositories = { files: 'files', blobs: 'blobs' } as const;
