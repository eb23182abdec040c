import type { Ctx } from '../../shared/context.ts';
import { deeperThan } from '../../shared/depth.ts';
import type { Problem } from '../../shared/errors.ts';
import type { Ids } from '../../shared/ids.ts';
import { count, logger } from '../../shared/telemetry.ts';
import { wellFormedJson } from '../../shared/well-formed.ts';
import type { Arrival } from '../arrival.ts';
import { isAnalytics, withoutIdentifiers } from '../identity.ts';
import { holdsAddress, keptAddress } from '../page-address.ts';
import { withoutPersonal } from '../personal.ts';
import { lakeTimestamp } from '../time.ts';
import { personalOf } from '../tracking-plan.ts';
import { idOf, objectOf } from './place.ts';
import type { QuarantineKeeper } from './ports.ts';
import { isRecord, namesOf, type QuarantinedEvent } from './quarantined-event.ts';

export interface KeepDeps {
  readonly quarantine: QuarantineKeeper;
  readonly ids: Pick<Ids, 'random'>;
}

/** An event of a request, and what is wrong with it, in few reasons (`fewReasons`). */
export interface BrokenEvent {
  readonly candidate: unknown;
  readonly problems: readonly Problem[];
}

/** Deeper than this a text cannot be made of it without running out of stack. */
const MAX_DEPTH = 500;

/**
 * Keeps the broken events of one request, all in one object, and answers their quarantine ids in their order
 * (spec §1). Undefined when they could not be kept: the good ones of the request are accepted all the same, so this
 * does not throw.
 */
export async function keepBroken(
  { quarantine, ids }: KeepDeps,
  ctx: Ctx,
  broken: readonly BrokenEvent[],
  arrival: Arrival,
): Promise<readonly string[] | undefined> {
  // Not by the request's id: callers may choose that one, and would overwrite what lies under it.
  const object = objectOf(arrival.receivedMs, ids.random());
  const events = broken.map(
    (one, line): QuarantinedEvent => ({
      quarantine_id: idOf({ object, line }),
      ...namesOf(one.candidate),
      received_at: lakeTimestamp(arrival.receivedMs),
      came_by: arrival.door,
      sender: ctx.actor,
      request_id: ctx.requestId,
      country: arrival.country ?? null,
      bot: arrival.bot,
      reasons: declined(one.candidate) ? valueless(one.problems) : one.problems,
      event: textOf(one.candidate),
    }),
  );
  try {
    await quarantine.keep(object, events);
    count('EventsQuarantined', events.length);
    return events.map(({ quarantine_id }) => quarantine_id);
  } catch (error) {
    logger.error('broken events could not be kept', { error: error as Error, events: events.length });
    count('QuarantineFailed');
    return undefined;
  }
}

const textOf = (candidate: unknown): string =>
  deeperThan(candidate, MAX_DEPTH) ? 'null' : wellFormedJson(JSON.stringify(nameless(candidate)));

/** Without consent to analytics nobody is named (spec §1, "Privacy"), in quarantine neither; whoever cannot be understood said no. */
function declined(candidate: unknown): candidate is Record<string, unknown> {
  const consent = isRecord(candidate) ? (candidate['consent'] ?? undefined) : undefined;
  if (!isRecord(consent)) return consent !== undefined;
  return Object.entries(consent).some(
    ([purpose, said]) => isAnalytics(purpose) && said !== undefined && said !== true,
  );
}

function nameless(candidate: unknown): unknown {
  if (!declined(candidate)) return candidate;
  const { properties, ...rest } = candidate;
  return {
    ...(withoutIdentifiers(namelessText(rest)) as object),
    ...(properties === undefined ? {} : { properties: namelessProperties(candidate) }),
  };
}

/** Page and campaign, whatever stands in their place. */
function namelessText(value: unknown): unknown {
  if (typeof value === 'string')
    return holdsAddress(keptAddress(value, true)) ? null : keptAddress(value, true);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(namelessText);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, namelessText(one)]));
}

const namelessProperties = ({ name, properties }: Record<string, unknown>): unknown =>
  isRecord(properties) ? withoutIdentifiers(withoutPersonal(personalOf(String(name)), properties)) : {};

/** A message quotes the value it is about. */
const valueless = (problems: readonly Problem[]): Problem[] =>
  problems.map(({ field }) => ({ field, message: `${field || 'the event'} is wrong` }));
