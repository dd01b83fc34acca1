import { diagnose } from './about/diagnostics.ts';
import { metricsNow } from './about/metrics-now.ts';
import { handlers } from './context.ts';

export const engineHandlers = {
  about: handlers.engine.about.handler(({ context }) => context.life.about()),
  diagnostics: handlers.engine.diagnostics.handler(({ context }) => diagnose(context)),
  metrics: handlers.engine.metrics.handler(async ({ context }) => ({ metrics: await metricsNow(context) })),
};
