/** `node --import`: from here on `electron` is the module beside this file. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./module.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
