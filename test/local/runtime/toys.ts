import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock, type SettableClock } from '../../../local/clock.ts';
import type { FunctionDefinition } from '../../../local/runtime/functions/definition.ts';
import { Functions } from '../../../local/runtime/functions/functions.ts';
import { payloadJson } from '../../../local/runtime/functions/invocation.ts';

/** A folder of its own for one test file; `remove` deletes it. */
export function scratch(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-runtime-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Writes a bundle whose `handler` is the given source of `async (event, context) => …`. */
export function toyBundle(dir: string, name: string, handler: string, before = ''): string {
  const codeDir = join(dir, 'code', name);
  mkdirSync(codeDir, { recursive: true });
  writeFileSync(join(codeDir, 'index.mjs'), `${before}\nexport const handler = ${handler};\n`);
  return codeDir;
}

export const arnOf = (name: string): string => `arn:aws:lambda:ap-northeast-2:000000000000:function:${name}`;

export interface Toy {
  readonly handler: string;
  /** Code at module level, run once a worker. */
  readonly before?: string;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMb?: number;
}

export function definitionOf(dir: string, name: string, toy: Toy): FunctionDefinition {
  return {
    name,
    arn: arnOf(name),
    codeDir: toyBundle(dir, name, toy.handler, toy.before),
    handler: 'index.handler',
    timeoutMs: toy.timeoutMs ?? 5_000,
    memoryMb: toy.memoryMb ?? 128,
    logGroupName: `/aws/lambda/${name}`,
    environment: toy.environment ?? {},
    concurrency: toy.concurrency ?? 2,
  };
}

/** Real functions made of toy handlers. */
export function toyFunctions(
  dir: string,
  toys: Readonly<Record<string, Toy>>,
  clock: SettableClock = createClock(),
  more: Partial<ConstructorParameters<typeof Functions>[0]> = {},
): Functions {
  return new Functions({
    definitions: Object.entries(toys).map(([name, toy]) => definitionOf(dir, name, toy)),
    clock: clock.shared,
    logDir: join(dir, 'logs'),
    ...more,
  });
}

/** Invokes and reads the answer, whatever it is. */
export async function answerOf<T>(functions: Functions, name: string, event: unknown = {}): Promise<T> {
  return payloadJson<T>(await functions.invoke(name, event));
}
