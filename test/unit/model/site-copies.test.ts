import { describe, expect, it } from 'vitest';
import { countCopies, thisWorkstation, type CopyAt, type FailureDomain } from '../../../shared/model/site-copies.ts';

const nowhere: FailureDomain = { place: '', provider: '', account: '', region: '' };
const at = (site: string | null, domain: Partial<FailureDomain>): CopyAt => ({
  site,
  domain: { ...(site === null ? thisWorkstation : nowhere), ...domain },
  newestGoodAtMs: 1,
});

describe('copies by failure domain', () => {
  it('are enough with three copies in two places, one of them away', () => {
    const found = countCopies([at(null, {}), at('berlin', { place: 'Berlin' })]);
    expect(found).toEqual({ copies: 3, domains: 2, offsite: 1, isEnough: true });
  });

  it('are not enough in one place, whatever their number', () => {
    const office = { place: 'Office' };
    const found = countCopies([at(null, office), at('nas', office), at('disk', { place: ' office ' })]);
    expect(found).toEqual({ copies: 4, domains: 1, offsite: 0, isEnough: false });
  });

  it('are not away where nobody has said where they are', () => {
    expect(countCopies([at(null, {}), at('disk', {})])).toMatchObject({ offsite: 0, isEnough: false });
  });

  it('are apart by account and region of a provider', () => {
    const aws = { provider: 'aws', account: '1', region: 'eu-central-1' };
    const found = countCopies([at(null, {}), at('a', aws), at('b', { ...aws, account: '2' }), at('c', aws)]);
    expect(found).toMatchObject({ copies: 5, domains: 3, offsite: 2, isEnough: true });
  });
});
