import { createHash } from 'node:crypto';
import type { Due, Registry, RegistryKey, Stored } from './ports.ts';
import { conflict } from './protocol/errors.ts';
import type { EngineCtx, OperationName } from './protocol/operation.ts';

/** What identifies a repeat: operation, scope (the application, if there is one yet), and the caller's own key. */
export interface Creation {
  readonly operation: OperationName;
  readonly scope: string;
  /** The operation's input: the same Idempotency-Key with another one is refused. */
  readonly input: unknown;
}

/** Written into a row that was created with an Idempotency-Key; later writes keep it by spreading the row they read. */
interface Fingerprinted {
  readonly requestHash?: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Creates a row once per Idempotency-Key (our extension header): the id is derived from scope, operation and key, so
 * that a repeat meets the first row and answers with it. Without the header every call creates. Throws
 * ConflictException when the key comes again with another input.
 */
export async function createOnce<Row extends object>(
  registry: Registry,
  ctx: EngineCtx,
  creation: Creation,
  make: (id: string) => { key: RegistryKey; row: Row; due?: Due },
): Promise<{ stored: Stored<Row>; repeated: boolean }> {
  const { idempotencyKey } = ctx;
  const id =
    idempotencyKey === undefined
      ? ctx.newId()
      : sha256([creation.scope, creation.operation, idempotencyKey].join('\0')).slice(0, 32);
  const { key, row, due } = make(id);
  const requestHash =
    idempotencyKey === undefined ? {} : { requestHash: sha256(JSON.stringify(creation.input)) };
  const created = await registry.create({ ...key }, { ...row, ...requestHash }, due);
  if (created) return { stored: created, repeated: false };
  const first = await registry.get<Row & Fingerprinted>(key);
  if (!first || first.row.requestHash !== requestHash.requestHash) {
    throw conflict('This Idempotency-Key was already used with another body');
  }
  return { stored: first, repeated: true };
}
