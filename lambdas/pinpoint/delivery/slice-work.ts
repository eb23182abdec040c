import { logger } from '../../shared/telemetry.ts';
import type { ChannelKind } from '../channels/channel.ts';
import type { ChannelAdapters, Outcome } from '../channels/ports.ts';
import { kindNamed } from '../channels/registry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { EndpointWriter } from '../ports.ts';
import type { RunStore, SliceHold } from '../runs/ports.ts';
import type { Entry, SliceObject, SliceRow } from '../runs/run.ts';
import { backoffMs, retryDelay, roundsAreOver } from './backoff.ts';
import type { Grants, Refused } from './grants.ts';
import { givenUp, type Letter, letterOf, letterOfOutcome, meaningOf } from './outcomes.ts';
import type { CompiledPlan, CompiledTreatment } from './plans.ts';
import { type PrepareDeps, type Prepared, prepare } from './prepare.ts';
import { Progress } from './progress.ts';
import { type SendFact, sendRecord } from './send-record.ts';

/** A worker renews its lease with each claim; a provider call must be over well before (adapters give up earlier). */
export const LEASE_MS = 60_000;
/** With less of its lease left than this a worker renews it before a call. */
const LEASE_FOR_CALL_MS = 30_000;
/** With less time left than this no further call is begun: it must have room for one that takes its full timeout. */
export const RESERVE_MS = 30_000;
/** A worker waits itself when it is no longer than this; for longer the slice goes back with a delay. */
const LONGEST_NAP_MS = 3_000;
/** Endpoints in one call of a campaign hook (pinpoint.md §3.1). */
const HOOK_SIZE = 50;

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
 * run's pace has no room for it now. `resting`: given back until somebody resumes the run. `lost`: somebody else has it.
 */
export type TurnEnd =
  | { readonly kind: 'done' | 'lost' | 'resting' }
  | { readonly kind: 'later' | 'crowded'; readonly delaySeconds: number };

const LOST: TurnEnd = { kind: 'lost' };

/** What became of one position: its letter, and what the provider said. */
interface Result {
  readonly position: number;
  readonly letter: Letter;
  readonly outcome?: Outcome;
}

export interface SliceInHand {
  readonly hold: SliceHold;
  readonly row: SliceRow;
  readonly compiled: CompiledPlan;
  readonly object: SliceObject;
}

/** One worker's turn on one slice. */
export class SliceWork {
  readonly #deps: SliceDeps;
  readonly #grants: Grants;
  readonly #hold: SliceHold;
  readonly #compiled: CompiledPlan;
  readonly #treatment: CompiledTreatment;
  readonly #object: SliceObject;
  readonly #progress: Progress;
  readonly #round: number;
  #skippedWritten: boolean;
  #leaseUntil: number;
  #throttledCalls = 0;

  constructor(deps: SliceDeps, grants: Grants, { hold, row, compiled, object }: SliceInHand) {
    this.#deps = deps;
    this.#grants = grants;
    this.#hold = hold;
    this.#compiled = compiled;
    this.#treatment = compiled.treatment(object.treatmentId);
    this.#object = object;
    this.#progress = new Progress(row.states, row.legend);
    this.#round = row.round;
    this.#skippedWritten = row.skippedWritten;
    this.#leaseUntil = row.leaseUntil;
  }

  /** Works until the slice is done, the time before `deadline` (epoch milliseconds) runs short, or it may not go on. */
  async turn(deadline: number): Promise<TurnEnd> {
    await this.#writeSkipped();
    await this.#settle(this.#progress.inFlight, () => letterOf('UNKNOWN'));
    const end = await this.#calls(deadline);
    return end ?? this.#rounded();
  }

