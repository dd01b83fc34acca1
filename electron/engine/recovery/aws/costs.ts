/** Roughly what a restore in AWS costs: what is new, as quantities, with prices of a certain date where they are known. */
import type { AwsCost } from '../../../../shared/contract/aws-restores.ts';
import { instancePrice, snapshotPrice, transferPrice, volumePrice } from '../../../../shared/model/aws-prices.ts';
import { madeBy, type Deed } from './deeds.ts';

export function costsOf(deeds: readonly Deed[]): readonly AwsCost[] {
  return deeds.flatMap((deed): AwsCost[] => {
    if (deed.do === 'copy-snapshot') return copyCosts(deed.id, deed.sizeGiB);
    if (deed.do === 'make-volume') return [volumeCost(deed.type, deed.sizeGiB)];
    if (deed.do !== 'launch') return [];
    const note = 'By the hour, for as long as it runs; Windows and other licences come on top.';
    const roughly = instancePrice(deed.type);
    return [
      { what: `${deed.type} instance`, quantity: 1, unit: 'instance', note, roughly },
      ...deed.devices.map(({ type, sizeGiB }) => volumeCost(type, sizeGiB)),
    ];
  });
}

function copyCosts(id: string, sizeGiB: number): AwsCost[] {
  const kept = `At most so much by the month until ${madeBy(id)} is removed.`;
  const once = 'At most so much, once, for the way between the regions.';
  return [
    { what: 'snapshot copy', quantity: sizeGiB, unit: 'GiB', note: kept, roughly: snapshotPrice(sizeGiB) },
    { what: 'transfer', quantity: sizeGiB, unit: 'GiB', note: once, roughly: transferPrice(sizeGiB) },
  ];
}

function volumeCost(type: string, sizeGiB: number): AwsCost {
  return {
    what: `${type} volume`,
    quantity: sizeGiB,
    unit: 'GiB',
    note: 'By the month, for as long as it is kept. What it takes the place of is kept too.',
    roughly: volumePrice(type, sizeGiB),
  };
}
