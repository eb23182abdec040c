import type { OutgoingMessage } from '../../../../lambdas/pinpoint/channels/ports.ts';
import { hookOf } from '../../../../lambdas/pinpoint/delivery/ask-hook.ts';
import { planCache } from '../../../../lambdas/pinpoint/delivery/plans.ts';
import { runLane } from '../../../../lambdas/pinpoint/delivery/run-lane.ts';
import type { HookEvent } from '../../../../lambdas/pinpoint/hooks/hook.ts';
import type { DottedValues } from '../../../../lambdas/pinpoint/ports.ts';
import { type ResolveDeps, resolveRun } from '../../../../lambdas/pinpoint/runs/resolve-run.ts';
import type { RunMessage } from '../../../../lambdas/pinpoint/runs/run.ts';
import type { World } from '../../campaigns/support/world.ts';
import { World as DeliveryWorld } from '../../delivery/support/world.ts';
import { memoryObjects } from '../../runs/support/memory.ts';

/** An endpoint of a user of its own (`u<id>`): its channel, and the values that templates read. */
export interface Someone {
  readonly id: string;
  readonly channel: string;
  readonly values?: DottedValues;
}

/** What resolves and delivers runs of the world's campaigns, to these people. */
export function sendingOf(world: World, people: readonly Someone[]) {
  const sent: OutgoingMessage[] = [];
  const asked: HookEvent[] = [];
  const objects = memoryObjects();
  const delivery = new DeliveryWorld({ entries: 0 });
  const { runs, registry, deps } = world;
  const rows = new Map(
    people.map(({ id, channel, values = {} }): [string, DottedValues] => [
      id,
      { Address: `to-${id}`, ChannelType: channel, EndpointStatus: 'ACTIVE', OptOut: 'NONE', ...values },
    ]),
  );
  const endpoints = {
    endpoints: async (_app: string, ids: readonly string[]) =>
      new Map(ids.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) ?? {}] as const] : []))),
    users: async (_app: string, ids: readonly string[]) =>
      new Map(ids.map((id) => [id, { values: rows.get(id.slice(1)) ?? {}, endpoints: [] }] as const)),
    deactivate: async () => undefined,
    readdress: async () => undefined,
  };
  const resolveDeps: ResolveDeps = {
    ...deps,
    runs,
    objects,
    endpoints,
    lists: {
      segment: deps.lists.segment,
      async *read() {
        yield people.map(({ id, channel }) => ({ e: id, u: `u${id}`, c: channel, a: `to-${id}` }));
      },
    },
  };
  const channel = {
    send: async (messages: readonly OutgoingMessage[]) => {
      sent.push(...messages);
      return messages.map(() => ({ kind: 'sent' as const }));
    },
  };
  const ctx = () => ({ actor: 'test', requestId: 'r', now: Date.now(), deadline: Date.now() + 900_000 });

  return {
    sent,
    asked,
    objects,
    /** What one endpoint got. */
    contentOf: (id: string) => sent.find(({ identity }) => identity.endpointId === id)?.content,
    /** Cuts the run's list into slices, as often as the message comes. */
    resolve: (message: RunMessage) => resolveRun(resolveDeps, ctx(), message),
    async deliver(activityId: string): Promise<void> {
      const run = await runs.get(activityId);
      const hook = {
        filter: async (_name: string, event: HookEvent) => {
          asked.push(event);
          return event.Endpoints;
        },
      };
      await runLane(
        {
          ...delivery.deps(),
          ...{ runs, registry, objects, endpoints, plans: planCache(objects), clock: Date.now },
          askHook: hookOf({ hook, sleep: async () => undefined }),
          adapters: { push: channel, email: channel, sms: channel },
        },
        ctx(),
        { activityId, epoch: run?.epoch ?? 1 },
      );
    },
  };
}
