import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import { MAX_LANES } from '../runs/lanes.ts';
import type { RunStore } from '../runs/ports.ts';
import { endOf, type LaneMessage, type RunRow } from '../runs/run.ts';
import type { AccountPace } from './account-pace.ts';
import { addable, HORIZON_MS, lanesMissing, paceOf } from './pace.ts';

/**
 * The permission to make one provider call.
 * `go`: now. `smaller`: the call holds more messages than it may by now. `wait`: not for some seconds, the slice goes
 * back with a delay; where the account has no room for it no other lane has, either. `resting`: the run is paused or everything is halted: whoever resumes it queues lanes anew.
 * `over`: never, what is left is skipped with `reason`.
 */
export type Grant = { readonly kind: 'go' } | { readonly kind: 'smaller' } | Refused;

/** The call may not be made, now or ever. */
export type Refused =
  | { readonly kind: 'wait'; readonly delaySeconds: number; readonly by: 'run' | 'account' }
  | { readonly kind: 'resting' }
  | { readonly kind: 'over'; readonly reason: 'CANCELLED' | 'EXPIRED' };

/** The switch that halts every run of the deployment. */
export interface KillSwitch {
  isOff(): Promise<boolean>;
}

export interface GrantDeps {
  readonly runs: Pick<RunStore, 'grant' | 'control'>;
  readonly killSwitch: KillSwitch;
  /** Told when a run pauses itself: its activity and campaign show it. */
  readonly paused: (run: RunRow) => Promise<void>;
  readonly account: AccountPace;
  /** Where more lanes are called for when there are too few to keep up the run's rate. */
  readonly sliceQueue: Pick<QueueSender<LaneMessage>, 'sendAll'>;
  readonly clock: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** A channel kind, as far as its pace goes. */
export interface CallKind {
  readonly name: string;
  /** Messages its provider takes in one call. */
  readonly callSize: number;
}

/** For what asks of no call. */
const NO_CALL: CallKind = { name: '', callSize: 1 };

/** A send whose failures pass this share after so many messages pauses itself (spec §4, "Safety"). */
const FAILURE_SHARE = 0.1;
const FAILURES_AFTER = 500;
/** A worker that meets another's change tries again so often. */
const ATTEMPTS = 8;
/** A control reaches a worker within this also while it only skips. */
const LOOK_AGAIN_MS = 2_000;

const tooManyFail = ({ tried, failed, failuresAccepted }: RunRow): boolean =>
  !failuresAccepted && tried >= FAILURES_AFTER && failed > tried * FAILURE_SHARE;

/** Where one lane asks before each provider call. A rate, a pause, a cancellation and the kill switch all are this one question. */
export class Grants {
  readonly #deps: GrantDeps;
  #run: RunRow;
  #tried = 0;
  #failed = 0;
  /** Whether the last call was booked ahead: where others ask as well, the next one probably is, too. */
  #ahead = false;
  /** When the last call could start, epoch milliseconds. */
  #wentAt: number | undefined;
  /** How long the call before it kept the lane, milliseconds. */
  #busyMs: number | undefined;
  /** From when on the row, as it was last seen, is too old where nothing is asked of it (epoch milliseconds). */
  #lookAgainAt = 0;
  /** Whether it called for more lanes: once, since no worker may be free for them, and they must not fill the queue. */
  #called = false;

  constructor(deps: GrantDeps, run: RunRow) {
    this.#deps = deps;
    this.#run = run;
  }

