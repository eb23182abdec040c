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

/** Counts entries one by one: whoever waits for a campaign asks every moment how many there are. */
class Tally {
  readonly #all: Counts = { messages: 0 };
  readonly #byChannel = new Map<string, Counts>();
  readonly #byCampaign = new Map<string, Counts>();

  add(entry: Entry): void {
    for (const counts of this.#of(entry)) counts.messages++;
    for (const action of Object.keys(entry.activity) as Action[]) this.act(entry, action);
  }

  /** An action that the entry saw for the first time. */
  act(entry: Entry, action: Action): void {
    for (const counts of this.#of(entry)) counts[action] = (counts[action] ?? 0) + 1;
  }

  get counts() {
    const copied = (groups: ReadonlyMap<string, Counts>): Record<string, Counts> =>
      Object.fromEntries([...groups].map(([name, counts]) => [name, { ...counts }]));
    return {
      ...this.#all,
      byChannel: copied(this.#byChannel),
      byCampaign: copied(this.#byCampaign),
    };
  }

  #of({ channel, campaignId = '' }: Entry): Counts[] {
    return [this.#all, group(this.#byChannel, channel), group(this.#byCampaign, campaignId)];
  }
}

function group(groups: Map<string, Counts>, name: string): Counts {
  const found = groups.get(name) ?? { messages: 0 };
  if (found.messages === 0) groups.set(name, found);
  return found;
}

/** Every message on disk, with a small index in memory. */
export async function openStore(dir: string, clock: Clock) {
  const folder = join(dir, 'outbox');
  mkdirSync(folder, { recursive: true });
  const entries: Entry[] = [];
  const tally = new Tally();
  const keep = (added: Entry): void => {
    entries.push(added);
    tally.add(added);
  };
  const entry = (id: string): Entry | undefined =>
    /^[1-9]\d*$/.test(id) ? entries[Number(id) - 1] : undefined;
  const messages = await openJournal<Message>(join(folder, 'messages.ndjson'), (message, position) => {
    keep(entryOf(message, position));
  });
  const note = ({ id, action, at }: ActivityRow): void => {
    const noted = entry(id);
    if (!noted) return;
    if (noted.activity[action] === undefined) tally.act(noted, action);
    noted.activity = { [action]: at, ...noted.activity };
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
      added.forEach(keep);
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
      if (Object.values(filter).every((wanted) => wanted === undefined)) return tally.counts;
      const matching = new Tally();
      for (const found of entries.filter(matcher(filter))) matching.add(found);
      return matching.counts;
    },
    async close(): Promise<void> {
      await messages.close();
      await activities.close();
    },
  };
}

export type OutboxStore = Awaited<ReturnType<typeof openStore>>;
