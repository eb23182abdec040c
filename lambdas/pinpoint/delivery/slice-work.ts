import type { ChannelKind } from '../channels/channel.ts';
import type { ChannelAdapter, ChannelAdapters, Outcome } from '../channels/ports.ts';
import { kindNamed } from '../channels/registry.ts';
import { HOOK_ENDPOINTS } from '../hooks/hook.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { EndpointWriter } from '../ports.ts';
import type { RunStore, SliceHold } from '../runs/ports.ts';
import type { Entry, SliceObject, SliceRow } from '../runs/run.ts';
import { type Backoff, retryDelay, THROTTLED_ROUNDS } from './backoff.ts';
import { followed } from './follow.ts';
import type { Grants, Refused } from './grants.ts';
import {
  decided,
  IN_FLIGHT,
  type Legend,
  type Letter,
  letterOf,
  letterOfOutcome,
  meaningOf,
  PENDING,
} from './outcomes.ts';
import type { CompiledPlan, CompiledTreatment } from './plans.ts';
import { type PrepareDeps, type Prepared, prepare } from './prepare.ts';
import { type Change, Progress } from './progress.ts';
import { type SendFact, sendRecord } from './send-record.ts';

/** A worker renews its lease with each claim; a provider call must be over well before (adapters give up earlier). */
export const LEASE_MS = 60_000;
/** With less of its lease left than this a worker renews it before a call. */
const LEASE_FOR_CALL_MS = 30_000;
/** With less time left than this no further call is begun: it must have room for one that takes its full timeout. */
export const RESERVE_MS = 30_000;
/** A worker waits itself when it is no longer than this; for longer the slice goes back with a delay. */
const LONGEST_NAP_MS = 3_000;

export interface SliceDeps extends PrepareDeps {
  readonly runs: Pick<RunStore, 'claim' | 'release' | 'finish'>;
  readonly endpoints: PrepareDeps['endpoints'] & EndpointWriter;
  readonly adapters: ChannelAdapters;
  readonly ledger: Ledger;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 ≤ random() < 1. */
  readonly random: () => number;
}

/**
 * How a worker's turn on a slice ended. `later`: it was given back and wants another turn after a delay. `crowded`: the
 * run's pace has no room for it now. `throttled`: the provider wants to be left alone. `resting`: given back until somebody
 * resumes the run. `yielded`: given back so that others get a worker. `lost`: somebody else has it.
 */
export type TurnEnd =
  | { readonly kind: 'done' | 'lost' | 'resting' | 'yielded' }
  | { readonly kind: 'later' | 'crowded' | 'throttled'; readonly delaySeconds: number };

const LOST: TurnEnd = { kind: 'lost' };

/** What became of one position: its letter, and what the provider said. */
interface Result extends Change {
  readonly outcome?: Outcome;
  readonly messageId?: string;
}

/** A call that is claimed. */
interface Permitted {
  readonly call: Prepared;
  /** The letters its positions had before. */
  readonly before: readonly Letter[];
  /** Positions for which it had no room. */
  readonly putOff: readonly number[];
}

export interface SliceInHand {
  readonly hold: SliceHold;
  readonly row: SliceRow;
  readonly compiled: CompiledPlan;
  readonly object: SliceObject;
  /** The worker's, over all its slices. */
  readonly backoff: Backoff;
  /** Epoch milliseconds from which the worker is another run's turn: after the call that is being made then. */
  readonly yieldAt: number;
}

/**
 * A claim's letter for a decision: one that is final is to be written to the ledger. Being in the claim, it is whoever's
 * has the slice then, and no two workers can tell the ledger different things.
 */
const claimed = (legend: Legend, { position, letter }: Change): Change => ({
  position,
  letter: meaningOf(letter, legend) ? decided(letter) : letter,
});

