import { createHash } from 'node:crypto';
import type { Bus } from '../aws/bus/index.ts';
import { limiter } from '../aws/bus/limiter.ts';
import type { Clock } from '../clock.ts';
import { emailEvent } from './email/ses-event.ts';
import { type Action, type Message, playable } from './message.ts';
import { type Collector, phoneApp } from './push/app.ts';
import { smsEvent } from './sms/sms-event.ts';
import type { Entry, Filter, OutboxStore } from './store.ts';

/** The action cannot be played on this message; `message` says why. */
export class NotPlayable extends Error {}

export interface PlayMany {
  readonly action: Action;
  readonly filter: Filter;
  /** Part of the messages that play, 0…1; the same messages play for the same share. */
  readonly share?: number;
  readonly limit?: number;
}

interface PlayerDeps {
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly publish: Bus['publish'];
  readonly collector: Collector;
  /** A phone number replied STOP. */
  readonly onStop: (phoneNumber: string) => void;
  readonly concurrency?: number;
}

/** A number in 0…1 that stays the same for a message and an action. */
const lot = (id: string, action: Action): number =>
  createHash('sha256').update(`${action}\0${id}`).digest().readUInt32BE(0) / 2 ** 32;

function refusal({ channel, activity }: Entry, action: Action): string | undefined {
  const allowed = playable(channel);
  if (!allowed.includes(action))
    return `${action} cannot be played on a message by ${channel}; ${allowed.join(', ')} can`;
  if (activity.bounce !== undefined && action !== 'bounce') return 'The message bounced: nobody got it';
  if (action === 'bounce' && activity.deliver !== undefined) return 'The message was delivered already';
  return undefined;
}

/** Plays what recipients do. */
export function player({ store, clock, publish, collector, onStop, concurrency = 8 }: PlayerDeps) {
  const app = phoneApp(collector);
  const limited = limiter(concurrency);
  const publishAction = async (message: Message, action: Action): Promise<void> => {
    if (message.channel === 'email') return publish(emailEvent(message, action, clock.now()));
    // A STOP reply tells nobody; the provider refuses the number from then on.
    if (action === 'deliver' || action === 'bounce') return publish(smsEvent(message, action, clock.now()));
  };
  const needsDelivery = ({ channel, activity }: Entry, action: Action): boolean =>
    channel !== 'push' && !['deliver', 'bounce'].includes(action) && activity.deliver === undefined;

  const playOne = async (entry: Entry, action: Action): Promise<void> => {
    const message = await store.read(entry);
    if (entry.channel === 'push') await app.open([message], clock.now());
    else {
      // What is opened has arrived, even when the delivery was still waiting to be told.
      const actions: Action[] = needsDelivery(entry, action) ? ['deliver', action] : [action];
      for (const each of actions) {
        await publishAction(message, each);
        if (each !== action) await store.record(entry.id, each);
      }
    }
    if (entry.channel === 'sms' && action === 'stop') onStop(entry.to);
    await store.record(entry.id, action);
  };

  const openAll = async (entries: readonly Entry[]): Promise<void> => {
    for (let start = 0; start < entries.length; start += 500) {
      const page = entries.slice(start, start + 500);
      await app.open(await Promise.all(page.map(store.read)), clock.now());
      await Promise.all(page.map(({ id }) => store.record(id, 'open')));
    }
  };

  return {
    /** Plays one message; resolves when whoever listens has been told. Throws NotPlayable. */
    async play(entry: Entry, action: Action): Promise<void> {
      const reason = refusal(entry, action);
      if (reason !== undefined) throw new NotPlayable(reason);
      await playOne(entry, action);
    },
    /** Plays every matching message that can play it and has not yet; returns how many did. */
    async playMany({
      action,
      filter,
      share = 1,
      limit = Number.POSITIVE_INFINITY,
    }: PlayMany): Promise<number> {
      const chosen = store
        .select(filter)
        .filter((entry) => lot(entry.id, action) < share)
        .filter((entry) => refusal(entry, action) === undefined && entry.activity[action] === undefined)
        .slice(0, limit);
      const others = chosen.filter(({ channel }) => channel !== 'push');
      await Promise.all([
        openAll(chosen.filter(({ channel }) => channel === 'push')),
        ...others.map((entry) => limited(() => playOne(entry, action))),
      ]);
      return chosen.length;
    },
  };
}

export type Player = ReturnType<typeof player>;
