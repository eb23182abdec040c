import type { StreamMapping } from './mapping.ts';
import type { Source } from './ports.ts';
import { ShardConsumer, type StreamSourceDeps } from './shard-consumer.ts';

export interface StreamSource extends Source {
  /**
   * Resolves when every record that was in the stream at the call has been worked on (or given up).
   * Rejects, naming shard and function, when that takes longer than `withinMs`.
   */
  caughtUp(withinMs: number): Promise<void>;
}

const POLL_MS = 5;

/** Starts one consumer per shard of the mapping's stream. */
export function startStreamSource(mapping: StreamMapping, deps: StreamSourceDeps): StreamSource {
  const stream = mapping.sourceArn.slice(mapping.sourceArn.indexOf('/') + 1);
  const consumers = new Map(
    deps.streams.shards(stream).map((shardId) => [shardId, new ShardConsumer(mapping, shardId, deps)]),
  );
  const runs = [...consumers.values()].map((consumer) => consumer.run());
  const unsubscribe = deps.streams.onAppend((appendedTo, shardId) => {
    if (appendedTo === stream) consumers.get(shardId)?.appended();
  });
  return {
    name: mapping.name,
    async stop() {
      unsubscribe();
      for (const consumer of consumers.values()) consumer.stop();
      await Promise.all(runs);
    },
    async caughtUp(withinMs) {
      const until = performance.now() + withinMs;
      for (const [shardId, consumer] of consumers) {
        const latest = deps.streams.latest(stream, shardId);
        while (isBehind(deps, stream, shardId, consumer, latest)) {
          if (performance.now() > until)
            throw new Error(`${mapping.functionName} is still behind on ${shardId} after ${withinMs} ms`);
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
      }
    },
  };
}

/** A shard that never had a record is never behind. */
const isBehind = (
  { streams }: StreamSourceDeps,
  stream: string,
  shardId: string,
  consumer: ShardConsumer,
  latest: string,
): boolean => !consumer.isPast(latest) && streams.read(stream, shardId, undefined, 1).length > 0;
