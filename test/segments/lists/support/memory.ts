import { type List, shardsOf } from '../../../../lambdas/segments/lists/list.ts';
import type {
  ListFiles,
  Lists,
  MatchMessage,
  People,
  StoredList,
  Unmatched,
} from '../../../../lambdas/segments/lists/ports.ts';
import type { Row } from '../../../../lambdas/segments/lists/read-upload.ts';
import { notFound } from '../../../../lambdas/shared/errors.ts';

export function memoryLists(): Lists {
  const rows = new Map<string, StoredList>();
  const on = new Map<string, Set<string>>();
  const write = (list: List, revision: number): StoredList => {
    const stored = { list, revision };
    rows.set(list.id, stored);
    return stored;
  };
  return {
    find: async (id) => rows.get(id),
    create: async (list) => (rows.has(list.id) ? undefined : write(list, 1)),
    replace: async ({ list, revision }, next) =>
      rows.get(list.id)?.revision === revision ? write(next, revision + 1) : undefined,
    all: async () => [...rows.values()],
    writeIds: async (list, userIds) => void on.set(list.id, new Set(userIds)),
    async *ids(id) {
      yield [...(on.get(id) ?? [])];
    },
    having: async (list, userIds) => userIds.filter((userId) => on.get(list.id)?.has(userId)),
    async takeOff({ id }, userId) {
      const stored = rows.get(id);
      if (!on.get(id)?.delete(userId) || stored?.list.counts === undefined) return;
      const { counts } = stored.list;
      write({ ...stored.list, counts: { ...counts, members: counts.members - 1 } }, stored.revision + 1);
    },
    async remove({ id }) {
      rows.delete(id);
      on.delete(id);
    },
  };
}

export function memoryFiles() {
  const objects = new Map<string, unknown>();
  const files: ListFiles = {
    writePart: async (list, part, rows) => void objects.set(`${list}/parts/${part}`, rows),
    async readPart(list, part) {
      const rows = objects.get(`${list}/parts/${part}`);
      if (rows === undefined) throw notFound('What was uploaded has expired; upload it again');
      return rows as Row[];
    },
    writeUnmatched: async (list, file, rows) => void objects.set(`${list}/unmatched/${file}`, rows),
    readUnmatched: async (list, file) => objects.get(`${list}/unmatched/${file}`) as Unmatched[] | undefined,
    async remove(list, what) {
      for (const key of objects.keys())
        if (key.startsWith(what === 'all' ? `${list}/` : `${list}/parts/`)) objects.delete(key);
    },
  };
  return { ...files, objects };
}

export interface Person {
  readonly email?: string;
  readonly phone?: string;
}

/** Members by userId; `others` are known by events alone. */
export function memoryPeople(members: Map<string, Person>, others: readonly string[] = []) {
  const erased: string[] = [];
  const people: People = {
    async *addresses(kind, part, parts) {
      const found = [...members].flatMap(([userId, person]) => {
        const address = person[kind];
        return address === undefined ? [] : [{ userId, address }];
      });
      yield found.filter((_, index) => index % parts === part);
    },
    known: async (userIds) => new Set(userIds.filter((id) => members.has(id) || others.includes(id))),
    members: async (userIds) => new Set(userIds.filter((id) => members.has(id))),
    erased: async () => erased,
  };
  return { ...people, asked: erased };
}

export function memoryQueue() {
  const sent: MatchMessage[] = [];
  return {
    sent,
    send: async (message: MatchMessage) => void sent.push(message),
    sendAll: async (messages: readonly MatchMessage[]) => void sent.push(...messages),
  };
}

export const someList = (id: string, more: Partial<List> = {}): List => ({
  ...{ id, name: id, kind: 'id', recognisedBy: 'request', state: 'open', attempt: 0 },
  parts: [{ id: 'p1', rows: 1200 }],
  ...{ createdAt: '2026-11-01T00:00:00.000Z', createdBy: 'test' },
  ...more,
});

export const shards = shardsOf;
