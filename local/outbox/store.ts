import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { openJournal, type Position } from './journal.ts';
import type { Action, Activity, Channel, Message, NewMessage } from './message.ts';

/** What is kept of a message in memory. */
export interface Entry {
  readonly id: string;
  readonly channel: Channel;
  readonly channelType: string;
  readonly to: string;
  readonly campaignId: string | undefined;
  /** When it was taken, by the local clock: epoch milliseconds. */
  readonly atMs: number;
  /** What `q` searches, in lower case. */
  readonly searched: string;
  readonly position: Position;
  activity: Activity;
}

export interface Filter {
  readonly channel?: string;
  readonly campaign?: string;
  readonly to?: string;
  /** Searched, without regard to case, in address, title and the first part of the body. */
  readonly q?: string;
}

/** Messages, and how many of them saw each action at least once. */
export type Counts = { messages: number } & Partial<Record<Action, number>>;

export type StoredMessage = Message & { readonly activity: Activity };

interface ActivityRow {
  readonly id: string;
  readonly action: Action;
  readonly at: string;
}

const SEARCHED_BODY = 500;

const entryOf = (message: Message, position: Position): Entry => ({
  id: message.id,
  channel: message.channel,
  channelType: message.channelType,
  to: message.to,
  campaignId: message.campaignId,
  atMs: Date.parse(message.at),
  searched: `${message.to}\n${message.title ?? ''}\n${message.body.slice(0, SEARCHED_BODY)}`.toLowerCase(),
  position,
  activity: {},
});

function matcher({ channel, campaign, to, q }: Filter): (entry: Entry) => boolean {
  const needle = q?.toLowerCase();
  return (entry) =>
    (channel === undefined || entry.channel === channel || entry.channelType === channel) &&
    (campaign === undefined || entry.campaignId === campaign) &&
    (to === undefined || entry.to === to) &&
    (needle === undefined || entry.searched.includes(needle));
}

function countsOf(entries: Iterable<Entry>): Counts {
  const counts: Counts = { messages: 0 };
  for (const { activity } of entries) {
    counts.messages++;
    for (const action of Object.keys(activity) as Action[]) counts[action] = (counts[action] ?? 0) + 1;
  }
  return counts;
}

/** Every message on disk, with a small index in memory. */
export async function openStore(dir: string, clock: Clock) {
  const folder = join(dir, 'outbox');
  mkdirSync(folder, { recursive: true });
  const entries: Entry[] = [];
  const entry = (id: string): Entry | undefined =>
    /^[1-9]\d*$/.test(id) ? entries[Number(id) - 1] : undefined;
  const messages = await openJournal<Message>(join(folder, 'messages.ndjson'), (message, position) => {
    entries.push(entryOf(message, position));
  });
  const note = ({ id, action, at }: ActivityRow): void => {
    const noted = entry(id);
    if (noted) noted.activity = { [action]: at, ...noted.activity };
  };
  const activities = await openJournal<ActivityRow>(join(folder, 'activities.ndjson'), note);
  let nextId = entries.length + 1;
  const read = async (found: Entry): Promise<StoredMessage> => ({
    ...(await messages.read(found.position)),
    activity: found.activity,
  });

  return {
    /** Keeps messages; resolves when they are on disk. */
    async add(taken: readonly NewMessage[]): Promise<readonly Entry[]> {
      const at = new Date(clock.now()).toISOString();
      const rows: Message[] = taken.map((message) => ({ id: String(nextId++), at, ...message }));
      const positions = await messages.append(rows);
      const added = rows.flatMap((row, index) => {
        const position = positions[index];
        return position ? [entryOf(row, position)] : [];
      });
      entries.push(...added);
      return added;
    },
    /** Notes that something happened to a message. */
    async record(id: string, action: Action): Promise<void> {
      const row = { id, action, at: new Date(clock.now()).toISOString() };
      note(row);
      await activities.append([row]);
    },
    read,
    find: entry,
    /** Matching entries, oldest first. */
    select: (filter: Filter): Entry[] => entries.filter(matcher(filter)),
    /** Messages of a channel that were taken at or after `sinceMs`. */
    countSince: (channel: Channel, sinceMs: number): number =>
      entries.reduce((sum, found) => sum + (found.channel === channel && found.atMs >= sinceMs ? 1 : 0), 0),
    /** Newest first; `cursor` is the id after which the page before ended. */
    async list(filter: Filter, limit: number, cursor?: string) {
      const matches = matcher(filter);
      const page: Entry[] = [];
      let index = (cursor === undefined ? entries.length : Math.min(Number(cursor) - 1, entries.length)) - 1;
      for (; index >= 0 && page.length <= limit; index--) {
        const candidate = entries[index];
        if (candidate && matches(candidate)) page.push(candidate);
      }
      const shown = page.slice(0, limit);
      return {
        messages: await Promise.all(shown.map(read)),
        cursor: page.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
    counts(filter: Filter = {}) {
      const matching = entries.filter(matcher(filter));
      const grouped = (key: (found: Entry) => string): Record<string, Counts> => {
        const groups = new Map<string, Entry[]>();
        for (const found of matching) {
          const group = groups.get(key(found));
          if (group) group.push(found);
          else groups.set(key(found), [found]);
        }
        return Object.fromEntries([...groups].map(([name, members]) => [name, countsOf(members)]));
      };
      return {
        ...countsOf(matching),
        byChannel: grouped(({ channel }) => channel),
        byCampaign: grouped(({ campaignId }) => campaignId ?? ''),
      };
    },
    async close(): Promise<void> {
      await messages.close();
      await activities.close();
    },
  };
}

export type OutboxStore = Awaited<ReturnType<typeof openStore>>;
