/** Restores in AWS: previewed and created. What becomes of them is asked of `restoreRuns`, as of all restore runs. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { awsRegionMapSchema, awsRestorePreviewSchema, awsRestoreRequestSchema } from './aws-restores.ts';
import { regionSchema } from './aws-sources.ts';
import { issueSchema, progressSchema, repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { restoreRunSchema } from './restore-runs.ts';

export const awsRestoresContract = {
  /** What a restore would do, without doing or keeping anything: every call is only tried out. */
  preview: oc
    .input(awsRestoreRequestSchema)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), progress: progressSchema }),
          z.object({ type: z.literal('issue'), issue: issueSchema }),
          z.object({ type: z.literal('notice'), text: z.string() }),
          z.object({ type: z.literal('done'), result: awsRestorePreviewSchema }),
        ]),
      ),
    ),
  /** Plans it as it is there now. Nothing is made in AWS before the run is started. */
  create: oc
    .input(awsRestoreRequestSchema.extend({ title: z.string().trim().min(1).max(200).optional() }))
    .output(restoreRunSchema),
  maps: oc.input(z.object({})).output(z.object({ maps: z.array(awsRegionMapSchema) })),
  /** What one region calls what another has; it is saved in the repository. Null takes it back. */
  saveMap: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        from: regionSchema,
        to: regionSchema,
        map: awsRegionMapSchema.omit({ from: true, to: true }).nullable(),
      }),
    )
    .output(savedSchema),
};
