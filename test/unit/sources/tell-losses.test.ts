import { expect, test } from 'vitest';
import type { LostHistory } from '../../../electron/engine/sources/git/lost-history.ts';
import { tellLosses } from '../../../electron/engine/sources/git/tell-losses.ts';
import type { SourceFinding } from '../../../shared/model/source-findings.ts';

function told(ref: string, kind: LostHistory['kind'], commits: number): readonly SourceFinding[] {
  const found: SourceFinding[] = [];
  const lost = { at: '2026-01-01T00:00:00.000Z', ref, kind, from: 'a', to: null, keptAs: `kept/${ref}`, commits };
  tellLosses({ onFinding: (finding) => found.push(finding) }, '/acme/api.git', [lost]);
  return found;
}

test('commits that nothing on the server leads to any more are told', () => {
  const how = { kind: 'historyLost', item: '/acme/api.git', ref: 'refs/heads/topic', how: 'deleted', commits: 2 };
  expect(told('refs/heads/topic', 'deleted', 2)).toEqual([{ ...how, keptAs: 'kept/refs/heads/topic' }]);
});

test('a branch that was merged and then deleted is not', () => {
  expect(told('refs/heads/topic', 'deleted', 0)).toEqual([]);
});

test('a branch that was moved by force is, and a tag that is gone, whatever leads to what they were', () => {
  expect(told('refs/heads/main', 'forced', 0)).toHaveLength(1);
  expect(told('refs/tags/v1', 'deleted', 0)).toHaveLength(1);
});
