/** Users of the site in words. Pure. */
import type { SiteUser } from '../../../../shared/contract/site-server.ts';
import { formatBytes } from '../../../../shared/model/units.ts';

/** `1.2 GiB of 500 GiB, 1 %`; never over what is true, nor a percentage that is none. */
export function usedWords({ usedBytes, quotaBytes }: Pick<SiteUser, 'usedBytes' | 'quotaBytes'>): string {
  if (usedBytes === null) return 'not known';
  if (quotaBytes === null) return formatBytes(usedBytes);
  const percent = quotaBytes === 0 ? 100 : Math.min(100, Math.floor((usedBytes / quotaBytes) * 100));
  return `${formatBytes(usedBytes)} of ${formatBytes(quotaBytes)}, ${percent} %`;
}
