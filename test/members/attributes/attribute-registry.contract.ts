import { expect, it } from 'vitest';
import type { AttributeRegistry } from '../../../lambdas/members/ports.ts';

/** What every registry of attributes promises. `prefix` begins the names of this test alone. */
export function attributeRegistryContract(open: () => { registry: AttributeRegistry; prefix: string }): void {
  const mine = async ({ registry, prefix }: ReturnType<typeof open>) =>
    (await registry.all()).filter(({ name }) => name.startsWith(prefix));

  it('adds to what it has, in the order of names, and takes a repeat for what it is', async () => {
    const at = open();
    const { registry, prefix } = at;
    for (let time = 0; time < 2; time++) {
      await registry.add(`${prefix}등급`, { types: ['text'], examples: ['GOLD', 5], many: false });
      await registry.add(`${prefix}등급`, { types: ['number', 'text'], examples: ['VIP'], many: false });
      await registry.add(`${prefix}a`, { types: ['date'], examples: [], many: false });
    }
    expect(await mine(at)).toEqual([
      { name: `${prefix}a`, types: ['date'], examples: [], many: false },
      { name: `${prefix}등급`, types: ['number', 'text'], examples: ['GOLD', 'VIP', 5], many: false },
    ]);
  });

  it('forgets examples for good once there are too many values', async () => {
    const at = open();
    await at.registry.add(`${at.prefix}b`, { types: ['text'], examples: ['x'], many: false });
    await at.registry.add(`${at.prefix}b`, { types: [], examples: [], many: true });
    await at.registry.add(`${at.prefix}b`, { types: [], examples: ['y'], many: false });
    expect(await mine(at)).toEqual([{ name: `${at.prefix}b`, types: ['text'], examples: [], many: true }]);
  });
}