  /** Messages a call of the kind may hold, by the run's row as it was last seen and the account's quota. */
  async callLimit({ name, callSize }: CallKind): Promise<number> {
    const { callLimit } = paceOf(this.#run.ratePerMinute, callSize);
    return this.#deps.account.callLimit(name, callLimit);
  }

  /** Why nothing may be sent at all, by what was last seen of the run: there is no need to prepare a call then. */
  async standing(): Promise<Refused | undefined> {
    const ended = this.#ended(this.#deps.clock());
    // Whoever gets nothing any more is told so, whether or not others may get something.
    if (ended?.kind === 'over') return ended;
    return (await this.#deps.killSwitch.isOff()) ? { kind: 'resting' } : ended;
  }

  /** Whether nobody who is left gets anything any more. */
  get isOver(): boolean {
    return this.#ended(this.#deps.clock())?.kind === 'over';
  }

  /** What became of a call; it is told with the next grant. */
  report(tried: number, failed: number): void {
    this.#tried += tried;
    this.#failed += failed;
  }

  /** Tells what is not told yet: of a slow rate no lane lasts until the next grant, and a run pauses by what it was told. */
  async tell(): Promise<void> {
    if (this.#tried > 0) await this.#ofRun(0, NO_CALL);
  }

  /** A grant for a call of `messages`; `go` comes when the call may start, by the run's pace and then by the account's. */
  async take(messages: number, kind: CallKind): Promise<Grant> {
    if (messages > (await this.callLimit(kind))) return { kind: 'smaller' };
    const busyMs = this.#wentAt === undefined ? undefined : this.#deps.clock() - this.#wentAt;
    const grant = await this.#ofRun(messages, kind);
    if (typeof grant !== 'number') return grant;
    await this.#until(grant);
    const account = await this.#deps.account.take(kind.name, messages);
    if ('room' in account) return { kind: 'smaller' };
    if ('waitSeconds' in account) return { kind: 'wait', delaySeconds: account.waitSeconds, by: 'account' };
    if (account.startAt > this.#deps.clock()) {
      await this.#until(account.startAt);
      // Two waits are longer than a control may take to act, so it is asked about anew.
      const refused = await this.#ofRun(0, NO_CALL);
      if (typeof refused !== 'number' && refused.kind !== 'smaller') return refused;
    } else await this.#keepUp(busyMs, messages, kind);
    this.#wentAt = this.#deps.clock();
    return { kind: 'go' };
  }

  /** For a call without messages, which needs no grant: why it need not be made, looked up anew after a while or when there are failures to tell. */
  async look(kind: CallKind): Promise<Refused | undefined> {
    if (this.#failed === 0 && this.#deps.clock() < this.#lookAgainAt) return this.standing();
    const grant = await this.#ofRun(0, kind);
    return typeof grant === 'number' || grant.kind === 'smaller' ? undefined : grant;
  }

  /** Calls for more lanes when a call found the pace idle: there are too few to ask in time. */
  async #keepUp(busyMs: number | undefined, messages: number, { callSize }: CallKind): Promise<void> {
    const { activityId, epoch, campaignId, ratePerMinute, slices, nextSlice, doneSlices } = this.#run;
    // The shorter one of two: a single call that took long is no reason.
    const usualMs = Math.min(busyMs ?? 0, this.#busyMs ?? 0);
    this.#busyMs = busyMs;
    if (this.#ahead || usualMs === 0) return;
    if (ratePerMinute === undefined || this.#called) return;
    const callMs = messages * paceOf(ratePerMinute, callSize).intervalMs;
    const missing = lanesMissing(usualMs, callMs, nextSlice - 1 - doneSlices, MAX_LANES);
    const more = Math.min(missing, slices - nextSlice + 1);
    if (more <= 0) return;
    this.#called = true;
    const lanes = Array.from({ length: more }, (): LaneMessage => ({ activityId, epoch }));
    await this.#deps.sliceQueue
      .sendAll(lanes, { groupId: campaignId })
      .catch((cause: unknown) => logger.warn('no lanes called for', { cause }));
  }

  async #until(startAt: number): Promise<void> {
    const ms = startAt - this.#deps.clock();
    if (ms > 0) await this.#deps.sleep(ms);
  }

  /** The instant from which the run's pace allows the call (epoch milliseconds), or why it does not. */
  async #ofRun(messages: number, kind: CallKind): Promise<number | Refused | { readonly kind: 'smaller' }> {
    if (await this.#deps.killSwitch.isOff()) return { kind: 'resting' };
    let ahead: boolean | undefined = this.#ahead || undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = this.#deps.clock();
      const end = this.#ended(now);
      if (end) return end;
      const pace = paceOf(this.#run.ratePerMinute, kind.callSize);
      if (messages > pace.callLimit) return { kind: 'smaller' };
      const answer = await this.#deps.runs.grant(this.#run.activityId, {
        epoch: this.#run.epoch,
        now,
        costMs: addable(messages * pace.intervalMs),
        ahead: ahead ?? this.#run.nextAt > now,
        horizonMs: HORIZON_MS,
        tried: this.#tried,
        failed: this.#failed,
      });
      if (!answer.run) return { kind: 'over', reason: 'CANCELLED' };
      this.#lookAgainAt = this.#deps.clock() + LOOK_AGAIN_MS;
      this.#run = answer.run;
      if (answer.granted) return this.#granted(answer.startAt, messages > 0 ? now : undefined);
      const refused = this.#ended(now) ?? (messages > 0 ? this.#far(now) : undefined);
      if (refused) return refused;
      ahead = undefined;
    }
    return { kind: 'wait', delaySeconds: 1, by: 'run' };
  }

  /** What was told counts from here on. `askedAt`: when it was asked for a call. */
  #granted(startAt: number, askedAt: number | undefined): number | Promise<Refused> {
    this.#tried = 0;
    this.#failed = 0;
    if (askedAt !== undefined) this.#ahead = startAt > askedAt;
    return tooManyFail(this.#run) ? this.#pause() : startAt;
  }

  #ended(now: number): Refused | undefined {
    const reason = endOf(this.#run, now);
    if (reason) return { kind: 'over', reason };
    return this.#run.paused === undefined ? undefined : { kind: 'resting' };
  }

  /** The delay after which a start is near enough to be granted, with a margin for a queue that is late. */
  #far(now: number): Refused | undefined {
    const far = this.#run.nextAt - now - HORIZON_MS;
    return this.#run.ratePerMinute !== undefined && far > 0
      ? { kind: 'wait', delaySeconds: Math.ceil(far / 1000), by: 'run' }
      : undefined;
  }

  async #pause(): Promise<Refused> {
    const { activityId } = this.#run;
    const run = await this.#deps.runs.control(activityId, { paused: 'FAILURES' }, true);
    if (run) await this.#deps.paused(run);
    return { kind: 'resting' };
  }
}
