import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder } from '../../local/aws/support/folder.ts';
import { NOW } from './generate.ts';
import { openWorlds, type Worlds } from './lake-world.ts';
import type { Told } from './world.ts';

/** Worlds in a lake of their own, there while tests run. Call it once, at the top of a test file. */
export function worldsFixture(): () => Worlds {
  const dir = temporaryFolder();
  let worlds: Worlds;
  beforeAll(async () => {
    mkdirSync(join(dir, 's3'), { recursive: true });
    worlds = await openWorlds(join(dir, 's3'));
  });
  afterAll(() => worlds.close());
  return () => worlds;
}

/** A view of an item now, by the person of that number. */
export const viewedBy = (
  index: number,
  properties: Told['properties'],
  envelope: Told['envelope'] = {},
): Told => ({
  eventId: `e${index}`,
  name: 'view_item',
  occurredAt: NOW,
  receivedAt: NOW,
  userId: `u${index}`,
  anonymousId: undefined,
  bot: false,
  properties,
  envelope,
});
