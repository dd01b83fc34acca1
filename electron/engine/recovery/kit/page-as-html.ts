/** The kit as one HTML page that needs nothing else: no script, no picture, no font from elsewhere; made to be printed. */
import { htmlPage } from '../../../../shared/model/html-page.ts';
import { escapeHtml } from '../../../../shared/model/safe-text.ts';
import type { Page, Section } from './page.ts';

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.7rem; margin: 0 0 .25rem; }
  h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; border-bottom: 1px solid #999; padding-bottom: .2rem; }
  p { margin: .5rem 0; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; }
  dt { color: #444; max-width: 18rem; overflow-wrap: anywhere; }
  dd { margin: 0; overflow-wrap: anywhere; }
  pre { font: 13px/1.45 ui-monospace, monospace; background: #f2f2f2; border: 1px solid #ccc; padding: .5rem .75rem; margin: .15rem 0 .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
  .purpose { margin-bottom: 0; }
  section { break-inside: avoid-page; }
  @media print { body { margin: 0; max-width: none; font-size: 11pt; } pre { background: none; } }
`;

export function pageAsHtml({ title, lead, sections }: Page): string {
  const body = `<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(lead)}</p>
${sections.map(sectionHtml).join('\n')}`;
  return htmlPage({ title, style, body });
}

function sectionHtml({ title, paragraphs, facts, commands }: Section): string {
  const parts = [
    `<h2>${escapeHtml(title)}</h2>`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(facts.length === 0 ? [] : [`<dl>\n${facts.map(factHtml).join('\n')}\n</dl>`]),
    ...commands.map(
      ({ purpose, command }) =>
        `<p class="purpose">${escapeHtml(purpose)}</p>\n<pre><code>${escapeHtml(command)}</code></pre>`,
    ),
  ];
  return `<section>\n${parts.join('\n')}\n</section>`;
}

function factHtml([name, value]: readonly [string, string]): string {
  return `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`;
}
