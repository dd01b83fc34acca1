/** How much there is of everything: what the bars speak of, or less of it to try the measurement out. */
export type Sizes = {
  readonly sources: number;
  /** So long are runs kept. */
  readonly days: number;
  /** Of the engine at rest, and while all sources wait. */
  readonly restSeconds: number;
  readonly waitingSeconds: number;
  readonly simulatedHours: number;
};

export const whole = 1;

export function sizesOf(scale: number): Sizes {
  return {
    sources: Math.max(3, Math.round(1000 * scale)),
    days: Math.max(2, Math.round(400 * scale)),
    restSeconds: Math.max(20, Math.round(130 * scale)),
    waitingSeconds: Math.max(20, Math.round(65 * scale)),
    simulatedHours: 24,
  };
}

export const caller = { tenant: 'default', actor: 'bench' };
export const password = 'correct horse battery staple';
export const passphrase = 'a passphrase of eleven words';
export const version = 'bench';