/** One worker's turn on one slice. */
export class SliceWork {
  readonly #deps: SliceDeps;
  readonly #grants: Grants;
  readonly #backoff: Backoff;
  readonly #hold: SliceHold;
  readonly #compiled: CompiledPlan;
  readonly #treatment: CompiledTreatment;
  readonly #object: SliceObject;
  readonly #kind: ChannelKind;
  readonly #adapter: ChannelAdapter;
  readonly #progress: Progress;
  readonly #round: number;
  readonly #yieldAt: number;
  #skippedWritten: boolean;
  #leaseUntil: number;

  constructor(
    deps: SliceDeps,
    grants: Grants,
    { hold, row, compiled, object, backoff, yieldAt }: SliceInHand,
  ) {
    const adapter = deps.adapters[object.kind];
    if (!adapter) throw new Error(`There is no adapter for ${object.kind}`);
    this.#deps = deps;
    this.#grants = grants;
    this.#backoff = backoff;
    this.#hold = hold;
    this.#compiled = compiled;
    this.#treatment = compiled.treatment(object.treatmentId);
    this.#object = object;
    this.#kind = kindNamed(object.kind);
    this.#adapter = adapter;
    this.#progress = new Progress(row.states, row.legend, deps.clock());
    this.#round = row.round;
    this.#yieldAt = yieldAt;
    this.#skippedWritten = row.skippedWritten;
    this.#leaseUntil = row.leaseUntil;
  }

  /** Works until the slice is done, the time before `deadline` (epoch milliseconds) runs short, or it may not go on. */
  async turn(deadline: number): Promise<TurnEnd> {
    await this.#writeSkipped();
    await this.#record(this.#progress.leftBehind);
    const refused = await this.#grants.standing();
    if (refused) return this.#refused(refused);
    const end = await this.#calls(deadline);
    return end ?? this.#rounded();
  }

