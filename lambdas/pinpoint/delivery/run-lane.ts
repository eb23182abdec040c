import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import { type CloseDeps, closeRun } from '../runs/close-run.ts';
import { abandoned } from '../runs/lanes.ts';
import type { RunObjects, RunStore, SliceHold } from '../runs/ports.ts';
import type { LaneMessage, RunRow, SliceObject, SliceRow } from '../runs/run.ts';
import type { AccountPace } from './account-pace.ts';
import { Backoff, MAX_DELAY_SECONDS } from './backoff.ts';
import { Grants, type KillSwitch } from './grants.ts';
import { isWhole, lostSlice } from './lost-slice.ts';
import { spreadSeconds } from './pace.ts';
import type { CompiledPlan } from './plans.ts';
import { LEASE_MS, RESERVE_MS, type SliceDeps, SliceWork, type TurnEnd } from './slice-work.ts';

export interface LaneDeps extends CloseDeps, SliceDeps {
  readonly runs: RunStore;
  readonly objects: Pick<RunObjects, 'get'>;
  readonly plans: (activityId: string) => Promise<CompiledPlan | undefined>;
  readonly sliceQueue: QueueSender<LaneMessage>;
  readonly account: AccountPace;
  readonly killSwitch: KillSwitch;
  /** Shows that a run paused itself (runs/show-pause.ts). */
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
  const lane = new Lane(deps, run, message, ctx.deadline);
  try {
    if (message.slice === undefined || (await lane.work(message.slice))) await lane.goOn();
  } finally {
    await lane.told();
  }
}

/** A lane of a run as fast as possible lets others have its worker after about this. */
const TURN_MS = 10_000;

/**
 * Runs as fast as possible have lanes for all workers there are: each goes back onto the queue after a while, at moments of
 * its own, so that a run that begins or goes on finds a worker within moments. Lanes of a rate are few, and stay.
 */
const yieldAtOf = (
  { ratePerMinute }: RunRow,
  { clock, random }: Pick<LaneDeps, 'clock' | 'random'>,
): number => (ratePerMinute === undefined ? clock() + TURN_MS * (0.5 + random()) : Number.POSITIVE_INFINITY);

class Lane {
  readonly #deps: LaneDeps;
  readonly #run: RunRow;
  readonly #own: number | undefined;
  readonly #goesOn: boolean;
  readonly #deadline: number;
  readonly #yieldAt: number;
  readonly #grants: Grants;
  readonly #backoff: Backoff;

  constructor(deps: LaneDeps, run: RunRow, { slice, epoch, goesOn = false }: LaneMessage, deadline: number) {
    this.#deps = deps;
    this.#run = run;
    this.#own = slice;
    this.#goesOn = slice === undefined || (goesOn && epoch === run.epoch);
    this.#deadline = deadline;
    this.#yieldAt = yieldAtOf(run, deps);
    this.#grants = new Grants(deps, run);
    this.#backoff = new Backoff(deps);
  }

  /**
   * Takes slices nobody has begun with, one after the other. A lane that came for one slice of its own goes on only
   * where the pace is what limits the run, or where it stands for one that had to stop: there are lanes enough for the rest.
   */
  async goOn(): Promise<void> {
    if (!this.#goesOn && this.#run.ratePerMinute === undefined) return;
    for (;;) {
      const until = Math.min(this.#deadline - RESERVE_MS, this.#yieldAt);
      if (this.#deps.clock() >= until) return this.#queue(undefined, 0);
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

  /** The run knows what became of the lane's last calls as well. Should that fail, it knows a little less. */
  async told(): Promise<void> {
    await this.#grants.tell().catch((cause: unknown) => logger.warn('failures not told', { cause }));
  }

  /** One turn on a slice; false when the lane ends with it. */
  async work(number: number): Promise<boolean> {
    try {
      return await this.#worked(number);
    } catch (error) {
      // The message that brought the lane comes again by itself, but not for a slice that the lane met on its way.
      if (number !== this.#own) await this.#queue(number, 1, this.#goesOn).catch(() => undefined);
      throw error;
    }
  }

  async #worked(number: number): Promise<boolean> {
    const hold: SliceHold = { activityId: this.#run.activityId, number, owner: this.#deps.newId() };
    const now = this.#deps.clock();
    const row =
      (await this.#deps.runs.takeSlice(hold, now, now + LEASE_MS)) ?? (await this.#notTaken(hold, now));
    if (!row) return true;
    const end = await this.#turn(hold, row);
    switch (end.kind) {
      case 'done':
        await this.#ended();
        return true;
      case 'lost':
        return true;
      case 'later':
        await this.#queue(number, end.delaySeconds);
        return true;
      case 'yielded':
        await this.#queue(number, 0, this.#goesOn);
        return false;
      case 'crowded':
        await this.#queue(number, end.delaySeconds + this.#spread(row), this.#goesOn);
        return false;
      case 'throttled':
        await this.#queue(number, end.delaySeconds, this.#goesOn);
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
      if (!compiled || !object || !isWhole(object, row)) return await this.#lost(hold, row);
      const inHand = { hold, row, compiled, object, backoff: this.#backoff, yieldAt: this.#yieldAt };
      const work = new SliceWork(this.#deps, this.#grants, inHand);
      giveBack = () => work.giveBack();
      return await work.turn(this.#deadline);
    } catch (error) {
      // Best effort: should it fail as well, the lease runs out by itself.
      await giveBack().catch((cause: unknown) => logger.warn('slice not given back', { cause }));
      throw error;
    }
  }

  /** No later turn finds what this one did not. */
  async #lost(hold: SliceHold, row: SliceRow): Promise<TurnEnd> {
    logger.error('slice or plan lost: its recipients have failed', {
      run: hold.activityId,
      object: row.objectKey,
      recipients: row.entries,
    });
    const isHeld = await this.#deps.runs.finish(hold, lostSlice(row, this.#deps.clock()));
    return { kind: isHeld ? 'done' : 'lost' };
  }

  async #queue(slice: number | undefined, delaySeconds: number, goesOn = false): Promise<void> {
    const { activityId, epoch } = this.#run;
    const message: LaneMessage = {
      activityId,
      epoch,
      ...(slice === undefined ? {} : { slice }),
      ...(goesOn ? { goesOn } : {}),
    };
    await this.#deps.sliceQueue.send(message, { delaySeconds: Math.min(MAX_DELAY_SECONDS, delaySeconds) });
  }

  /**
   * Done, or in another's hands, who sees to it. One whose time has not come waits in the queue, unless nobody gets anything
   * any more: then there is nothing to wait for.
   */
  async #notTaken(hold: SliceHold, now: number): Promise<SliceRow | undefined> {
    const row = await this.#deps.runs.slice(hold.activityId, hold.number);
    if (!row || row.done || row.leaseUntil > now || row.notBefore <= now) return undefined;
    if (this.#grants.isOver) return this.#deps.runs.takeSlice(hold, row.notBefore, now + LEASE_MS);
    await this.#queue(hold.number, Math.ceil((row.notBefore - now) / 1000));
    return undefined;
  }

  #spread({ entries }: SliceRow): number {
    return spreadSeconds(this.#run.ratePerMinute, entries, this.#deps.random);
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
