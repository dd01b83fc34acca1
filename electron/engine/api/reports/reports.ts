import { reportFiles } from '../../monitoring/reports/formats.ts';
import { handlers } from '../context.ts';
import { makeReport, reportsFor } from './make-report.ts';

export const reportsHandlers = {
  list: handlers.reports.list.handler(({ context }) => ({ reports: reportsFor(context).map((kind) => ({ ...kind })) })),

  make: handlers.reports.make.handler(async ({ input: { report, period, zone, of, formats }, context }) => {
    const document = await makeReport(context, { report, period, zone: zone ?? null, of });
    const files = (await Promise.all(formats.map((format) => reportFiles(document, format)))).flat();
    return {
      document: { ...document },
      files: files.map(({ name, mediaType, bytes }) => ({ name, mediaType, content: bytes.toString('base64') })),
    };
  }),
};
