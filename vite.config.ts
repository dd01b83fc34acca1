import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the console's page into out/renderer: nothing inline, so that it runs under a CSP of `'self'` alone. */
export default defineConfig({
  root: 'renderer',
  // Addresses relative to the page: it is served from / and from a custom scheme.
  base: './',
  plugins: [react()],
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
