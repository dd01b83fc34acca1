import { expect, it } from 'vitest';
import { mapDraftOf, mapOf } from '../../../../../renderer/features/settings/aws/map-draft.ts';

const [here, there] = ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'];
const regions = { from: 'eu-central-1', to: 'us-east-1' };

it('reads what it writes', () => {
  const lines = [`subnet ${here} ${there}`, 'profile web web-east', 'key-pair door door-east'].join('\n');
  const map = mapOf({ ...regions, lines });
  expect(map).toMatchObject({ ...regions, subnets: { [here]: there }, profiles: { web: 'web-east' } });
  if (map === null || 'fault' in map) throw new Error('it is no map');
  expect(mapDraftOf(map)).toEqual({ ...regions, lines });
});

it.each([
  ['', 'us-east-1', '', null],
  ['here', 'us-east-1', '', /written as eu-central-1/],
  ['us-east-1', 'us-east-1', '', /between two regions/],
  ['eu-central-1', 'us-east-1', `subnet ${here}`, /Line 1 is none/],
  ['eu-central-1', 'us-east-1', `\nconstructor a b`, /Line 2 is none/],
  ['eu-central-1', 'us-east-1', `subnet ${here} sg-0123456789abcdef0`, /none of its kind/],
])('from %j to %j, with %j', (from, to, lines, fault) => {
  const map = mapOf({ from, to, lines });
  if (fault === null) expect(map).toBeNull();
  else expect(map).toMatchObject({ fault: expect.stringMatching(fault) as string });
});
