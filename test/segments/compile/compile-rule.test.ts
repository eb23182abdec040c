import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../local/aws/support/folder.ts';
import { rule, world } from '../naive/generate.ts';
import { difference, openWorlds, type Worlds } from '../naive/lake-world.ts';

const s3Dir = temporaryFolder();
let worlds: Worlds;
beforeAll(async () => {
  worlds = await openWorlds(s3Dir);
});
afterAll(() => worlds.close());

/** A world costs more to write than a rule to ask. */
const RULES = 40;

describe('a compiled rule', () => {
  it('finds exactly the members that the rule read aloud finds, in any world', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.array(rule, { minLength: RULES, maxLength: RULES }), async (of, rules) => {
        await worlds.write(of);
        for (const asked of rules) expect(await difference(worlds, asked, of)).toBeUndefined();
      }),
      { numRuns: Number(process.env['REPOINT_WORLDS'] ?? 5), endOnFailure: true },
    );
  });
});
