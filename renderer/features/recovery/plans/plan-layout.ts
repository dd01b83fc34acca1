/** Where the steps of a plan stand in the picture of its order. Pure; in units of the picture. */
import { wavesOf, type PlanStep } from '../../../../shared/model/recovery-plans.ts';

export type PlacedStep = {
  readonly id: string;
  readonly title: string;
  /** From 1: those of the same one go at the same time. */
  readonly wave: number;
  readonly y: number;
};
/** Beside the boxes, from a step to one that waits for it: no edge runs through another step. */
export type PlacedEdge = {
  readonly key: string;
  readonly fromY: number;
  readonly toY: number;
  /** How far it goes out. */
  readonly reach: number;
};
export type PlacedWave = { readonly number: number; readonly from: number; readonly to: number };

export type PlanLayout = {
  readonly steps: readonly PlacedStep[];
  readonly edges: readonly PlacedEdge[];
  readonly waves: readonly PlacedWave[];
  readonly width: number;
  readonly height: number;
};

export const planBox = { left: 22, width: 218, height: 30 } as const;
const [gap, waveGap, top] = [6, 18, 4];
const reach = { least: 12, perRow: 7, most: 74 } as const;

/** Steps below each other, wave after wave. Steps in a circle are in no wave, and not in the picture. */
export function layoutOf(steps: readonly Pick<PlanStep, 'id' | 'title' | 'after'>[]): PlanLayout {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const placed = new Map<string, PlacedStep & { readonly row: number }>();
  const waves: PlacedWave[] = [];
  let y = top;
  for (const [index, ids] of wavesOf(steps).entries()) {
    const from = y;
    for (const id of ids) {
      placed.set(id, { id, title: byId.get(id)?.title ?? '', wave: index + 1, y, row: placed.size });
      y += planBox.height + gap;
    }
    waves.push({ number: index + 1, from, to: y - gap });
    y += waveGap - gap;
  }
  const edges = [...placed.values()].flatMap((to) =>
    (byId.get(to.id)?.after ?? []).flatMap((before): PlacedEdge[] => {
      const from = placed.get(before);
      if (from === undefined) return [];
      const out = Math.min(reach.most, reach.least + reach.perRow * (to.row - from.row));
      const middle = planBox.height / 2;
      return [{ key: `${before} ${to.id}`, fromY: from.y + middle, toY: to.y + middle, reach: out }];
    }),
  );
  const farthest = Math.max(0, ...edges.map((edge) => edge.reach));
  return {
    steps: [...placed.values()].map(({ row: _row, ...step }) => step),
    edges,
    waves,
    // A curve goes three quarters of the way to what pulls it.
    width: planBox.left + planBox.width + Math.ceil(farthest * 0.75) + 6,
    height: Math.max(planBox.height + 2 * top, y - waveGap + top),
  };
}
