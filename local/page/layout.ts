import { type Html, html } from './html.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--accent:#2563eb}
@media(prefers-color-scheme:dark){:root{--accent:#7aa7ff}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,"Apple SD Gothic Neo","Malgun Gothic",sans-serif;max-width:72rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
a{color:var(--accent)}code,pre{font:13px/1.5 ui-monospace,monospace}
pre{background:var(--soft);padding:.8rem;overflow:auto;border-radius:6px;white-space:pre-wrap;word-break:break-word}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.soft{opacity:.7}.wide{word-break:break-word}
nav a{margin-right:.8rem}nav a[aria-current]{font-weight:700;text-decoration:none;color:inherit}
button{font:inherit;padding:.15rem .6rem;border:1px solid var(--line);border-radius:5px;background:var(--soft);color:inherit;cursor:pointer}
iframe{width:100%;height:70vh;border:1px solid var(--line);border-radius:6px;background:#fff}
.card{border:1px solid var(--line);border-radius:10px;padding:1rem;max-width:26rem}
.card img{max-width:100%;border-radius:6px}
`;

/** Sends a button's play to the outbox and shows the page anew. */
const SCRIPT = `
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-path]');
  if (!button) return;
  button.disabled = true;
  const response = await fetch(button.dataset.path, {
    method: 'POST', headers: {'content-type': 'application/json'}, body: button.dataset.body });
  if (response.ok) return location.reload();
  button.disabled = false;
  alert((await response.json()).message);
});
`;

/** Nothing but what this page itself brings may run; pictures of messages may come from anywhere. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export const contentSecurity = (nonce: string): string =>
  `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; ` +
  "img-src data: https: http:; font-src https: http: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A whole page. */
export function layout(title: string, nonce: string, body: Html): string {
  const raw = { style: STYLE, script: SCRIPT };
  const { text } = html`<title>${title}</title>`;
  return [
    '<!doctype html><html lang="ko"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    text,
    `<style>${raw.style}</style></head><body>`,
    body.text,
    `<script nonce="${nonce}">${raw.script}</script></body></html>`,
  ].join('');
}

/** A button that plays an action of the outbox. */
export const playButton = (label: string, path: string, body: Readonly<Record<string, unknown>>): Html =>
  html`<button data-path="${path}" data-body="${JSON.stringify(body)}">${label}</button> `;
