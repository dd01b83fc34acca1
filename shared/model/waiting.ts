/** Of what runs by itself: what is due and does not begin, and what comes next. The same for the tray and for the Overview. */

export type ScheduledGlance = {
  readonly name: string;
  /** ISO-8601 UTC. */
  readonly next: { readonly at: string } | null;
  readonly pause: { readonly scope: 'tenant' | 'source'; readonly until: string | null } | null;
  readonly waitsFor: string | null;
};

export type Waiting<Source> = {
  /** In words that follow `waits for`. */
  readonly what: string;
  readonly sources: readonly Source[];
};

/** By what they wait for; what is paused is not waiting but told not to run. */
export function waitingGroups<Source extends ScheduledGlance>(sources: readonly Source[]): readonly Waiting<Source>[] {
  const waiting = sources.filter(({ waitsFor, pause }) => waitsFor !== null && pause === null);
  return Object.entries(Object.groupBy(waiting, ({ waitsFor }) => waitsFor ?? '')).map(([what, own = []]) => ({
    what,
    sources: own,
  }));
}

/** The pause of everything, and not of one source; null: there is none. */
export function pauseOfAll<Source extends ScheduledGlance>(
  sources: readonly Source[],
  nowMs: number,
): Source['pause'] | null {
  const pause = sources.find((one) => one.pause?.scope === 'tenant')?.pause ?? null;
  return pause === null || (pause.until !== null && Date.parse(pause.until) <= nowMs) ? null : pause;
}

/** Those that run by themselves after now, the nearest first. */
export function comingRuns<Source extends ScheduledGlance>(
  sources: readonly Source[],
  nowMs: number,
): readonly { readonly source: Source; readonly atMs: number }[] {
  return sources
    .flatMap((source) => (source.next === null ? [] : [{ source, atMs: Date.parse(source.next.at) }]))
    .filter(({ atMs }) => atMs > nowMs)
    .sort((a, b) => a.atMs - b.atMs || a.source.name.localeCompare(b.source.name));
}
