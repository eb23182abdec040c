import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { transformSync } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTracker, MAX_GZIPPED_BYTES } from '../../scripts/tracker-build.ts';
import type { Repoint } from '../../web/tracker/api.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SCRIPTS = ['repoint.js', 'repoint.mjs'];
let dist: string;

beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), 'repoint-tracker-'));
  buildTracker(dist);
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

const read = (file: string): string => readFileSync(join(dist, file), 'utf8');
const imported = async (): Promise<Repoint> =>
  ((await import(join(dist, 'repoint.mjs'))) as { repoint: Repoint }).repoint;

const PAGE = `
import { repoint } from './repoint.js';
repoint.init({ url: 'https://collector.example.com/v1', key: 'k' });
repoint.init({ url: 'https://collector.example.com/v1', key: 'k', consent: true, autoPageView: false });
repoint.track('page_view');
repoint.track('add_to_cart', { item_id: 'P1', quantity: 1, colour: 'blue' });
repoint.addToCart({ item_id: 'P1', quantity: 1 });
repoint.login({ user_id: 'u1', method: 'kakao' });
repoint.pageView();
repoint.flush().then((done: boolean) => done);
// @ts-expect-error: the plan has no such event
repoint.track('add_to_kart', { item_id: 'P1', quantity: 1 });
// @ts-expect-error: quantity is required
repoint.track('add_to_cart', { item_id: 'P1' });
// @ts-expect-error: properties are required
repoint.track('add_to_cart');
// @ts-expect-error: an item's id is text
repoint.addToCart({ item_id: 1, quantity: 1 });
// @ts-expect-error: there is no such call
repoint.addToKart();
// @ts-expect-error: the key is missing
repoint.init({ url: 'https://collector.example.com/v1' });
`;

/** What TypeScript says of a page's script that uses the declarations. */
function complaints(script: string): string[] {
  const file = join(dist, 'page.ts');
  writeFileSync(file, script);
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipDefaultLibCheck: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2019.d.ts'],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the built tracker', () => {
  it.each(SCRIPTS)('%s is no larger, gzipped, than a page may be made to load', (file) => {
    expect(gzipSync(read(file)).length).toBeLessThanOrEqual(MAX_GZIPPED_BYTES);
  });

  it.each(SCRIPTS)('%s is ES2019 and loads nothing', (file) => {
    const written = (target: string): string => transformSync(read(file), { target }).code;
    // Nothing in it has to be put in other words for such a browser.
    expect(written('es2019') === written('esnext')).toBe(true);
    expect(read(file)).not.toMatch(/\bimport\b|\brequire\b/);
  });

  it('can be imported where there is no browser, and waits', async () => {
    const repoint = await imported();
    repoint.track('page_view');
    repoint.identify('u1');
    repoint.consent(false);
  });

  it('has a call for each event of the plan, and knows their names from the plan', async () => {
    const repoint = await imported();
    const plan = readdirSync(join(ROOT, 'schemas', 'events', 'plan')).filter((file) =>
      file.endsWith('.json'),
    );
    const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
    for (const file of plan) expect(repoint).toHaveProperty(camelCase(basename(file, '.json')));
    const others = ['init', 'track', 'identify', 'reset', 'consent', 'flush'];
    expect(Object.keys(repoint)).toHaveLength(plan.length + others.length);
  });

  it('has types that let the plan through and nothing beside it', () => {
    expect(complaints(PAGE)).toEqual([]);
  });

  it('comes with the snippet that the documents show', () => {
    expect(readFileSync(join(ROOT, 'docs', 'tracker.md'), 'utf8')).toContain(read('snippet.html').trim());
  });
});
