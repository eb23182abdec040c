import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const json = (...path: string[]) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8')) as unknown;

const lake = lakeFixture('recommended_properties', 'traffic_source_rules');

describe('views that hold data', () => {
  it('recommended_properties holds what the tracking plan recommends, and nothing else', async () => {
    const folder = join('schemas', 'events', 'plan');
    const planned = readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => {
        const schema = json(folder, file) as { title: string; 'x-recommended'?: string[] };
        return (schema['x-recommended'] ?? []).map((property) => [schema.title, property]);
      });
    const held = await lake.query('SELECT name, property FROM recommended_properties');
    expect(held.sort()).toEqual(planned.sort());
  });

  it('traffic_source_rules holds the rules of lib/events/traffic-sources.json, each pattern once', async () => {
    const { rules } = json('lib', 'events', 'traffic-sources.json') as {
      rules: Record<'kind' | 'pattern' | 'source' | 'medium' | 'channel', string | undefined>[];
    };
    const held = await lake.query('SELECT kind, pattern, source, medium, channel FROM traffic_source_rules');
    const wanted = rules.map(({ kind, pattern, source, medium, channel }) => [
      kind,
      pattern,
      source,
      medium,
      channel,
    ]);
    expect(held.sort()).toEqual(wanted.sort());
    expect(new Set(held.map(([kind, pattern]) => `${kind} ${pattern}`)).size).toBe(held.length);
  });
});
