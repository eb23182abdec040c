/**
 * The process that holds the tables: dynalite on LevelDB, on a core of its own. It ends when its parent goes away,
 * however that happens, because the channel between them closes.
 */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_WAIT_MS = 10_000;
const CLOSE_WITHIN_MS = 3_000;
/** Parameters that dynalite would drop, but that `refuseUnknown` must let through because they change no answer. */
const HARMLESS = new Set(['Tags', 'TableClass', 'DeletionProtectionEnabled']);

interface WireFailure extends Error {
  statusCode: number;
  body: Record<string, unknown>;
}
type Types = Record<string, unknown>;
type ConditionCheck = (request: Record<string, unknown>, found?: unknown) => WireFailure | null | undefined;

const load = createRequire(import.meta.url);
const part = createRequire(load.resolve('dynalite'));

/** dynalite drops what it does not know; a stand-in must say so instead. */
function refuseUnknown(): void {
  const validations = part('./validations/index.js') as {
    checkTypes: (request: Record<string, unknown>, types: Types) => unknown;
  };
  const checkTypes = validations.checkTypes;
  validations.checkTypes = (request, types) => {
    const unknown = Object.keys(request).find((key) => !(key in types) && !HARMLESS.has(key));
    if (unknown === undefined) return checkTypes(request, types);
    const message = `The local stand-in does not know the parameter ${unknown}`;
    const body = { __type: 'com.amazon.coral.validate#ValidationException', message };
    throw Object.assign(new Error(message), { statusCode: 400, body });
  };
}

/** Adds ReturnValuesOnConditionCheckFailure, which DynamoDB has and dynalite lacks. */
function returnItemOnFailedCondition(): void {
  for (const action of ['putItem', 'updateItem', 'deleteItem']) {
    const { types } = part(`./validations/${action}.js`) as { types: Types };
    types['ReturnValuesOnConditionCheckFailure'] = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
  }
  const db = part('./db/index.js') as { checkConditional: ConditionCheck };
  const checkConditional = db.checkConditional;
  db.checkConditional = (request, found) => {
    const failure = checkConditional(request, found);
    if (failure && found && request['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD')
      failure.body['Item'] = found;
    return failure;
  };
}

/** Scan takes ConsistentRead in DynamoDB, not in dynalite, where every read is consistent. */
function scanConsistently(): void {
  const { types } = part('./validations/scan.js') as { types: Types };
  types['ConsistentRead'] = 'Boolean';
}

/** A former parent that was killed may have left a child that is still closing: its lock goes within seconds. */
async function waitForLock(path: string): Promise<void> {
  const { Level } = part('level') as {
    Level: new (path: string) => { open(): Promise<void>; close(): Promise<void> };
  };
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const level = new Level(path);
    try {
      await level.open();
      return await level.close();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** A client that hangs up in the middle of a request makes dynalite throw; no data is concerned. */
function surviveHangUps(): void {
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
    console.error('The local DynamoDB failed', error);
    process.exit(1);
  });
}

function endWithParent(server: Server): void {
  const end = (): void => {
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS).unref();
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 500).unref();
  };
  process.once('disconnect', end);
  process.once('SIGTERM', end);
  // Ctrl-C reaches the whole group; the parent still has to write and then closes this process itself.
  process.on('SIGINT', () => undefined);
}

const path = process.argv[2] ?? '';
refuseUnknown();
returnItemOnFailedCondition();
scanConsistently();
surviveHangUps();
await waitForLock(path);
const dynalite = load('dynalite') as (options: object) => Server;
const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.keepAliveTimeout = 120_000;
endWithParent(server);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
