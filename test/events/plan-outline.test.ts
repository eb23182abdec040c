import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPlan } from '../../scripts/plan-files.ts';
import { planOutline } from '../../scripts/plan-outline.ts';

it('the outline of a plan names what rules may ask: an event’s properties, those of its items, and which are personal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'repoint-plan-'));
  const event = {
    title: 'gift_sent',
    description: 'A gift was sent.',
    'x-version': 1,
    type: 'object',
    properties: {
      to: { type: 'string', 'x-pii': 'hash', description: 'Whom to.' },
      note: { type: 'string', 'x-pii': 'drop' },
      price: { type: ['number', 'null'] },
      tags: { type: 'array', items: { type: 'string' } },
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: { item_id: { type: 'string' }, by: { type: 'string', 'x-pii': 'hash' } },
        },
      },
    },
  };
  writeFileSync(join(folder, 'gift_sent.json'), JSON.stringify(event));
  expect(planOutline(readPlan(folder))).toEqual({
    gift_sent: {
      description: 'A gift was sent.',
      properties: {
        to: { type: 'string', description: 'Whom to.', personal: 'hash' },
        note: { type: 'string', personal: 'drop' },
        price: { type: 'number or null' },
        tags: { type: 'array' },
        'items.item_id': { type: 'string' },
        'items.by': { type: 'string', personal: 'hash' },
      },
    },
  });
  rmSync(folder, { recursive: true });
});
