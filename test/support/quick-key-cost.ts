/** Stands in for `electron/engine/platform/key-cost.ts` in tests: a key in a millisecond instead of a fifth of a second. */

export const newKeyCost = { N: 1024, r: 8, p: 1 } as const;
