/** Shapes that many calls share, by the names under which the OpenAPI document has them once. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import type { z } from 'zod';
import { alertSchema } from '../../../../shared/contract/alerts.ts';
import {
  errorReportSchema,
  issueSchema,
  progressSchema,
  repositoryAccessSchema,
} from '../../../../shared/contract/common.ts';
import { drillSchema } from '../../../../shared/contract/drills.ts';
import { engineEventSchema } from '../../../../shared/contract/events.ts';
import { jobSchema } from '../../../../shared/contract/jobs.ts';
import { liveStateSchema } from '../../../../shared/contract/live.ts';
import { planRunSchema } from '../../../../shared/contract/plan-runs.ts';
import { planViewSchema, recoveryPlanSchema } from '../../../../shared/contract/plans.ts';
import { profileDefinitionSchema } from '../../../../shared/contract/profiles.ts';
import { automaticStateSchema } from '../../../../shared/contract/automatic-failover.ts';
import { standbySchema } from '../../../../shared/contract/standby.ts';
import { siteSchema } from '../../../../shared/contract/sites.ts';
import { peerSchema } from '../../../../shared/contract/peers.ts';
import { connectionSchema } from '../../../../shared/contract/repositories.ts';
import { restoreRunSchema } from '../../../../shared/contract/restore-runs.ts';
import { sessionSchema } from '../../../../shared/contract/sessions.ts';
import {
  hookSchema,
  hooksSchema,
  registeredSourceSchema,
  sourceDefinitionSchema,
} from '../../../../shared/contract/sources.ts';
import { tokenSchema } from '../../../../shared/contract/tokens.ts';

const schemas: Readonly<Record<string, z.ZodType>> = {
  Alert: alertSchema,
  AutomaticFailover: automaticStateSchema,
  Connection: connectionSchema,
  Drill: drillSchema,
  ErrorCode: errorReportSchema.shape.code,
  Event: engineEventSchema,
  Hook: hookSchema,
  Hooks: hooksSchema,
  Issue: issueSchema,
  Job: jobSchema,
  LiveState: liveStateSchema,
  Peer: peerSchema,
  PlanRun: planRunSchema,
  PlanView: planViewSchema,
  Profile: profileDefinitionSchema,
  Progress: progressSchema,
  RecoveryPlan: recoveryPlanSchema,
  Report: errorReportSchema,
  RepositoryAccess: repositoryAccessSchema,
  RestoreRun: restoreRunSchema,
  Session: sessionSchema,
  Site: siteSchema,
  Source: registeredSourceSchema,
  SourceDefinition: sourceDefinitionSchema,
  Standby: standbySchema,
  Token: tokenSchema,
};

type Tree = { [key: string]: unknown };
type Document = { components?: { schemas?: object }; paths?: object };

/** The document with each of these shapes in one place, and references to it wherever it stood. Others run in between. */
export async function withNamedSchemas<Given extends Document>(document: Given): Promise<Given> {
  const converter = new ZodToJsonSchemaConverter({ maxStructureDepth: 20 });
  const names = new Map<string, string>();
  const found: [name: string, schema: Tree][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    for (const strategy of ['output', 'input'] as const) {
      const [, made] = converter.convert(schema, { strategy });
      const text = JSON.stringify(made);
      if (names.has(text)) continue;
      const own = strategy === 'output' ? name : `${name}Input`;
      names.set(text, own);
      found.push([own, made]);
    }
  }
  const used = new Set<string>();
  const whole = replaced({ ...document, paths: {} }, names, used, null) as Given;
  const paths: Tree = {};
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    await nextTurn();
    paths[path] = replaced(methods, names, used, null);
  }
  const kept: Tree = {};
  // What is named may hold what is named.
  for (let before = -1; before < used.size;) {
    before = used.size;
    for (const [name, schema] of found) {
      if (used.has(name) && !(name in kept)) kept[name] = replaced(schema, names, used, name);
    }
  }
  const sorted = Object.fromEntries(Object.entries(kept).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { ...whole, paths, components: { ...whole.components, schemas: { ...whole.components?.schemas, ...sorted } } };
}

/** `own`: the name of the part itself, which must not refer to itself. */
function replaced(part: unknown, names: ReadonlyMap<string, string>, used: Set<string>, own: string | null): unknown {
  if (Array.isArray(part)) return part.map((one: unknown) => replaced(one, names, used, null));
  if (typeof part !== 'object' || part === null) return part;
  const name = own === null && isSchema(part) ? names.get(JSON.stringify(part)) : undefined;
  if (name !== undefined) {
    used.add(name);
    return { $ref: `#/components/schemas/${name}` };
  }
  return Object.fromEntries(
    Object.entries(part).map(([key, value]: [string, unknown]) => [key, replaced(value, names, used, null)]),
  );
}

function isSchema(part: object): boolean {
  return 'type' in part || 'enum' in part || 'anyOf' in part || 'oneOf' in part;
}
