import { addressesOf } from '../../../lambdas/members/addresses.ts';
import type { MemberEndpoints } from '../../../lambdas/members/endpoints.ts';
import type { StateEraser } from '../../../lambdas/members/erasure/ports.ts';
import type { Member } from '../../../lambdas/members/member.ts';
import type {
  AttributeNews,
  AttributeRegistry,
  BrowserNamings,
  EndpointFailure,
  EndpointRegistry,
  MemberStore,
  StateStore,
} from '../../../lambdas/members/ports.ts';
import { MOST_MEMBERS } from '../../../lambdas/members/state/joined-browsers.ts';
import type { Span } from '../../../lambdas/members/state/member-state.ts';
import {
  browserStateOf,
  packedBrowserState,
  packedState,
  stateOf,
} from '../../../lambdas/members/state/packed.ts';

export function memoryMembers(): MemberStore {
  const rows = new Map<string, Member>();
  return {
    getAll: async (userIds) =>
      new Map(
        userIds.flatMap((userId) => {
          const row = rows.get(userId);
          return row === undefined ? [] : [[userId, structuredClone(row)]];
        }),
      ),
    put: async (member, expecting) => {
      if ((rows.get(member.userId)?.version ?? 0) !== expecting) return false;
      rows.set(member.userId, structuredClone(member));
      return true;
    },
  };
}

export function memoryAttributes(): AttributeRegistry & { written: number } {
  const rows = new Map<string, { types: Set<string>; examples: Set<string>; many: boolean }>();
  const registry = {
    written: 0,
    all: async () =>
      [...rows]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { types, examples, many }]) => ({
          name,
          types: [...types].sort() as AttributeNews['types'],
          examples: [...examples].sort().map((json) => JSON.parse(json) as string | number),
          many,
        })),
    add: async (name: string, { types, examples, many }: AttributeNews) => {
      registry.written++;
      const row = rows.get(name) ?? { types: new Set(), examples: new Set(), many: false };
      rows.set(name, row);
      for (const type of types) row.types.add(type);
      if (many) row.many = true;
      if (row.many) row.examples.clear();
      else for (const example of examples) row.examples.add(JSON.stringify(example));
    },
  };
  return registry;
}

/** Beside what a store does, what takes people out of it; `everything` is all that lies there, as text. */
export function memoryStates(): StateStore & StateEraser & { everything(): string } {
  const settledOf = new Map<string, Set<string>>();
  const [members, browsers] = [new Map<string, string>(), new Map<string, string>()];
  const namings = new Map<
    string,
    { userIds: Set<string>; isFull: boolean; settled: Map<string, readonly Span[]> }
  >();
  const some = <Row, Kept>(
    rows: ReadonlyMap<string, Kept>,
    ids: readonly string[] = [],
    of: (row: Kept) => Row,
  ) =>
    new Map(
      ids.flatMap((id) => {
        const row = rows.get(id);
        return row === undefined ? [] : [[id, of(row)] as const];
      }),
    );
  const rowOf = (anonymousId: string) => {
    const row = namings.get(anonymousId) ?? { userIds: new Set(), isFull: false, settled: new Map() };
    namings.set(anonymousId, row);
    return row;
  };
  const told = ({ userIds, isFull, settled }: ReturnType<typeof rowOf>): BrowserNamings => ({
    userIds: [...userIds],
    isFull: isFull || userIds.size >= MOST_MEMBERS,
    settled: new Map(settled),
  });
  return {
    read: async (keys) => ({
      members: some(members, keys.members, stateOf),
      browsers: some(browsers, keys.browsers, browserStateOf),
      namings: some(namings, keys.namings, told),
    }),
    write: async (rows) => {
      for (const [key, state] of rows.members ?? []) members.set(key, packedState(state));
      for (const [key, state] of rows.browsers ?? []) browsers.set(key, packedBrowserState(state));
    },
    join: async (anonymousId, userId) => {
      const row = rowOf(anonymousId);
      if (told(row).isFull && !row.userIds.has(userId)) return undefined;
      row.userIds.add(userId);
      return told(row);
    },
    settle: async (anonymousId, userId, spans) => {
      settledOf.set(userId, new Set(settledOf.get(userId)).add(anonymousId));
      rowOf(anonymousId).userIds.add(userId);
      rowOf(anonymousId).settled.set(userId, spans);
    },
    settledBrowsers: async (userId) => [...(settledOf.get(userId) ?? [])],
    change: async (anonymousId, change) => {
      const row = browsers.get(anonymousId);
      const after = row === undefined ? undefined : change(browserStateOf(row));
      if (after === undefined) browsers.delete(anonymousId);
      else browsers.set(anonymousId, packedBrowserState(after));
    },
    leave: async (anonymousId, userId) => {
      const row = rowOf(anonymousId);
      row.isFull = told(row).isFull;
      row.userIds.delete(userId);
      row.settled.delete(userId);
      if (row.userIds.size === 0 && !row.isFull) namings.delete(anonymousId);
    },
    removeState: async (userId) => {
      members.delete(userId);
      settledOf.delete(userId);
    },
    everything: () =>
      JSON.stringify([...members, ...browsers, ...settledOf].flat()) +
      JSON.stringify([...namings].map(([id, row]) => [id, [...row.userIds], [...row.settled]])) +
      JSON.stringify([...settledOf].map(([id, ids]) => [id, [...ids]])),
  };
}

type Item = MemberEndpoints['items'][number];

/** An engine that keeps endpoints as Pinpoint does: what an update does not name stays. `failing` decides who fails. */
export function memoryEngine(failing: (userId: string) => EndpointFailure | undefined = () => undefined) {
  const endpoints = new Map<string, Item>();
  const attributes = new Map<string, Record<string, string[]>>();
  const registry: EndpointRegistry = {
    async update(members) {
      const failures = new Map<string, EndpointFailure>();
      for (const { userId, items } of members) {
        const failure = failing(userId);
        if (failure) failures.set(userId, failure);
        else for (const item of items) keep(userId, item);
      }
      return failures;
    },
  };
  const keep = (userId: string, item: Item) => {
    endpoints.set(String(item.Id), { ...endpoints.get(String(item.Id)), ...item });
    const merged = { ...attributes.get(userId), ...item.User?.UserAttributes };
    attributes.set(
      userId,
      Object.fromEntries(Object.entries(merged).filter(([, values]) => values.length > 0)),
    );
  };
  return {
    registry,
    active: (userId: string) =>
      [...endpoints.values()]
        .filter(({ User, EndpointStatus }) => User?.UserId === userId && EndpointStatus === 'ACTIVE')
        .map(({ ChannelType, Address }) => `${ChannelType} ${Address}`)
        .sort(),
    endpoint: (id: string) => endpoints.get(id),
    attributes: (userId: string) => attributes.get(userId),
  };
}

export const fingerprint = (token: string): string => token.slice(-8).padStart(8, '0');
export const addresses = (member: Member) => addressesOf(member, fingerprint);
