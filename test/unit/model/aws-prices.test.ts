import { expect, test } from 'vitest';
import { instancePrice, roughly, snapshotPrice, transferPrice, volumePrice } from '../../../shared/model/aws-prices.ts';

test('sizes of a family follow from one of them', () => {
  expect(instancePrice('t3.micro')).toEqual({ dollars: 0.0104, per: 'hour' });
  expect(instancePrice('m5.large')).toEqual({ dollars: 0.096, per: 'hour' });
  expect(instancePrice('m5.xlarge')).toEqual({ dollars: 0.192, per: 'hour' });
  expect(instancePrice('m5.24xlarge')).toEqual({ dollars: 4.608, per: 'hour' });
});

test('what is not in the table has no price, and none is guessed', () => {
  for (const type of ['m5.metal', 'p5.48xlarge', 'nonsense', 'm5', '']) expect(instancePrice(type), type).toBeNull();
  expect(volumePrice('gp9', 10)).toBeNull();
});

test('volumes and snapshots are paid by the month, transfers once', () => {
  expect(volumePrice('gp3', 100)).toEqual({ dollars: 8, per: 'month' });
  expect(snapshotPrice(8)).toEqual({ dollars: 0.4, per: 'month' });
  expect(transferPrice(50)).toEqual({ dollars: 1, per: 'once' });
});

test('small sums are written with what is left of them', () => {
  expect(roughly({ dollars: 0.0104, per: 'hour' })).toBe('about $0.0104 an hour');
  expect(roughly({ dollars: 8, per: 'month' })).toBe('about $8.00 a month');
  expect(roughly({ dollars: 1234.4, per: 'once' })).toBe('about $1234 once');
});
