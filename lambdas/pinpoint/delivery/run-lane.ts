import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import { type CloseDeps, closeRun } from '../runs/close-run.ts';
import { abandoned } from '../runs/lanes.ts';
import type { RunObjects, RunStore, SliceHold } from '../runs/ports.ts';
import type { LaneMessage, RunRow, SliceObject, SliceRow } from '../runs/run.ts';
import type { AccountPace } from './account-pace.ts';
import { MAX_DELAY_SECONDS } from './backoff.ts';
import { Grants, type KillSwitch } from './grants.ts';
import { paceOf } from './pace.ts';
import type { CompiledPlan } from './plans.ts';
import { LEASE_MS, RESERVE_MS, type SliceDeps, SliceWork, type TurnEnd } from './slice-work.ts';

export interface LaneDeps extends CloseDeps, SliceDeps {
  readonly runs: RunStore;
  readonly objects: Pick<RunObjects, 'get'>;
  readonly plans: (activityId: string) => Promise<CompiledPlan | undefined>;
  readonly sliceQueue: QueueSender<LaneMessage>;
  readonly account: AccountPace;
  readonly killSwitch: KillSwitch;
  /** Shows that a run paused itself (campaigns/show-pause.ts). */
  readonly paused: (run: RunRow) => Promise<void>;
  readonly newId: () => string;
}

/**
 * Works on a run: takes slice after slice until there are none, the time runs short, or the run may not go on. Whoever
 * holds a slice's lease works on it; a crash at any point loses nobody and sends to nobody twice: each provider call is
 * claimed on the slice's row before it is made, and a claim whose worker died stays uncertain.
 */
export async function runLane(deps: LaneDeps, ctx: Ctx, message: LaneMessage): Promise<void> {
  const run = await deps.runs.get(message.activityId);
  if (!run || run.state === 'RESOLVING' || run.state === 'COMPLETED') return;
  if (message.slice === undefined && message.epoch !== run.epoch) return;
  const lane = new Lane(deps, run, ctx.deadline);
  if (message.slice !== undefined && !(await lane.work(message.slice))) return;
  await lane.goOn(message.slice === undefined);
}

class Lane {
  readonly #deps: LaneDeps;
  readonly #run: RunRow;
  readonly #deadline: number;
  readonly #grants: Grants;

  constructor(deps: LaneDeps, run: RunRow, deadline: number) {
    this.#deps = deps;
    this.#run = run;
    this.#deadline = deadline;
    this.#grants = new Grants(deps, run);
  }

  /**
   * Takes slices nobody has begun with, one after the other. A lane that came for one slice of its own goes on only
   * where the pace is what limits the run: there are lanes enough for the rest.
   */
  async goOn(fresh: boolean): Promise<void> {
    if (!fresh && this.#run.ratePerMinute === undefined) return;
    for (;;) {
      if (this.#deps.clock() >= this.#deadline - RESERVE_MS) return this.#queue(undefined, 0);
      const number = await this.#next();
      if (number === undefined || !(await this.work(number))) return;
    }
  }

  async #next(): Promise<number | undefined> {
    const { activityId, ratePerMinute } = this.#run;
    const run = await this.#deps.runs.nextSlice(activityId);
    if (run) return run.nextSlice - 1;
    if (ratePerMinute === undefined) return undefined;
    // A slice that found no room in the pace rests in the queue; this lane has room.
    const now = await this.#deps.runs.get(activityId);
    const left = now ? abandoned(now, await this.#deps.runs.slices(activityId), this.#deps.clock()) : [];
    return left[0]?.number;
  }

  /** One turn on a slice; false when the lane ends with it. */
  async work(number: number): Promise<boolean> {
    const hold: SliceHold = { activityId: this.#run.activityId, number, owner: this.#deps.newId() };
    const now = this.#deps.clock();
    const row = await this.#deps.runs.takeSlice(hold, now, now + LEASE_MS);
    if (!row) return this.#notTaken(number, now);
    const end = await this.#turn(hold, row).catch(async (error: unknown) => {
      await this.#queue(number, 1).catch(() => undefined);
      throw error;
    });
    switch (end.kind) {
      case 'done':
        await this.#ended();
        return true;
      case 'lost':
        return true;
      case 'later':
        await this.#queue(number, end.delaySeconds);
        return true;
      case 'crowded':
        await this.#queue(number, end.delaySeconds + this.#spread(row));
        return false;
      case 'resting':
        await this.#rested(number);
        return false;
    }
  }

  async #turn(hold: SliceHold, row: SliceRow): Promise<TurnEnd> {
    let giveBack = () => this.#deps.runs.release(hold, row, row);
    try {
      const [compiled, object] = await Promise.all([
        this.#deps.plans(hold.activityId),
        this.#deps.objects.get<SliceObject>(row.objectKey),
      ]);
      if (!compiled || !object) throw new Error(`Run ${hold.activityId} has no plan or no ${row.objectKey}`);
      const work = new SliceWork(this.#deps, this.#grants, { hold, row, compiled, object });
      giveBack = () => work.giveBack();
      return await work.turn(this.#deadline);
    } catch (error) {
      // Best effort: should it fail as well, the lease runs out by itself.
      await giveBack().catch((cause: unknown) => logger.warn('slice not given back', { cause }));
      throw error;
    }
  }

  async #queue(slice: number | undefined, delaySeconds: number): Promise<void> {
    const { activityId, epoch } = this.#run;
    const message = { activityId, epoch, ...(slice === undefined ? {} : { slice }) };
    await this.#deps.sliceQueue.send(message, { delaySeconds: Math.min(MAX_DELAY_SECONDS, delaySeconds) });
  }

  /** Done, or in another's hands, who sees to it; one whose time has not come waits in the queue. */
  async #notTaken(number: number, now: number): Promise<boolean> {
    const row = await this.#deps.runs.slice(this.#run.activityId, number);
    if (row && !row.done && row.leaseUntil <= now && row.notBefore > now)
      await this.#queue(number, Math.ceil((row.notBefore - now) / 1000));
    return true;
  }

  /** Crowded slices come back one by one, within half the time that another slice takes at the run's rate. */
  #spread({ entries }: SliceRow): number {
    const { ratePerMinute, callSize } = this.#run;
    const sliceMs = entries * paceOf(ratePerMinute, callSize).intervalMs;
    return Math.floor((this.#deps.random() * sliceMs) / 2000);
  }

  /** Whoever resumed the run while this slice was still held did not queue it. */
  async #rested(number: number): Promise<void> {
    const run = await this.#deps.runs.get(this.#run.activityId);
    const rests = run?.paused !== undefined || (await this.#deps.killSwitch.isOff());
    if (!rests) await this.#queue(number, 0);
  }

  /** Counts the slice; whoever ends the last one closes the run. A count that got lost is made good by the tick. */
  async #ended(): Promise<void> {
    const { activityId } = this.#run;
    const run = await this.#deps.runs.countDone(activityId);
    if (run && run.doneSlices >= run.slices) await closeRun(this.#deps, activityId);
  }
}