  /** Gives the slice back as it is, with what is known so far. */
  async giveBack(round = this.#round, notBefore = 0): Promise<boolean> {
    const progress = { ...this.#progress.written, skippedWritten: this.#skippedWritten };
    return this.#deps.runs.release(this.#hold, progress, { round, notBefore });
  }

  /** Every call of this turn was made: what is left waits for another round, or for its time. */
  async #rounded(): Promise<TurnEnd> {
    const { putOff } = this.#progress;
    if (this.#round >= THROTTLED_ROUNDS) {
      const lost = putOff.map(({ position }) => ({ position, letter: letterOf('THROTTLED') }));
      if (!(await this.#settled(lost))) return LOST;
    } else if (putOff.length > 0) {
      this.#progress.set(putOff);
      const delaySeconds = retryDelay(this.#round, this.#deps.random);
      const restSeconds = Math.ceil(this.#backoff.restMs / 1000);
      return this.#later('later', Math.max(delaySeconds, restSeconds), this.#round + 1);
    }
    const { earliest } = this.#progress;
    if (earliest === undefined) return this.#finished();
    // Whoever waits for a time has all rounds before it.
    return this.#later('later', Math.max(0, Math.ceil((earliest - this.#deps.clock()) / 1000)), 0);
  }

  async #later(kind: 'later' | 'throttled', delaySeconds: number, round = this.#round): Promise<TurnEnd> {
    const given = await this.giveBack(round, this.#deps.clock() + delaySeconds * 1000);
    return given ? { kind, delaySeconds } : LOST;
  }

  /** Makes the calls of this turn. Undefined when it made them all. */
  async #calls(deadline: number): Promise<TurnEnd | undefined> {
    const positions = this.#progress.toTry(this.#deps.clock());
    let next = this.#following(positions);
    for (;;) {
      const call = await next;
      if (!call) return undefined;
      if (this.#deps.clock() >= deadline - RESERVE_MS) return this.#later('later', 0);
      const { restMs } = this.#backoff;
      if (restMs > LONGEST_NAP_MS) return this.#later('throttled', Math.ceil(restMs / 1000));
      if (restMs > 0) await this.#deps.sleep(restMs);
      const permitted = await this.#permitted(call);
      if ('kind' in permitted) return permitted;
      positions.unshift(...permitted.putOff);
      // Nothing comes between claim and call; the next call's endpoints are read while this one is on its way.
      const made = this.#made(permitted.call, permitted.before);
      if (positions.length > 0 && this.#deps.clock() >= this.#yieldAt) {
        await made;
        return (await this.giveBack()) ? { kind: 'yielded' } : LOST;
      }
      next = this.#following(positions);
      await made;
    }
  }

  /** Takes the positions of one call off the front. */
  async #cut(positions: number[]): Promise<number[]> {
    const limit = await this.#grants.callLimit(this.#kind);
    const most = this.#compiled.plan.hook === undefined ? limit : Math.min(limit, HOOK_ENDPOINTS);
    return positions.splice(0, most);
  }

  /** Prepares the call that comes next; undefined when nobody is left. */
  #following(positions: number[]): Promise<Prepared | undefined> {
    const prepared = this.#cut(positions).then((cut) => (cut.length > 0 ? this.#prepared(cut) : undefined));
    // A failure is met when the call's turn comes; until then it must not count as unhandled.
    prepared.catch(() => undefined);
    return prepared;
  }

  #prepared(positions: readonly number[]): Promise<Prepared> {
    const call = {
      compiled: this.#compiled,
      treatment: this.#treatment,
      entries: this.#object.entries,
      letters: this.#progress.letters,
    };
    return prepare(this.#deps, call, positions);
  }

  /** Takes a grant and claims the call, made smaller if the pace asks for it; an end of the turn when it is refused. */
  async #permitted(call: Prepared): Promise<TurnEnd | Permitted> {
    let { ready } = call;
    while (ready.length > 0) {
      if (!(await this.#leaseLasts())) return LOST;
      const grant = await this.#grants.take(ready.length, this.#kind);
      if (grant.kind === 'go') break;
      if (grant.kind === 'smaller') {
        ready = ready.slice(0, Math.min(ready.length - 1, await this.#grants.callLimit(this.#kind)));
        continue;
      }
      return this.#refused(grant);
    }
    if (ready.length === 0) {
      const refused = await this.#grants.look(this.#kind);
      if (refused) return this.#refused(refused);
    }
    const kept = new Set(ready);
    const putOff = call.ready.filter((each) => !kept.has(each)).map(({ position }) => position);
    const inFlight = ready.map(({ position }) => ({ position, letter: IN_FLIGHT }));
    const before = ready.map(({ position }) => this.#progress.letter(position));
    return (await this.#claimed([...inFlight, ...call.decided]))
      ? { call: { ready, decided: call.decided }, before, putOff }
      : LOST;
  }

  async #refused(grant: Refused): Promise<TurnEnd> {
    if (grant.kind === 'over') return this.#over(grant.reason);
    // What the account has no room for rests on its row as well: nobody need look for its lane.
    const rests = grant.kind === 'wait' && grant.by === 'account';
    const notBefore = rests ? this.#deps.clock() + grant.delaySeconds * 1000 : 0;
    if (!(await this.giveBack(this.#round, notBefore))) return LOST;
    return grant.kind === 'resting' ? grant : { kind: 'crowded', delaySeconds: grant.delaySeconds };
  }

  /** Renews the lease when reading and asking took long. */
  async #leaseLasts(): Promise<boolean> {
    return this.#leaseUntil - this.#deps.clock() > LEASE_FOR_CALL_MS || this.#claimed([]);
  }

  /** Claims a call with all that was decided for it, or, without any, asks whether the slice is still held. */
  async #claimed(changes: readonly Change[]): Promise<boolean> {
    const leaseUntil = this.#deps.clock() + LEASE_MS;
    const { legend } = this.#progress.letters;
    const after = changes.map((change) => claimed(legend, change));
    const progress = { ...this.#progress.with(after), skippedWritten: this.#skippedWritten };
    if (!(await this.#deps.runs.claim(this.#hold, progress, leaseUntil))) return false;
    this.#leaseUntil = leaseUntil;
    this.#progress.set(after);
    return true;
  }

  /** Makes the call and takes its results up. `before`: the letters its positions had before they were claimed. */
  async #made({ ready, decided: others }: Prepared, before: readonly Letter[]): Promise<void> {
    const messages = ready.map(({ message }) => message);
    const outcomes = messages.length === 0 ? [] : await this.#adapter.send(messages);
    this.#backoff.took(outcomes);
    const sent = ready.map(({ position, message }, index): Result => {
      const outcome = outcomes[index] ?? { kind: 'uncertain', text: 'The provider gave no answer for it' };
      const letter = letterOfOutcome(outcome, before[index] ?? PENDING);
      return { position, letter, outcome, messageId: message.identity.messageId };
    });
    this.#report([...sent, ...others]);
    // What the provider told of addresses holds whether or not the ledger takes anything.
    const following = followed(this.#deps.endpoints, messages, outcomes);
    try {
      await this.#record([...sent, ...others]);
    } finally {
      await following;
    }
  }

  /** Tells the run what was tried. What nobody knows counts as failed: a provider that breaks down must not use up an audience. */
  #report(results: readonly Result[]): void {
    const { legend } = this.#progress.letters;
    const statuses = results.map(({ letter }) => meaningOf(letter, legend)?.status);
    const failed = statuses.filter((status) => status === 'failed' || status === 'uncertain').length;
    this.#grants.report(statuses.filter((status) => status === 'sent').length + failed, failed);
  }

  /** Nobody who is left gets anything: the run was cancelled, or its time is over. */
  async #over(reason: 'CANCELLED' | 'EXPIRED'): Promise<TurnEnd> {
    const letter = letterOf(reason);
    const left = this.#progress.open.map((position) => ({ position, letter }));
    return (await this.#settled(left)) ? this.#finished() : LOST;
  }

  async #finished(): Promise<TurnEnd> {
    return (await this.#deps.runs.finish(this.#hold, this.#progress.written)) ? { kind: 'done' } : LOST;
  }

  /** Gives positions their final letters without a call, unless the slice is lost: then they are another's to judge. */
  async #settled(changes: readonly Change[]): Promise<boolean> {
    if (changes.length === 0) return true;
    if (!(await this.#claimed(changes))) return false;
    await this.#record(changes);
    return true;
  }

  /**
   * Writes final results to the ledger and only then takes them up as states: a crash in between leaves them claimed,
   * hence uncertain or written again, never unrecorded. Where only the ledger fails, the slice is given back with the
   * decisions, and whoever has it next writes them.
   */
  async #record(results: readonly Result[]): Promise<void> {
    const { legend } = this.#progress.letters;
    const facts = results.flatMap((result) => {
      const meaning = meaningOf(result.letter, legend);
      return meaning ? (this.#fact(result, meaning) ?? []) : [];
    });
    this.#progress.set(results.map((result) => claimed(legend, result)));
    await this.#write(facts);
    this.#progress.set(results);
  }

  #fact(
    { position, outcome, messageId }: Result,
    meaning: Pick<SendFact, 'status' | 'reason'>,
  ): SendFact | undefined {
    const entry: Entry | undefined = this.#object.entries[position];
    if (!entry) return undefined;
    return {
      endpointId: entry.e,
      userId: entry.u,
      channelType: entry.c,
      messageId,
      ...meaning,
      ...(outcome?.kind === 'sent'
        ? { providerMessageId: outcome.providerMessageId }
        : { statusText: outcome?.text }),
    };
  }

  async #write(facts: readonly SendFact[]): Promise<void> {
    if (facts.length === 0) return;
    const { activityId, number } = this.#hold;
    const now = this.#deps.clock();
    const records = facts.map((fact) => sendRecord(this.#compiled.plan, this.#treatment.plan, fact, now));
    await this.#deps.ledger.write(`${activityId}:${number}`, records);
  }

  async #writeSkipped(): Promise<void> {
    if (this.#skippedWritten) return;
    await this.#write(
      this.#object.skipped.map(({ e, u, c, r }) => ({
        endpointId: e,
        userId: u,
        channelType: c,
        status: 'skipped',
        reason: r,
      })),
    );
    this.#skippedWritten = true;
  }
}
