import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ListStore } from '../../lambdas/segments/ports.ts';
import { importLine } from '../../lambdas/segments/resolve/scan-members.ts';

/** What every store of lists promises. */
export function listStoreContract(open: () => ListStore): void {
  it('counts the lines of all parts under a prefix, and no other’s', async () => {
    const [lists, prefix] = [open(), `segments/${randomUUID()}/1/`];
    expect(await lists.countLines(prefix)).toBe(0);
    await lists.writePart(prefix, 'part-0-00000.json', importLine('가') + importLine('line\u2028separator'));
    await lists.writePart(prefix, 'part-1-00000.json', importLine('다'));
    await lists.writePart(prefix.replace('/1/', '/2/'), 'part-0-00000.json', importLine('라'));
    expect(await lists.countLines(prefix)).toBe(3);
    expect(lists.url(prefix)).toMatch(/^s3:\/\/.+\/segments\/.+\/1\/$/);
  });
}
