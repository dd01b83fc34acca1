/** Properties of a source in EC2: what is typed comes back as facts, and what cannot be is refused in words. */
import { expect, test } from 'vitest';
import { ec2Warning } from '../../../electron/cli/ec2-properties.ts';
import { newSource, readProperties, sourceFacts, sourceWith } from '../../../electron/cli/source-properties.ts';

const make = (...set: string[]) => newSource('ec2', 'web', readProperties('ec2', set), '/');
const factsOf = (source: ReturnType<typeof make>) => sourceFacts(source).map((fact) => fact.join('='));

const instance = 'i-0123456789abcdef0';
const volume = 'vol-0123456789abcdef0';

test.each([
  [[`instance=${instance}`, 'without-root=yes', `exclude=${volume}`, 'region=eu-central-1']],
  [[`volume=${volume}`, 'account=prod', 'lock=governance:30d', 'off-cloud=yes', 'off-cloud-keep=90d']],
  [['tag=Backup=*', 'copy=us-east-1,keep=90d,key=alias/x,account=Vault', 'copy=eu-west-1', 'lock=compliance:7d:24h']],
  [['tag=Backup=a=b', 'tag=nightly']],
])('%j', (set) => {
  expect(factsOf(make(...set)).toSorted()).toEqual(['kind=ec2', ...set].toSorted());
});

test('one target, and the one of another kind takes its place', () => {
  expect(() => make('region=eu-central-1')).toThrow(/needs --set instance/);
  expect(() => make(`volume=${volume}`, `instance=${instance}`)).toThrow(/one instance, one volume or one tag/);
  const before = make(`volume=${volume}`, 'tag=nightly');
  const after = sourceWith(before, readProperties('ec2', ['tag=Backup=yes']), '/');
  expect(factsOf(after)).toEqual(expect.arrayContaining(['tag=Backup=yes', 'tag=nightly']));
  expect(factsOf(after)).not.toContain(`volume=${volume}`);
  expect(factsOf(sourceWith(after, readProperties('ec2', ['region=us-east-1']), '/'))).toContain('tag=Backup=yes');
});

test.each([
  ['instance=web', /instance/],
  ['copy=nowhere', /region/],
  ['copy=us-east-1,days=3', /no days/],
  ['lock=forever', /governance:30d/],
  ['lock=governance:30d:4h', /compliance lock/],
  ['lock=compliance:30d:73h', /1h to 72h/],
  ['lock=governance:2h', /at least a day/],
])('%s is refused', (text, words) => {
  const target = text.startsWith('instance') ? [] : [`volume=${volume}`];
  expect(() => make(...target, text)).toThrow(words);
});

test('what nobody can take back is said before it is done', () => {
  const warningOf = (lock: string) => {
    const source = make(`volume=${volume}`, `lock=${lock}`);
    return source.kind === 'ec2' ? ec2Warning(source) : null;
  };
  expect(warningOf('governance:30d')).toBeNull();
  expect(warningOf('compliance:30d')).toContain('From the moment it is set, nobody can shorten or remove it');
  expect(warningOf('compliance:30d:24h')).toContain('24 hours after it is set, nobody can shorten or remove it');
});
