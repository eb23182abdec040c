import { logger } from '../../shared/telemetry.ts';
import type { ChannelAdapter, ChannelAdapters, Outcome } from '../channels/ports.ts';
import { kindNamed } from '../channels/registry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { EndpointReader, EndpointWriter } from '../ports.ts';
import type { RunStore, SliceHold } from '../runs/ports.ts';
import type { Entry, SliceObject, SliceRow } from '../runs/run.ts';
import type { Grants } from './grants.ts';
import {
  givenUp,
  IN_FLIGHT,
  isRetryable,
  type Letter,
  letterOf,
  letterOfOutcome,
  meaningOf,
} from './outcomes.ts';
import type { CompiledPlan } from './plans.ts';
import { type Prepared, prepare } from './prepare.ts';
import { callsOf, Progress } from './progress.ts';
import { type SendFact, sendRecord } from './send-record.ts';

/** A worker renews its lease with each claim; a provider call must be over well before (adapters give up earlier). */
export const LEASE_MS = 60_000;
/** With less time left than this no further call is begun: it must have room for one that takes its full timeout. */
const RESERVE_MS = 30_000;
/** Seconds before each further round for throttled and transient positions; after the last they have failed. */
export const RETRY_DELAYS = [2, 10, 30, 120] as const;

export interface SliceDeps {
  readonly runs: Pick<RunStore, 'claim' | 'release' | 'finish'>;
  readonly endpoints: Pick<EndpointReader, 'endpoints'> & EndpointWriter;
  readonly adapters: ChannelAdapters;
  readonly grants: Grants;
  readonly ledger: Ledger;
  readonly clock: () => number;
}

/** How a worker's turn on a slice ended. `again`: it was given back and wants another turn. `lost`: somebody else has it. */
export type TurnEnd =
  | { readonly kind: 'done' | 'lost' }
  | { readonly kind: 'again'; readonly delaySeconds: number };

const LOST: TurnEnd = { kind: 'lost' };

/** What became of one position: its letter, and what the provider said. */
interface Result {
  readonly position: number;
  readonly letter: Letter;
  readonly outcome?: Outcome;
}

/** One worker's turn on one slice. */
export class SliceWork {
  readonly #deps: SliceDeps;
  readonly #hold: SliceHold;
  readonly #compiled: CompiledPlan;
  readonly #object: SliceObject;
  readonly #progress: Progress;
  readonly #round: number;
  #skippedWritten: boolean;

  constructor(deps: SliceDeps, hold: SliceHold, row: SliceRow, compiled: CompiledPlan, object: SliceObject) {
    this.#deps = deps;
    this.#hold = hold;
    this.#compiled = compiled;
    this.#object = object;
    this.#progress = new Progress(row.states);
    this.#round = row.round;
    this.#skippedWritten = row.skippedWritten;
  }

