/** A shop with the tracker in its pages, and the browser that visits it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTracker } from '../../scripts/tracker-build.ts';
import type { Options } from '../../web/tracker/api.ts';
import { closed, listening } from './gate.ts';

const SNIPPET = readFileSync(join(import.meta.dirname, '../../web/tracker/snippet.html'), 'utf8');

export interface Shop {
  readonly url: string;
  /** What its pages call `init` with; pages under `/plain` have no tracker, under `/module` they import it. */
  options: Options;
  /** How long the script takes to come, in ms. */
  slow: number;
  close(): Promise<void>;
}

/** Replaces what a shop is told to replace in the snippet; throws when the snippet has no such place. */
function snippet(options: Options): string {
  const filled = SNIPPET.replace(
    "{url:'https://YOUR-API/v1',key:'YOUR-KEY'}",
    JSON.stringify(options),
  ).replace('https://YOUR-HOST/repoint.js', '/repoint.js');
  if (filled.includes('YOUR')) throw new Error(`The snippet has other places: ${filled}`);
  return filled;
}

const module = (options: Options): string =>
  `<script type="module">import { repoint } from '/repoint.mjs'; window.repoint = repoint; repoint.init(${JSON.stringify(options)});</script>`;

function page(path: string, options: Options): string {
  const tracker = path.startsWith('/plain')
    ? ''
    : path.startsWith('/module')
      ? module(options)
      : snippet(options);
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>${path}</title>${tracker}</head><body></body></html>`;
}

export async function openShop(): Promise<Shop> {
  const dist = mkdtempSync(join(tmpdir(), 'repoint-tracker-'));
  buildTracker(dist);
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').replace(/\?.*/, '');
    if (/^\/repoint\.m?js$/.test(path)) {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      const script = readFileSync(join(dist, path));
      setTimeout(() => response.end(script), shop.slow);
    } else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(page(path, shop.options));
    }
  });
  const shop: Shop = {
    url: await listening(server),
    options: { url: '', key: '' },
    slow: 0,
    async close() {
      await closed(server);
      rmSync(dist, { recursive: true, force: true });
    },
  };
  return shop;
}

/** Where a Chromium is; undefined when this machine has none. */
export function chromiumPath(): string | undefined {
  const given = process.env['REPOINT_CHROMIUM'];
  if (given) return given;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not under this name.
    }
  }
  return undefined;
}
