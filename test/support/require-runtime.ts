/** Refuses a Node.js on which the native modules would crash instead of failing. Loaded before any test. */
import { errorCatalog } from '../../shared/model/errors.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  const { meaning } = errorCatalog.WRONG_RUNTIME;
  process.stderr.write(`${meaning} It is ${process.versions.node}; run the tests with \`npm test\`.\n`);
  process.exit(1);
}
