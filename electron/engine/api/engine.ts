import { diagnose } from './about/diagnostics.ts';
import { metricsNow } from './about/metrics-now.ts';
import { handlers } from './context.ts';

export const engineHandlers = {
  about: handlers.engine.about.handler(async ({ context: { life, bounds } }) => {
    const about = await life.about();
    // Where the home lies is of no use to who may not look into it.
    return bounds.isOwner ? about : { ...about, home: '', logFolder: '' };
  }),
  diagnostics: handlers.engine.diagnostics.handler(({ context }) => diagnose(context)),
  openapi: handlers.engine.openapi.handler(async ({ context: { console, life } }) => {
    // Its kit is loaded where somebody reads the document.
    const { openApiOf } = await import('./http/open-api.ts');
    return { document: { ...(await openApiOf(life.version, console?.origin ?? null)) } };
  }),
  metrics: handlers.engine.metrics.handler(async ({ context }) => ({ metrics: await metricsNow(context) })),
};
