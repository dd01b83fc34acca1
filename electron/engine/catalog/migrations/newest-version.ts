/** That of the last step of `index.ts`: known without loading all of them, which a catalog that is up to date does not need. */
export const newestVersion = 250;
