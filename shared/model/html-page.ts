/** The frame of an HTML page that is kept as a file: it needs nothing else, and its own policy lets it load nothing. */
import { escapeHtml } from './safe-text.ts';

/** `title` is plain text; `style` and `body` are taken as they are: whatever comes from outside is escaped in them already. */
export function htmlPage({
  title,
  style,
  body,
}: {
  readonly title: string;
  readonly style: string;
  readonly body: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
