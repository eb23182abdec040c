import type {
  Announced,
  Bits,
  ListedMembers,
  ListStore,
  MemberScan,
  Namings,
  Queries,
  QueryState,
  ResolutionMessage,
  ResolutionStore,
  SegmentStore,
  StoredResolution,
  Time,
} from '../../../lambdas/segments/ports.ts';
import type { Row } from '../../../lambdas/segments/resolve/judge-row.ts';
import { namedSegments } from '../../../lambdas/segments/resolve/pinned-rule.ts';
import type { ResolveSettings } from '../../../lambdas/segments/resolve/settings.ts';
import type { Segment } from '../../../lambdas/segments/segment.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';

export const START = Date.parse('2026-11-21T12:00:00.000Z');

export const ctxAt = (now: number, lastsMs = 60_000): Ctx => ({
  actor: 'test',
  requestId: 'r',
  now,
  deadline: now + lastsMs,
});

export function memorySegments(): SegmentStore & { readonly namings: Namings } {
  const announcements = new Map<string, Announced>();
  const current = new Map<string, Segment>();
  const versions = new Map<string, Segment>();
  const sorted = () => [...current.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return {
    find: async (name) => current.get(name),
    findVersion: async (name, version) => versions.get(`${name} ${version}`),
    async save(segment, replacing, announcedBy) {
      const isOther = announcedBy !== undefined && announcements.get(segment.name)?.by !== announcedBy;
      if (isOther || current.get(segment.name)?.version !== replacing?.version) {
        throw new RepointError('conflict', 'changed at the same time');
      }
      announcements.delete(segment.name);
      current.set(segment.name, segment);
      versions.set(`${segment.name} ${segment.version}`, segment);
    },
    async list(limit, after) {
      const names = sorted().filter((name) => after === undefined || name > after);
      const page = names.slice(0, limit);
      const last = page.at(-1);
      return {
        segments: page.flatMap((name) => current.get(name) ?? []),
        ...(names.length > limit && last !== undefined ? { after: last } : {}),
      };
    },
    names: async () => sorted(),
    namings: {
      async of(name) {
        const segment = current.get(name);
        const announced = announcements.get(name);
        if (segment === undefined) return undefined;
        return { names: namedSegments(segment.rule), ...(announced === undefined ? {} : { announced }) };
      },
      async announce({ name, version }, announced, now) {
        const before = announcements.get(name);
        const isTaken = before !== undefined && before.by !== announced.by && Date.parse(before.until) > now;
        if (isTaken || current.get(name)?.version !== version) return false;
        announcements.set(name, announced);
        return true;
      },
      async withdraw(name, by) {
        if (announcements.get(name)?.by === by) announcements.delete(name);
      },
    },
  };
}

export function memoryResolutions(): ResolutionStore {
  const rows = new Map<string, StoredResolution>();
  const answers = new Map<string, string>();
  const key = (segment: string, id: string) => `${segment}\0${id}`;
  return {
    get: async (segment, id) => rows.get(key(segment, id)),
    async create(resolution) {
      const at = key(resolution.segment, resolution.id);
      if (rows.has(at)) return undefined;
      rows.set(at, { resolution, revision: 1 });
      return rows.get(at);
    },
    async replace(stored, next) {
      const at = key(next.segment, next.id);
      if (rows.get(at)?.revision !== stored.revision) return undefined;
      rows.set(at, { resolution: next, revision: stored.revision + 1 });
      return rows.get(at);
    },
    latest: async (segment, limit) =>
      [...rows.values()]
        .map(({ resolution }) => resolution)
        .filter((resolution) => resolution.segment === segment)
        .sort((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt))
        .slice(0, limit),
    between: async (segment, { from, to }, { limit, after = '' }) =>
      [...rows.values()]
        .map(({ resolution }) => resolution)
        .filter((one) => one.segment === segment && one.id >= from && one.id <= `${to}~` && one.id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    answerTo: async (segment, asker) => answers.get(key(segment, asker)),
    async rememberAnswer(segment, asker, id) {
      const at = key(segment, asker);
      answers.set(at, answers.get(at) ?? id);
      return answers.get(at) ?? id;
    },
  };
}

export interface Queued<Body> {
  readonly body: Body;
  readonly delaySeconds: number;
}

export function memoryQueue<Body = ResolutionMessage>() {
  const sent: Queued<Body>[] = [];
  return {
    sent,
    async send(body: Body, { delaySeconds = 0 } = {}) {
      sent.push({ body, delaySeconds });
    },
    async sendAll(bodies: readonly Body[]) {
      sent.push(...bodies.map((body) => ({ body, delaySeconds: 0 })));
    },
  };
}

export function memoryLists() {
  const parts = new Map<string, string>();
  const under = (prefix: string) =>
    [...parts]
      .filter(([key]) => key.startsWith(prefix))
      .flatMap(([, lines]) => lines.split('\n').filter(Boolean));
  const store: ListStore = {
    url: (prefix) => `s3://work/${prefix}`,
    writePart: async (prefix, part, lines) => void parts.set(`${prefix}${part}`, lines),
    countLines: async (prefix) => under(prefix).length,
  };
  return { ...store, parts, linesAt: (url: string) => under(url.replace('s3://work/', '')) };
}

export const membersOf = (members: readonly Row[]): MemberScan => ({
  async *scan({ part, parts }) {
    const mine = members.filter((_, index) => index % parts === part);
    for (let from = 0; from < mine.length; from += 3) yield mine.slice(from, from + 3);
  },
});

export const stoppedTime = (now = START): Time & { ms: number } => {
  const time = {
    ms: now,
    now: () => time.ms,
    sleep: async (ms: number) => {
      time.ms += ms;
    },
  };
  return time;
};

/** Athena that answers the given states in turn, then goes on with the last; remembers what it was asked to run, and takes no other for the same token. */
export function scriptedQueries(...states: QueryState[]) {
  const started: { sql: string; token: string; id: string }[] = [];
  let asked = 0;
  const queries: Queries = {
    async start(sql, token) {
      const known = started.find((query) => query.token === token);
      if (known && known.sql !== sql) throw new Error('Idempotent parameters do not match');
      if (known) return known.id;
      started.push({ sql, token, id: `q${started.length + 1}` });
      return `q${started.length}`;
    },
    state: async () => states[Math.min(asked++, states.length - 1)] ?? { state: 'running' },
  };
  return { ...queries, started };
}

/** Rows of `segment_bits` by partition. */
export function memoryBits() {
  const parts = new Map<string, string>();
  const store: Bits = {
    writePart: async (partition, part, lines) => void parts.set(`${partition}/${part}`, lines),
  };
  const rowsOf = (partition: string): { user_id: string; bits: string }[] =>
    [...parts]
      .filter(([key]) => key.startsWith(`${partition}/`))
      .flatMap(([, lines]) => lines.split('\n').filter(Boolean))
      .map((line) => JSON.parse(line));
  const partitions = () => new Set([...parts.keys()].map((key) => key.split('/')[0] ?? ''));
  return { ...store, rowsOf, partitions };
}

/** Uploaded lists by their ids. */
export const listsOf = (lists: Readonly<Record<string, readonly string[]>>): ListedMembers => ({
  async of(list) {
    const ids = lists[list];
    if (ids === undefined) throw new RepointError('not_found', `There is no list ${list}`);
    return new Set(ids);
  },
});

export const SETTINGS: ResolveSettings = {
  timeZone: 'Asia/Seoul',
  retentionDays: 730,
  listMs: 14 * 24 * 60 * 60 * 1000,
};

/** What a resolver works with, all in memory. */
export function resolverOf(members: readonly Row[], ...states: QueryState[]) {
  const previews: string[] = [];
  return {
    segments: memorySegments(),
    resolutions: memoryResolutions(),
    queue: memoryQueue<ResolutionMessage>(),
    members: membersOf(members),
    listed: listsOf({}),
    gone: async () => [],
    lists: memoryLists(),
    bits: memoryBits(),
    queries: scriptedQueries(...states),
    time: stoppedTime(),
    settings: SETTINGS,
    previews,
    previewed: async (id: string) => void previews.push(id),
  };
}
