import { describe, expect, it } from 'vitest';
import {
  changeCommand,
  emptyCase,
  missingInCase,
  openCommand,
  reviewTime,
} from '../../../../renderer/features/compliance/case-draft.ts';
import {
  complianceSentence,
  heldWords,
  targetWords,
} from '../../../../renderer/features/compliance/compliance-words.ts';
import type { ComplianceFinding, SourceCompliance } from '../../../../shared/contract/compliance.ts';
import { defaultTarget } from '../../../../shared/model/compliance.ts';

const source = (findings: Partial<Record<ComplianceFinding['rule'], ComplianceFinding['state']>>): SourceCompliance => {
  const found = Object.entries(findings).map(([rule, state]) => ({
    rule: rule as ComplianceFinding['rule'],
    state,
    words: '',
    evidence: [],
  }));
  const has = (state: string) => found.some((finding) => finding.state === state);
  return {
    source: 'papers',
    profile: null,
    target: defaultTarget,
    targetFrom: 'default',
    verdict: has('missed') ? 'missed' : has('unknown') ? 'unknown' : 'met',
    findings: found,
    kept: { periods: [], snapshots: 1, oldestAt: null, newestAt: null, lockedUntil: null },
  };
};

describe('the sentence about all sources', () => {
  it('says how many are kept as asked, and which rules the others miss, for how many of them', () => {
    expect(
      complianceSentence([
        source({ copies: 'met', offsite: 'met' }),
        source({ copies: 'missed', offsite: 'missed', drilled: 'unknown' }),
        source({ copies: 'met', offsite: 'missed' }),
        source({ copies: 'met', drilled: 'unknown' }),
      ]),
    ).toBe('1 of 4 sources is kept as asked. 2 fall short: off-site 2, copies 1. Of 1 it is not known: rehearsed 1.');
  });

  it('is short where all is well, and where nothing is', () => {
    expect(complianceSentence([source({ copies: 'met' }), source({ copies: 'met' })])).toBe(
      'All 2 sources are kept as asked.',
    );
    expect(complianceSentence([source({ copies: 'missed' })])).toBe(
      'None of 1 source is kept as asked. 1 falls short: copies 1.',
    );
    expect(complianceSentence([])).toBe('No source is registered yet.');
  });
});

it('what is asked is a sentence, in one and in many', () => {
  expect(targetWords(defaultTarget)).toBe(
    '3 copies in 2 failure domains, 1 off-site, 1 immutable; verified within 90 days',
  );
  expect(targetWords({ copies: 1, domains: 1, offsite: 0, immutable: 0, verifiedDays: 1 })).toBe(
    '1 copy in 1 failure domain, 0 off-site, 0 immutable; verified within 1 day',
  );
});

describe('a case', () => {
  const hold = { snapshot: 'a', reason: '', author: '', since: '' };

  it('says what it holds', () => {
    const nothing = { state: 'open', sources: [], holds: [], snapshotsOfSources: 0 } as const;
    expect(heldWords({ ...nothing, sources: [], holds: [] })).toBe('It holds nothing yet.');
    expect(heldWords({ ...nothing, sources: ['papers', 'mail'], holds: [hold], snapshotsOfSources: 9 })).toBe(
      'Held: all of papers, mail, 9 snapshots so far; 1 single snapshot.',
    );
    expect(heldWords({ ...nothing, state: 'closed', sources: ['papers'], holds: [] })).toBe(
      'It holds nothing any more.',
    );
  });

  it('names what is missing before it is opened, and its command as it would be typed', () => {
    const draft = { ...emptyCase, reference: '2026-117', requestedBy: 'counsel', reason: 'a suit' };
    expect(missingInCase(emptyCase)).toBe('It needs a reference.');
    expect(missingInCase({ ...draft, reason: ' ' })).toBe('It needs a reason.');
    expect(missingInCase(draft)).toBeNull();
    expect(openCommand({ ...draft, review: '2027-01-31', sources: ['papers'] }).slice(2)).toEqual([
      'open',
      '2026-117',
      '--requested-by',
      'counsel',
      '--reason',
      'a suit',
      '--review',
      '2027-01-31',
      '--source',
      'papers',
    ]);
    expect(changeCommand({ ...draft, sources: ['mail'] }, draft).slice(2)).toEqual([
      'set',
      '2026-117',
      '--source',
      'mail',
    ]);
    expect([reviewTime('2027-01-31'), reviewTime('')]).toEqual(['2027-01-31T00:00:00.000Z', null]);
  });
});
