/** Where what is known of sources in EC2 lies on this machine. */
import { join } from 'node:path';
import type { CallContext } from './context.ts';

/** Files of sources in EC2, by tenant and source. */
export function ec2Root({ home, caller: { tenant } }: CallContext): string {
  return tenant === 'default' ? join(home, 'native') : join(home, 'native-of-tenants', tenant);
}
