/** Made by vite.config.ts when the page is built. */
declare module 'virtual:licences' {
  export type Shipped = {
    readonly name: string;
    readonly version: string;
    /** An SPDX expression, as the package says it. */
    readonly licence: string;
    /** The place of its text among `texts`; null where it ships none. */
    readonly text: number | null;
  };
  export const packages: readonly Shipped[];
  export const texts: readonly string[];
}
