import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { shippedPackages } from './packaging/shipped-packages.ts';

/** Builds the console's page into out/renderer: nothing inline, so that it runs under a CSP of `'self'` alone. */
export default defineConfig({
  root: 'renderer',
  // Addresses relative to the page: it is served from / and from a custom scheme.
  base: './',
  plugins: [react(), licences()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
});

/** `virtual:licences`: what Settings → About lists, as it is in node_modules when the page is built. Each text once. */
function licences(): Plugin {
  const id = 'virtual:licences';
  return {
    name: 'licences',
    resolveId: (asked) => (asked === id ? `\0${id}` : null),
    load(asked) {
      if (asked !== `\0${id}`) return null;
      const packages = shippedPackages(import.meta.dirname);
      const texts = [...new Set(packages.flatMap(({ text }) => text ?? []))];
      const rows = packages.map(({ name, version, licence, text }) => ({
        name,
        version,
        licence,
        text: text === null ? null : texts.indexOf(text),
      }));
      return `export const packages = ${JSON.stringify(rows)};\nexport const texts = ${JSON.stringify(texts)};\n`;
    },
  };
}
