/** How large the trees of tests are: in CI the full size, elsewhere one that does not stop a working day. */
const gib = 1024 ** 3;
const mib = 1024 ** 2;

export const inCi = process.env['CI'] === 'true';

/** Apparent bytes of the sparse file. */
export const sparseBytes = inCi ? 4 * gib : 64 * mib;
