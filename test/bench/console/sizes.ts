/** How much there is of everything: what the bars speak of, or a fraction of it to try the measurement out. */
export type Sizes = {
  readonly sources: number;
  readonly snapshotsEach: number;
  /** Each is opened once as never before. */
  readonly wideFolders: number;
  readonly entriesEach: number;
  readonly paths: number;
  readonly runBytes: number;
  readonly overviewRounds: number;
  readonly runRounds: number;
};

export const whole = 1;

export function sizesOf(scale: number): Sizes {
  const part = (count: number): number => Math.max(1, Math.round(count * scale));
  return {
    sources: part(1000),
    snapshotsEach: 100,
    wideFolders: 6,
    entriesEach: part(100_000),
    paths: part(1_000_000),
    runBytes: part(2048) * 1024 ** 2,
    overviewRounds: 7,
    runRounds: 3,
  };
}

export const password = 'correct horse battery staple';
/** Repositories, as folders below the place of the measurement. */
export const repositories = { fleet: 'fleet', wide: 'wide', million: 'million', run: 'run' } as const;
/** A home whose catalog knows the fleet already. */
export const filledHome = 'filled-home';
export const caller = { tenant: 'default', actor: 'bench' };
