/**
 * What it costs to make a key of a passphrase that somebody remembers. Beside each key stands what it cost, so that those of
 * other costs open too.
 */

/** OWASP's recommendation for scrypt in its variant of least memory: 32 MiB, three rounds. */
export const newKeyCost = { N: 2 ** 15, r: 8, p: 3 } as const;