  /** Gives the slice back as it is, with what is known so far. */
  async giveBack(round = this.#round, notBefore = 0): Promise<boolean> {
    const progress = { ...this.#progress.written, skippedWritten: this.#skippedWritten };
    return this.#deps.runs.release(this.#hold, progress, { round, notBefore });
  }

  /** Every call of this turn was made: what is left waits for its time or for another round. */
  async #rounded(): Promise<TurnEnd> {
    const round = this.#round;
    const left = this.#progress.retryable;
    const lost = left.filter((position) => roundsAreOver(this.#progress.letter(position), round));
    if (lost.length > 0 && !(await this.#settledIfHeld(lost, givenUp))) return LOST;
    const now = this.#deps.clock();
    const { earliest } = this.#progress;
    const retryAt = left.length > lost.length ? now + retryDelay(round, this.#deps.random) * 1000 : undefined;
    const next = Math.min(earliest ?? Number.POSITIVE_INFINITY, retryAt ?? Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) return this.#finished();
    return this.#later(
      Math.max(0, Math.ceil((next - now) / 1000)),
      retryAt === undefined ? round : round + 1,
    );
  }

  async #later(delaySeconds: number, round = this.#round): Promise<TurnEnd> {
    const given = await this.giveBack(round, this.#deps.clock() + delaySeconds * 1000);
    return given ? { kind: 'later', delaySeconds } : LOST;
  }

  /** Makes the calls of this turn: first tries, or retries when there are none left. Undefined when it made them all. */
  async #calls(deadline: number): Promise<TurnEnd | undefined> {
    const fresh = this.#progress.toTry(this.#deps.clock());
    const positions = fresh.length > 0 ? fresh : this.#progress.retryable;
    if (positions.length === 0) return undefined;
    const kind = kindNamed(this.#object.kind);
    let next = this.#prepared(await this.#cut(positions, kind));
    for (;;) {
      const call = await next;
      if (this.#deps.clock() >= deadline - RESERVE_MS) return this.#later(0);
      const permitted = await this.#permitted(kind, call);
      if ('kind' in permitted) return permitted;
      positions.unshift(...permitted.putOff);
      const following = await this.#cut(positions, kind);
      // The next call's endpoints are read while this one is on its way.
      next = this.#prepared(following);
      const nap = await this.#made(kind, permitted.call);
      if (nap > LONGEST_NAP_MS) return this.#later(Math.ceil(nap / 1000));
      if (nap > 0) await this.#deps.sleep(nap);
      if (following.length === 0) return undefined;
    }
  }

  /** Takes the positions of one call off the front. */
  async #cut(positions: number[], kind: ChannelKind): Promise<number[]> {
    const limit = await this.#grants.callLimit(kind);
    return positions.splice(0, this.#compiled.plan.hook === undefined ? limit : Math.min(limit, HOOK_SIZE));
  }

  #prepared(positions: readonly number[]): Promise<Prepared> {
    const call = {
      compiled: this.#compiled,
      treatment: this.#treatment,
      entries: this.#object.entries,
      letters: this.#progress.letters,
    };
    const prepared = prepare(this.#deps, call, positions);
    // A failure is met when the call's turn comes; until then it must not count as unhandled.
    prepared.catch(() => undefined);
    return prepared;
  }

  /** Takes a grant and claims the call, made smaller if the pace asks for it; an end of the turn when it is refused. */
  async #permitted(
    kind: ChannelKind,
    call: Prepared,
  ): Promise<TurnEnd | { readonly call: Prepared; readonly putOff: readonly number[] }> {
    let { ready } = call;
    while (ready.length > 0) {
      if (!(await this.#leaseLasts())) return LOST;
      const grant = await this.#grants.take(ready.length, kind);
      if (grant.kind === 'go') break;
      if (grant.kind === 'smaller') {
        ready = ready.slice(0, Math.min(ready.length - 1, await this.#grants.callLimit(kind)));
        continue;
      }
      return this.#refused(grant);
    }
    const kept = new Set(ready);
    const putOff = call.ready.filter((each) => !kept.has(each)).map(({ position }) => position);
    return (await this.#claimed(ready.map(({ position }) => position)))
      ? { call: { ready, decided: call.decided }, putOff }
      : LOST;
  }

  async #refused(grant: Refused): Promise<TurnEnd> {
    if (grant.kind === 'over') return this.#over(grant.reason);
    if (!(await this.giveBack())) return LOST;
    return grant.kind === 'resting' ? grant : { kind: 'crowded', delaySeconds: grant.delaySeconds };
  }

  /** Renews the lease when reading and asking took long. */
  async #leaseLasts(): Promise<boolean> {
    return this.#leaseUntil - this.#deps.clock() > LEASE_FOR_CALL_MS || this.#claimed();
  }

  /** Claims positions for a call, or, without any, asks whether the slice is still held. */
  async #claimed(positions: readonly number[] = []): Promise<boolean> {
    const leaseUntil = this.#deps.clock() + LEASE_MS;
    const progress = { ...this.#progress.withInFlight(positions), skippedWritten: this.#skippedWritten };
    const claimed = await this.#deps.runs.claim(this.#hold, progress, leaseUntil);
    if (claimed) this.#leaseUntil = leaseUntil;
    return claimed;
  }

  /** Makes the call and takes its results up; returns how long to wait before the next one, milliseconds. */
  async #made(kind: ChannelKind, { ready, decided }: Prepared): Promise<number> {
    const adapter = this.#deps.adapters[kind.name];
    if (!adapter) throw new Error(`There is no adapter for ${kind.name}`);
    const messages = ready.map(({ message }) => message);
    const outcomes = messages.length === 0 ? [] : await adapter.send(messages);
    const sent = ready.map(({ position }, index): Result => {
      const outcome = outcomes[index] ?? { kind: 'uncertain', text: 'The provider gave no answer for it' };
      return { position, letter: letterOfOutcome(outcome), outcome };
    });
    await this.#record([...sent, ...decided]);
    const final = sent.filter(({ outcome }) => outcome?.kind === 'sent' || outcome?.kind === 'permanent');
    this.#grants.report(final.length, final.filter(({ outcome }) => outcome?.kind === 'permanent').length);
    await this.#follow(
      sent,
      messages.map(({ address }) => address),
    );
    return this.#nap(outcomes);
  }

  /** Throttled calls back off, longer each time in a row; a call that went through ends that. */
  #nap(outcomes: readonly Outcome[]): number {
    const throttled = outcomes.filter((outcome) => outcome.kind === 'throttled');
    if (throttled.length === 0) {
      this.#throttledCalls = 0;
      return 0;
    }
    const asked = Math.max(0, ...throttled.map(({ retryAfterMs = 0 }) => retryAfterMs));
    return Math.max(asked, backoffMs(this.#throttledCalls++, this.#deps.random));
  }

  /** Nobody who is left gets anything: the run was cancelled, or its time is over. */
  async #over(reason: 'CANCELLED' | 'EXPIRED'): Promise<TurnEnd> {
    return (await this.#settledIfHeld(this.#progress.open, () => letterOf(reason))) ? this.#finished() : LOST;
  }

  async #finished(): Promise<TurnEnd> {
    return (await this.#deps.runs.finish(this.#hold, this.#progress.written)) ? { kind: 'done' } : LOST;
  }

  /** Gives positions their final letters without a call, unless the slice is lost: then they are another's to judge. */
  async #settledIfHeld(positions: readonly number[], letter: (before: Letter) => Letter): Promise<boolean> {
    if (positions.length === 0) return true;
    if (!(await this.#claimed())) return false;
    await this.#settle(positions, letter);
    return true;
  }

  async #settle(positions: readonly number[], letter: (before: Letter) => Letter): Promise<void> {
    await this.#record(
      positions.map((position) => ({ position, letter: letter(this.#progress.letter(position)) })),
    );
  }

  /**
   * Writes final results to the ledger and only then takes them up as states: a crash in between leaves them in flight,
   * hence uncertain, never unrecorded.
   */
  async #record(results: readonly Result[]): Promise<void> {
    const { legend } = this.#progress.letters;
    const facts = results.flatMap((result) => {
      const meaning = meaningOf(result.letter, legend);
      return meaning ? (this.#fact(result, meaning) ?? []) : [];
    });
    await this.#write(facts);
    for (const { position, letter } of results) this.#progress.set(position, letter);
  }

  #fact({ position, outcome }: Result, meaning: Pick<SendFact, 'status' | 'reason'>): SendFact | undefined {
    const entry: Entry | undefined = this.#object.entries[position];
    if (!entry) return undefined;
    return {
      endpointId: entry.e,
      userId: entry.u,
      channelType: entry.c,
      ...meaning,
      ...(outcome?.kind === 'sent'
        ? { providerMessageId: outcome.providerMessageId }
        : { statusText: outcome?.text }),
    };
  }

  async #write(facts: readonly SendFact[]): Promise<void> {
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

  /**
   * What the provider told about addresses: dead ones get no more messages, tokens that were renewed are followed. What
   * fails here is tried again with the endpoint's next message.
   */
  async #follow(results: readonly Result[], addresses: readonly string[]): Promise<void> {
    const { applicationId } = this.#compiled.plan;
    const done = await Promise.allSettled(
      results.flatMap(({ position, outcome }, index) => {
        const endpointId = this.#object.entries[position]?.e ?? '';
        if (outcome?.kind === 'permanent' && outcome.gone)
          return [this.#deps.endpoints.deactivate(applicationId, endpointId)];
        if (outcome?.kind !== 'sent' || !outcome.updatedToken) return [];
        const from = addresses[index] ?? '';
        return [this.#deps.endpoints.readdress(applicationId, endpointId, from, outcome.updatedToken)];
      }),
    );
    const failed = done.filter(({ status }) => status === 'rejected').length;
    if (failed > 0) logger.warn('endpoints not updated', { failed });
  }
}