  /** Works until the slice is done, the time before `deadline` (epoch milliseconds) runs short, or the hold is lost. */
  async turn(deadline: number): Promise<TurnEnd> {
    await this.#writeSkipped();
    await this.#settle(this.#progress.inFlight, () => letterOf('UNKNOWN'));
    const end = await this.#calls(deadline);
    if (end) return end;
    const left = this.#progress.where(isRetryable);
    const delaySeconds = RETRY_DELAYS[this.#round];
    if (left.length > 0 && delaySeconds !== undefined) return this.#later(delaySeconds, this.#round + 1);
    return this.#settledAndDone(left, givenUp);
  }

  /** Gives the slice back as it is, with what is known so far. */
  async giveBack(round = this.#round, notBefore = 0): Promise<boolean> {
    const progress = { states: this.#progress.states, skippedWritten: this.#skippedWritten };
    return this.#deps.runs.release(this.#hold, progress, { round, notBefore });
  }

  async #later(delaySeconds: number, round = this.#round): Promise<TurnEnd> {
    const given = await this.giveBack(round, this.#deps.clock() + delaySeconds * 1000);
    return given ? { kind: 'again', delaySeconds } : LOST;
  }

  /** Makes the calls of this turn: first tries, or retries when there are none left. Undefined when it made them all. */
  async #calls(deadline: number): Promise<TurnEnd | undefined> {
    const { pending } = this.#progress;
    const positions = pending.length > 0 ? pending : this.#progress.where(isRetryable);
    if (positions.length === 0) return undefined;
    const kind = kindNamed(this.#object.kind);
    const adapter = this.#deps.adapters[kind.name];
    if (!adapter) throw new Error(`There is no adapter for ${kind.name}`);
    const calls = callsOf(positions, kind.callSize);
    let next = this.#prepared(calls[0]);
    for (const [index] of calls.entries()) {
      const call = await next;
      if (this.#deps.clock() >= deadline - RESERVE_MS) return this.#later(0);
      const end = await this.#permitted(call);
      if (end) return end;
      // The next call's endpoints are read while this one is on its way.
      next = this.#prepared(calls[index + 1]);
      await this.#made(adapter, call);
    }
    return undefined;
  }

  #prepared(positions: readonly number[] = []): Promise<Prepared> {
    const prepared = prepare(this.#deps.endpoints, this.#compiled, this.#object.entries, positions);
    // A failure is met when the call's turn comes; until then it must not count as unhandled.
    prepared.catch(() => undefined);
    return prepared;
  }

  /** Takes a grant and claims the call; an end of the turn when either is refused. */
  async #permitted({ positions }: Prepared): Promise<TurnEnd | undefined> {
    if (positions.length === 0) return undefined;
    const grant = await this.#deps.grants.take(this.#compiled.plan.activityId, this.#deps.clock());
    if (grant.kind === 'wait') return this.#later(grant.delaySeconds);
    if (grant.kind === 'cancelled') return this.#cancelled();
    return (await this.#claimed(positions)) ? undefined : LOST;
  }

  /** Claims positions for a call, or, without any, asks whether the slice is still held. */
  async #claimed(positions: readonly number[] = []): Promise<boolean> {
    const progress = {
      states: this.#progress.with(positions, IN_FLIGHT),
      skippedWritten: this.#skippedWritten,
    };
    return this.#deps.runs.claim(this.#hold, progress, this.#deps.clock() + LEASE_MS);
  }

  async #made(adapter: ChannelAdapter, call: Prepared): Promise<void> {
    for (const position of call.positions) this.#progress.set(position, IN_FLIGHT);
    const outcomes = call.messages.length === 0 ? [] : await adapter.send(call.messages);
    const sent = call.positions.map((position, index): Result => {
      const outcome = outcomes[index] ?? { kind: 'uncertain', text: 'The provider gave no answer for it' };
      return { position, letter: letterOfOutcome(outcome), outcome };
    });
    await this.#record([...sent, ...call.skipped]);
    await this.#deactivate(sent);
  }

  async #cancelled(): Promise<TurnEnd> {
    const left = this.#progress.where((letter) => meaningOf(letter) === undefined);
    return this.#settledAndDone(left, () => letterOf('CANCELLED'));
  }

  /** Ends the slice with final letters for what is left. Whoever lost the slice must not judge those positions. */
  async #settledAndDone(left: readonly number[], letter: (before: Letter) => Letter): Promise<TurnEnd> {
    if (left.length > 0 && !(await this.#claimed())) return LOST;
    await this.#settle(left, letter);
    return (await this.#deps.runs.finish(this.#hold, this.#progress.states)) ? { kind: 'done' } : LOST;
  }

  /** Gives positions their final letters without a call. */
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
    const facts = results.flatMap((result) => this.#fact(result) ?? []);
    await this.#write(facts);
    for (const { position, letter } of results) this.#progress.set(position, letter);
  }

  #fact({ position, letter, outcome }: Result): SendFact | undefined {
    const meaning = meaningOf(letter);
    const entry: Entry | undefined = this.#object.entries[position];
    if (!meaning || !entry) return undefined;
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
    const records = facts.map((fact) => sendRecord(this.#compiled.plan, fact, now));
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

  /** Endpoints whose address is dead get no more messages. What fails here is tried again with their next message. */
  async #deactivate(results: readonly Result[]): Promise<void> {
    const { applicationId } = this.#compiled.plan;
    const gone = results.filter(({ outcome }) => outcome?.kind === 'permanent' && outcome.gone);
    const done = await Promise.allSettled(
      gone.map(({ position }) =>
        this.#deps.endpoints.deactivate(applicationId, this.#object.entries[position]?.e ?? ''),
      ),
    );
    const failed = done.filter(({ status }) => status === 'rejected').length;
    if (failed > 0) logger.warn('endpoints not deactivated', { failed });
  }
}
