import { describe, expect, it } from 'vitest';
import type { NativeView } from '../../../../../shared/contract/native.ts';
import { ec2DefinitionSchema } from '../../../../../shared/contract/sources.ts';
import { addEc2Command, changeEc2Command } from '../../../../../renderer/features/sources/ec2/ec2-commands.ts';
import {
  ec2DefinitionOf,
  ec2DraftOf,
  ec2NameOf,
  emptyCopy,
  emptyEc2Draft,
  lockOf,
  needsConfirming,
  type Ec2Draft,
} from '../../../../../renderer/features/sources/ec2/ec2-draft.ts';
import {
  sayLock,
  sayMaker,
  sayMostPaid,
  sayNativeState,
} from '../../../../../renderer/features/sources/ec2/native-words.ts';

const nobody: ReadonlySet<string> = new Set();
const instance: Ec2Draft = { ...emptyEc2Draft, instance: ' i-0123456789abcdef0 ', account: 'production' };
const whole: Ec2Draft = {
  ...instance,
  name: 'payroll',
  excludes: 'vol-0123456789abcdef0',
  region: 'eu-central-1',
  copies: [{ ...emptyCopy, region: 'us-east-1', keepDays: '90', account: 'vault' }],
  lock: 'compliance',
  offCloud: true,
  offCloudKeep: '90',
};

function definitionOf(draft: Ec2Draft) {
  const definition = ec2DefinitionOf(draft, nobody);
  if (definition === null) throw new Error('it is not whole');
  return definition;
}

describe('A source in EC2', () => {
  it('is what the engine takes, and comes back as it was', () => {
    const definition = definitionOf(whole);
    expect(ec2DefinitionSchema.parse(definition)).toEqual(definition);
    expect(definitionOf(ec2DraftOf(definition))).toEqual(definition);
  });

  it('is none before what it is of is known, or while a copy or a lock is wrong', () => {
    expect(ec2DefinitionOf(emptyEc2Draft, nobody)).toBeNull();
    expect(ec2DefinitionOf({ ...instance, instance: 'vol-0123456789abcdef0' }, nobody)).toBeNull();
    expect(ec2DefinitionOf({ ...instance, copies: [emptyCopy] }, nobody)).toBeNull();
    expect(ec2DefinitionOf({ ...instance, lock: 'governance', lockDays: '0' }, nobody)).toBeNull();
    expect(ec2DefinitionOf({ ...instance, lock: 'compliance', coolOffHours: '73' }, nobody)).toBeNull();
    expect(ec2DefinitionOf({ ...instance, region: 'here' }, nobody)).toBeNull();
  });

  it('of a tag takes any value where none is typed', () => {
    const tag: Ec2Draft = { ...emptyEc2Draft, of: 'tag', tagKey: 'team/backup' };
    expect(definitionOf(tag).target).toEqual({ kind: 'tag', key: 'team/backup', value: null });
    expect(ec2NameOf(tag, nobody)).toBe('team-backup');
    expect(addEc2Command(definitionOf(tag)).join(' ')).toContain('--set tag=team/backup=*');
  });

  it('is added and changed by the commands that are shown', () => {
    const before = definitionOf(whole);
    expect(addEc2Command(before).join(' ')).toBe(
      'holdfast source add ec2 --name payroll --set instance=i-0123456789abcdef0 --set exclude=vol-0123456789abcdef0' +
        ' --set account=production --set region=eu-central-1 --set copy=us-east-1,keep=90d,account=vault' +
        ' --set lock=compliance:30d:24h --set off-cloud=yes --set off-cloud-keep=90d',
    );
    const after = definitionOf({ ...whole, lock: 'none', excludes: '', region: 'eu-west-1' });
    expect(changeEc2Command(before, after).join(' ')).toBe(
      'holdfast source set payroll --set region=eu-west-1 --unset exclude --unset lock',
    );
  });
});

describe('A lock', () => {
  const compliance = { mode: 'compliance' as const, days: 30, coolOffHours: 24 };

  it('of governance has no cool-off, whatever was typed for another', () => {
    expect(lockOf({ ...instance, lock: 'governance' })).toEqual({ mode: 'governance', days: 30, coolOffHours: null });
    expect(lockOf({ ...instance, lock: 'compliance' })).toEqual(compliance);
  });

  it('of compliance has to be confirmed, and again where it gets harder', () => {
    expect(needsConfirming(compliance, null)).toBe(true);
    expect(needsConfirming(compliance, { mode: 'governance', days: 90, coolOffHours: null })).toBe(true);
    expect(needsConfirming(compliance, compliance)).toBe(false);
    expect(needsConfirming({ ...compliance, days: 31 }, compliance)).toBe(true);
    expect(needsConfirming({ ...compliance, coolOffHours: null }, compliance)).toBe(true);
    expect(needsConfirming({ ...compliance, days: 7 }, compliance)).toBe(false);
    expect(needsConfirming({ mode: 'governance', days: 1, coolOffHours: null }, null)).toBe(false);
  });
});

describe('A native snapshot', () => {
  it('is told by its state, and never beyond what AWS says', () => {
    expect(sayNativeState({ state: 'pending', percent: 99.9 })).toEqual({ tone: 'run', words: 'pending, 99 %' });
    expect(sayNativeState({ state: 'pending', percent: null }).words).toBe('pending');
    expect(sayNativeState({ state: 'error', percent: 40 }).tone).toBe('fail');
  });

  it('is told by who made it, and another console is not this one', () => {
    expect(sayMaker({ maker: 'holdfast', own: true })).toBe('this console');
    expect(sayMaker({ maker: 'holdfast', own: false })).toBe('another Holdfast');
    expect(sayMaker({ maker: 'dlm', own: false })).toBe('Data Lifecycle Manager');
  });

  it('is locked as long as its lock holds', () => {
    expect(sayLock({ state: 'compliance-cooloff', until: null })).toBe('compliance, cooling off');
    expect(sayLock({ state: 'expired', until: null })).toBeNull();
    expect(sayLock(null)).toBeNull();
  });

  it('that failed is not paid for', () => {
    const of = (state: NativeView['state'], sizeGiB: number) => ({ state, sizeGiB }) as NativeView;
    expect(sayMostPaid([of('completed', 8), of('pending', 2), of('error', 100)])).toBe(
      'at most 10 GiB-months each month',
    );
  });
});
