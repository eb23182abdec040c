import { setTimeout as sleep } from 'node:timers/promises';
import { type Action, playsRole } from './message.ts';
import type { Player } from './player.ts';
import type { Entry } from './store.ts';

/** Receipts wait until sending pauses for this long, in ms of real time, so that they do not slow a send… */
const QUIET_MS = 300;
/** …but no longer than this; from then on they trickle, a batch at a time with a rest between. */
const AT_MOST_MS = 5_000;
const REST_MS = 100;
const AT_ONCE = 20;

/** What happens to a message without anybody playing it. */
function fateOf({ channel, to }: Entry): readonly Action[] {
  if (channel === 'push' || channel === 'kakao') return [];
  if (channel === 'email' && playsRole(to, 'bounce')) return ['bounce'];
  return channel === 'email' && playsRole(to, 'complaint') ? ['deliver', 'complaint'] : ['deliver'];
}

const isOpen = ({ activity }: Entry, action: Action): boolean =>
  activity.bounce === undefined && activity[action] === undefined;

/** Delivers e-mails and SMS shortly after they were sent, some at a time. */
export function autoDeliver(player: Player) {
  let waiting: Entry[] = [];
  let lastSentMs = 0;
  let firstWaitedMs = 0;
  let hurried = false;
  let paused = true;
  let running: Promise<void> | undefined;

  const settle = async (entry: Entry): Promise<void> => {
    for (const action of fateOf(entry)) {
      if (!isOpen(entry, action)) continue;
      // A person may have played it in the meantime, which is as good.
      await player
        .play(entry, action)
        .catch((error) => console.error(`Message ${entry.id} got no ${action}`, error));
    }
  };
  const isSending = (): boolean => !hurried && Date.now() - lastSentMs < QUIET_MS;
  const run = async (): Promise<void> => {
    while (waiting.length > 0 && !paused) {
      if (isSending()) await sleep(REST_MS);
      if (isSending() && Date.now() - firstWaitedMs < AT_MOST_MS) continue;
      const batch = waiting.slice(0, AT_ONCE);
      waiting = waiting.slice(AT_ONCE);
      await Promise.all(batch.map(settle));
    }
  };
  const start = async (): Promise<void> => {
    if (paused) return;
    running ??= run().finally(() => {
      running = undefined;
    });
    await running;
  };

  return {
    enqueue(entries: readonly Entry[]): void {
      const eligible = entries.filter((entry) => fateOf(entry).some((action) => isOpen(entry, action)));
      if (eligible.length === 0) return;
      lastSentMs = Date.now();
      if (waiting.length === 0) firstWaitedMs = lastSentMs;
      waiting = waiting.concat(eligible);
      void start();
    },
    /** Begins, or goes on, to deliver: whoever listens to the events is there. */
    resume(): void {
      paused = false;
      void start();
    },
    /** Resolves when what is under way has been told; the rest waits, if need be for the next start of the system. */
    async pause(): Promise<void> {
      paused = true;
      await running;
    },
    /** Delivers everything that waits, now. */
    async flush(): Promise<void> {
      hurried = true;
      while ((waiting.length > 0 || running) && !paused) await start();
      hurried = false;
    },
  };
}

export type AutoDeliver = ReturnType<typeof autoDeliver>;
