/** Tenants and offers in tones. Pure. */
import type { Offer } from '../../../../shared/contract/offers.ts';
import type { Tenant } from '../../../../shared/contract/tenants.ts';
import type { Said, Tone } from '../../../components/tone.ts';

const states: Readonly<Record<Tenant['state'], Tone>> = { active: 'good', suspended: 'part', retired: 'none' };

export function sayTenantState(state: Tenant['state']): Tone {
  return states[state];
}

const offers: Readonly<Record<Offer['state'], Said>> = {
  open: { tone: 'run', words: 'open' },
  copied: { tone: 'good', words: 'copied' },
  withdrawn: { tone: 'none', words: 'withdrawn' },
  expired: { tone: 'none', words: 'expired' },
};

export function sayOffer(state: Offer['state']): Said {
  return offers[state];
}
