/**
 * Roughly what things cost in AWS, so that nobody is taken by surprise: list prices of us-east-1 in dollars, as they were at
 * the date below. Other regions, contracts and discounts differ, mostly upwards.
 */

/** Year and month. */
export const pricesOf = '2025-01';

export type RoughPrice = { readonly dollars: number; readonly per: 'hour' | 'month' | 'once' };

const volumeGiBMonth: Readonly<Record<string, number>> = {
  gp2: 0.1,
  gp3: 0.08,
  io1: 0.125,
  io2: 0.125,
  st1: 0.045,
  sc1: 0.015,
  standard: 0.05,
};
const snapshotGiBMonth = 0.05;
const betweenRegionsGiB = 0.02;

/** Linux on demand, of the size `large`: other sizes of a family follow from it. */
const largeHour: Readonly<Record<string, number>> = {
  t2: 0.0928,
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m5: 0.096,
  m5a: 0.086,
  m6i: 0.096,
  m6a: 0.0864,
  m6g: 0.077,
  m7i: 0.1008,
  m7a: 0.1159,
  m7g: 0.0816,
  c5: 0.085,
  c6i: 0.085,
  c6a: 0.0765,
  c6g: 0.068,
  c7i: 0.0893,
  c7g: 0.0725,
  r5: 0.126,
  r6i: 0.126,
  r6a: 0.1134,
  r6g: 0.1008,
  r7i: 0.1323,
  r7g: 0.1071,
};

const sizes: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

/** Null where the type is not in the table. */
export function volumePrice(type: string, sizeGiB: number): RoughPrice | null {
  const price = volumeGiBMonth[type];
  return price === undefined ? null : { dollars: rounded(price * sizeGiB), per: 'month' };
}

/** At most: a copy shares nothing with others only where it is the first. */
export function snapshotPrice(sizeGiB: number): RoughPrice {
  return { dollars: rounded(snapshotGiBMonth * sizeGiB), per: 'month' };
}

export function transferPrice(sizeGiB: number): RoughPrice {
  return { dollars: rounded(betweenRegionsGiB * sizeGiB), per: 'once' };
}

/** Null where the type is not in the table. */
export function instancePrice(type: string): RoughPrice | null {
  const [family = '', size = ''] = type.split('.');
  const [large, factor] = [largeHour[family], factorOf(size)];
  return large === undefined || factor === null ? null : { dollars: rounded(large * factor), per: 'hour' };
}

/** `about $0.65 a month`. */
export function roughly({ dollars, per }: RoughPrice): string {
  const digits = dollars < 0.1 ? 4 : dollars < 100 ? 2 : 0;
  return `about $${dollars.toFixed(digits)}${per === 'once' ? ' once' : per === 'hour' ? ' an hour' : ' a month'}`;
}

/** `4xlarge` is four times `xlarge`. */
function factorOf(size: string): number | null {
  const times = /^(\d{1,2})xlarge$/.exec(size)?.[1];
  return times === undefined ? (sizes[size] ?? null) : Number(times) * 2;
}

function rounded(dollars: number): number {
  return Math.round(dollars * 10_000) / 10_000;
}
