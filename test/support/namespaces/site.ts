/** A site server of ours as a process of its own, for a network of its own. Arguments: its home, and where it listens. */
import { SiteServer } from '../../../electron/engine/sites/server/site-server.ts';
import { siteCaller } from '../site.ts';

const [home = '', host = ''] = process.argv.slice(2);
const log = { info: () => undefined, warn: () => undefined };
const server = new SiteServer({ home, nowMs: Date.now, log });
await server.serve({ host, port: 0, tls: 'own' });
const terms = { name: 'office', appendOnly: false, quotaBytes: null, folder: null };
const { password } = await server.users.add(siteCaller, terms);
const { port, fingerprint } = server.address ?? {};
process.stdout.write(`${JSON.stringify({ port, fingerprint, password })}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
