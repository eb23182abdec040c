import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus } from '../aws/bus/index.ts';
import type { Clock } from '../clock.ts';
import { serve } from '../wire/server.ts';
import { autoDeliver } from './auto-deliver.ts';
import { emailProvider } from './email/provider.ts';
import { renderingFailedEvent } from './email/ses-event.ts';
import { faults } from './faults.ts';
import { kakaoProvider } from './kakao/provider.ts';
import { player } from './player.ts';
import { providersAnswer } from './providers.ts';
import type { Collector } from './push/app.ts';
import { pushProvider } from './push/send-messages.ts';
import { type EmailQuota, USUAL_QUOTA } from './quota.ts';
import { outboxRoutes } from './routes.ts';
import { smsProvider } from './sms/provider.ts';
import { type Filter, type OutboxStore, openStore } from './store.ts';

export type { StoredMessage } from './store.ts';

export interface OutboxOptions {
  /** Messages live in `<dir>/outbox`. */
  readonly dir: string;
  readonly clock: Clock;
  /** The event bus: receipts, opens and clicks of e-mail and SMS go there. */
  readonly publish: Bus['publish'];
  /** The public API, for the events that apps send; read when something is played. */
  readonly collector: Collector;
  /** Whether e-mails and SMS arrive by themselves shortly after they were sent; true unless said otherwise. */
  readonly autoDeliver?: boolean;
}

export interface Outbox {
  /** Endpoint of the providers: push (Pinpoint SendMessages), SES v2, SMS voice v2, Kakao (docs/kakao-port.md). */
  readonly url: string;
  /** Handles `/local/outbox…`; false when the request is for somebody else. */
  readonly routes: (request: IncomingMessage, response: ServerResponse) => boolean;
  counts(filter?: Filter): ReturnType<OutboxStore['counts']>;
  /** Newest first. */
  list(filter: Filter, limit: number, cursor?: string): ReturnType<OutboxStore['list']>;
  /** Begins to deliver by itself. To be called when the functions that listen to the events can run. */
  resume(): void;
  /** Ends it again, before those functions go; what is not told by then is told after the next start. */
  pause(): Promise<void>;
  /** Tells all receipts that still wait; resolves when whoever listens has them. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Plays the world outside: takes every message that a provider would, keeps it, and plays its recipient. */
export async function startOutbox(options: OutboxOptions): Promise<Outbox> {
  const { clock, publish } = options;
  const store = await openStore(options.dir, clock);
  const optedOut = new Set(
    store.select({ channel: 'sms' }).flatMap(({ to, activity }) => (activity.stop === undefined ? [] : [to])),
  );
  const recipients = player({
    store,
    clock,
    publish,
    collector: options.collector,
    onStop: (phoneNumber) => optedOut.add(phoneNumber),
  });
  const receipts = options.autoDeliver === false ? undefined : autoDeliver(recipients);
  receipts?.enqueue(store.select({}));
  const watched: OutboxStore = {
    ...store,
    async add(messages) {
      const added = await store.add(messages);
      receipts?.enqueue(added);
      return added;
    },
  };
  const ordered = faults();
  let quota = USUAL_QUOTA;
  const setQuota = (change: Partial<EmailQuota>): EmailQuota => {
    quota = { ...quota, ...change };
    return quota;
  };
  const server = await serve(
    providersAnswer({
      push: pushProvider(watched, ordered),
      email: emailProvider({
        store: watched,
        faults: ordered,
        quota: () => quota,
        now: () => clock.now(),
        onRenderingFailure({ envelope, providerMessageId, error }) {
          const at = new Date(clock.now()).toISOString();
          const to = (envelope.destination.ToAddresses ?? []).join(', ');
          const { from, tags: context, configurationSet } = envelope;
          const mail = {
            at,
            to,
            from,
            context,
            providerMessageId,
            ...(configurationSet && { configurationSet }),
          };
          void publish(renderingFailedEvent(mail, error, clock.now()));
        },
      }),
      sms: smsProvider(watched, ordered, (phoneNumber) => optedOut.has(phoneNumber)),
      kakao: kakaoProvider(watched, ordered),
    }),
  );
  return {
    url: server.url,
    routes: outboxRoutes({ store, player: recipients, faults: ordered, setQuota }),
    counts: store.counts,
    list: store.list,
    resume: () => receipts?.resume(),
    pause: async () => receipts?.pause(),
    flush: async () => receipts?.flush(),
    async close() {
      await server.close();
      await receipts?.pause();
      await store.close();
    },
  };
}
