import { describe, expect, test } from 'vitest';
import { longestPolicy, policyFor, policyLength, type PolicyStatement } from '../../../shared/model/aws-policies.ts';
import { awsPurposes, awsRights } from '../../../shared/model/aws-rights.ts';

const anywhere = { buckets: [], regions: [] };
const narrowed = { buckets: ['acme-data', 'acme-logs'], regions: ['eu-central-1', 'eu-west-1'] };
const allowing = (statements: readonly PolicyStatement[]) => statements.filter(({ Effect }) => Effect === 'Allow');

describe.each(awsPurposes)('the policy for %s', (purpose) => {
  test('allows each right of the table, as often as it stands there, and nothing else', () => {
    const actions = allowing(policyFor(purpose, narrowed).Statement).flatMap(({ Action }) => Action);
    expect(actions.toSorted()).toEqual(awsRights[purpose].map(({ action }) => action).toSorted());
  });

  test('is short enough for AWS, and has no two statements of one name', () => {
    for (const place of [anywhere, narrowed]) {
      const policy = policyFor(purpose, place);
      expect(policyLength(policy)).toBeLessThan(longestPolicy);
      expect(new Set(policy.Statement.map(({ Sid }) => Sid)).size).toBe(policy.Statement.length);
      for (const { Sid } of policy.Statement) expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
    }
  });

  test('reaches objects of the named buckets only', () => {
    for (const { Action, Resource } of policyFor(purpose, narrowed).Statement) {
      const isOfBuckets = Action.some((action) => action.startsWith('s3:') && action !== 's3:ListAllMyBuckets');
      if (!isOfBuckets) continue;
      for (const resource of [Resource].flat()) expect(resource).toMatch(/^arn:aws:s3:::acme-(?:data|logs)(?:\/\*)?$/);
    }
  });
});

test.each(['protect', 'restore', 'off-cloud'] as const)('for %s, EC2 is asked in the named regions only', (purpose) => {
  for (const { Action, Effect, Condition, Sid } of policyFor(purpose, narrowed).Statement) {
    if (Effect === 'Deny' || !Action.some((action) => /^e(?:c2|bs):/.test(action))) continue;
    expect(Condition, Sid).toMatchObject({ StringEquals: { 'aws:RequestedRegion': narrowed.regions } });
  }
});

test('protecting deletes, locks and shares nothing that does not carry the tag of a source', () => {
  const { Statement } = policyFor('protect', anywhere);
  const tag = 'aws:ResourceTag/holdfast:source';
  for (const action of ['ec2:DeleteSnapshot', 'ec2:LockSnapshot', 'ec2:ModifySnapshotAttribute']) {
    const about = Statement.filter(({ Action }) => Action.includes(action));
    expect(about).toEqual([
      expect.objectContaining({ Effect: 'Allow', Condition: { Null: { [tag]: 'false' } } }),
      expect.objectContaining({ Effect: 'Deny', Condition: { Null: { [tag]: 'true' } } }),
    ]);
  }
  const unlocking = Statement.filter(({ Action }) => Action.includes('ec2:UnlockSnapshot'));
  expect(unlocking).toMatchObject([{ Effect: 'Deny', Resource: '*' }]);
  // Else somebody's snapshot would be ours as soon as it is tagged.
  const tagging = Statement.filter(({ Action }) => Action.includes('ec2:CreateTags'));
  expect(tagging).toMatchObject([
    { Condition: { StringEquals: { 'ec2:CreateAction': ['CreateSnapshot', 'CreateSnapshots', 'CopySnapshot'] } } },
    {
      Condition: {
        Null: { [tag]: 'false' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['holdfast:consistency', 'holdfast:lock'] },
      },
    },
  ]);
});

test('restoring removes only what a restore has made, and tags no snapshot that is there already', () => {
  const { Statement } = policyFor('restore', anywhere);
  const removing = /^ec2:(?:Delete(?!Tags)|Terminate|Deregister)/;
  for (const { Action, Condition } of Statement)
    if (Action.some((action) => removing.test(action)))
      expect(Condition).toEqual({ Null: { 'aws:ResourceTag/holdfast:restore': 'false' } });
  for (const { Action, Condition, Resource } of Statement)
    if (Action.includes('ec2:CreateTags') && Condition === undefined)
      expect(JSON.stringify(Resource)).not.toMatch(/snapshot|"\*"/);
});

test('regions of China and of the government have names of their own for resources', () => {
  const resourcesIn = (region: string) =>
    JSON.stringify(policyFor('bucket', { buckets: ['acme'], regions: [region] }).Statement);
  expect(resourcesIn('cn-north-1')).toContain('arn:aws-cn:s3:::acme');
  expect(resourcesIn('us-gov-west-1')).toContain('arn:aws-us-gov:s3:::acme');
});

test('each right says why it is needed, in a sentence', () => {
  for (const { action, why } of awsPurposes.flatMap((purpose) => awsRights[purpose]))
    expect(why, action).toMatch(/^[A-Z].{5,110}\.$/);
});
