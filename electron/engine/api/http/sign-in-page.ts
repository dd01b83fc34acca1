/**
 * The page of a one-time link. The secret stands behind the `#`, which no browser sends anywhere; the page's script takes
 * it out of the address and posts it. So a preview of the link, or a look at it by a proxy, does not use it up.
 */
import { proofHeader, proofItem } from '../../../../shared/model/console-proof.ts';

const page = (body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast</title>
<link rel="stylesheet" href="/sign-in.css">
</head>
<body>
<main>
<h1>Holdfast</h1>
${body}
</main>
</body>
</html>
`;

export const signInPage = page(`<p id="words" role="status">Opening the console…</p>
<noscript><p>The console needs JavaScript, which is switched off in this browser.</p></noscript>
<script src="/sign-in.js"></script>`);

export const notBuiltPage =
  page(`<p>The engine runs, but the pages of the console are not there: they were not built.</p>
<p>In a checkout, run <code>npm run build:renderer</code> and load this page again. The command line and the API work in any
case.</p>`);

export const signInStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 36rem; margin: 20vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.25rem; }
`;

export const signInScript = `'use strict';
const say = (text) => {
  document.getElementById('words').textContent = text;
};
const post = (path, body) =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', '${proofHeader}': localStorage.getItem('${proofItem}') ?? '' },
    body: JSON.stringify(body),
    credentials: 'same-origin',
  });
async function signIn() {
  const { hash } = location;
  history.replaceState(null, '', '/login');
  if (!/^#[\\w-]{43}$/.test(hash)) {
    // Anything else behind the # is a place in the console that somebody wanted to go to.
    if (await isSignedIn()) return location.replace('/' + hash);
    return say('This browser is not signed in. Open the link that the command “holdfast console-link” prints.');
  }
  const answer = await post('/login', { secret: hash.slice(1) });
  // Somebody who is signed in already needs no link.
  if (answer.ok) localStorage.setItem('${proofItem}', (await answer.json()).proof);
  if (answer.ok || (await isSignedIn())) return location.replace('/');
  const report = await answer.json();
  say(report.meaning + ' ' + report.action);
}
async function isSignedIn() {
  return (await post('/rpc/console/me', { json: {} })).ok;
}
const begin = () => signIn().catch(() => say('The engine does not answer. Is it still running?'));
// Another link that is opened while this page is shown changes nothing but what is behind the #.
addEventListener('hashchange', begin);
begin();
`;
