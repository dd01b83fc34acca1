/** Where sites are, and how many copies of a source there are that one disaster cannot reach together (3-2-1). Pure. */

/** What a disaster takes at once: a building, an account of a provider, a region. Empty: nobody has said. */
export type FailureDomain = {
  /** Building or city. */
  readonly place: string;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
};

export const thisWorkstation: FailureDomain = { place: 'this workstation', provider: '', account: '', region: '' };

export type CopyAt = {
  /** Name of the site; null: the repository that protection writes to. */
  readonly site: string | null;
  readonly domain: FailureDomain;
  /** Of the newest good snapshot there, epoch milliseconds. */
  readonly newestGoodAtMs: number;
};

export type CopyCount = {
  /** With what is protected itself. */
  readonly copies: number;
  /** Failure domains in which there is a snapshot. */
  readonly domains: number;
  /** Of these, those away from where protection writes to. */
  readonly offsite: number;
  /** At least three copies, in two domains, one of them away. */
  readonly isEnough: boolean;
};

export function countCopies(at: readonly CopyAt[]): CopyCount {
  const home = at.find(({ site }) => site === null)?.domain ?? null;
  const domains = new Map(at.map(({ domain }) => [domainKey(domain), domain]));
  const offsite = [...domains.values()].filter((domain) => home === null || isAway(domain, home)).length;
  const copies = at.length + 1;
  return { copies, domains: domains.size, offsite, isEnough: copies >= 3 && domains.size >= 2 && offsite >= 1 };
}

/** In words, as far as it was said: `Berlin, aws 123456789012, eu-central-1`. */
export function domainWords({ place, provider, account, region }: FailureDomain): string {
  const who = [provider, account].filter((part) => part !== '').join(' ');
  return [place, who, region].filter((part) => part !== '').join(', ');
}

function domainKey({ place, provider, account, region }: FailureDomain): string {
  return JSON.stringify([place, provider, account, region].map((part) => part.trim().toLowerCase()));
}

/** What is not said does not set two places apart. */
function isAway(one: FailureDomain, other: FailureDomain): boolean {
  const differs = (part: keyof FailureDomain): boolean => {
    const [a, b] = [one[part].trim().toLowerCase(), other[part].trim().toLowerCase()];
    return a !== b && a !== '' && b !== '';
  };
  // A workstation that nobody has placed is nowhere else than itself; a provider or region is never on it.
  const isCloud = one.provider !== '' || one.region !== '';
  const isLocal = other.provider === '' && other.region === '';
  return differs('place') || differs('provider') || differs('account') || differs('region') || (isCloud && isLocal);
}
