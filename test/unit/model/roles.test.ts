import { describe, expect, test } from 'vitest';
import { rights } from '../../../shared/contract/rights.ts';
import { covers, mayCancel, roles, roleTable } from '../../../shared/model/roles.ts';

/** What somebody may who is called in to bring things back, and a viewer may not. A call that is added here gives them more. */
const toRecover = [
  'alerts.acknowledge',
  'alerts.reopen',
  'aws.identity',
  'awsRestores.create',
  'awsRestores.preview',
  'buckets.about',
  'buckets.create',
  'buckets.preview',
  'buckets.restore',
  'buckets.toFolder',
  'clones.extend',
  'clones.keep',
  'clones.make',
  'clones.remove',
  'drills.begin',
  'drills.beginOf',
  'drills.cleanup',
  'drills.finish',
  'drills.run',
  'drills.runPlan',
  'git.restore',
  'images.abandon',
  'images.restore',
  'jobs.cancel',
  'planRuns.answer',
  'planRuns.create',
  'planRuns.pause',
  'planRuns.start',
  'planRuns.stop',
  'plans.check',
  'points.examine',
  'points.places',
  'recovery.restore',
  'repositories.unlock',
  'restoreRuns.close',
  'restoreRuns.create',
  'restoreRuns.pause',
  'restoreRuns.preview',
  'restoreRuns.start',
  'restoreRuns.stop',
  'restoreRuns.undo',
  'restoreRuns.undoPreview',
];

describe('roles', () => {
  test('may each do what those before them may', () => {
    for (const [place, role] of roles.entries()) {
      for (const [other, required] of roles.entries()) expect(covers(role, required)).toBe(place >= other);
      expect(roleTable[role].name).not.toBe('');
    }
  });

  test('of a recovery operator are restores, drills, plans and alerts, and nothing else', () => {
    const recover = Object.entries(rights).flatMap(([call, required]) => (required === 'recover' ? [call] : []));
    expect(recover.toSorted()).toEqual(toRecover);
  });

  test('stop jobs that they might have begun', () => {
    expect(
      ['restore', 'restore undo', 'plan', 'drill', 'clone', 'clone removal'].every((kind) =>
        mayCancel('recover', kind),
      ),
    ).toBe(true);
    expect(['protect', 'sync', 'prune', 'repair'].some((kind) => mayCancel('recover', kind))).toBe(false);
    expect(mayCancel('operate', 'protect')).toBe(true);
    expect(mayCancel('read', 'restore')).toBe(false);
  });
});
