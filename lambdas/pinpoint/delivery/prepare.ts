import type { RenderContext } from '../../shared/rendering/context.ts';
import { USER_ID } from '../../shared/rendering/variables.ts';
import { logger } from '../../shared/telemetry.ts';
import type { CapRun, Caps } from '../caps/ports.ts';
import type { OutgoingMessage } from '../channels/ports.ts';
import { definitionOf, type EndpointDefinition } from '../endpoints/definition.ts';
import type { HookVerdict } from '../hooks/hook.ts';
import type { HookResult } from '../hooks/run-hook.ts';
import { messageIdOf } from '../ledger/message-id.ts';
import type { DottedValues, EndpointReader } from '../ports.ts';
import { valuesWith } from '../runs/expand.ts';
import type { Entry, RunPlan, TreatmentPlan } from '../runs/run.ts';
import { type Letter, type Letters, letterOf } from './outcomes.ts';
import type { CompiledPlan, CompiledTreatment } from './plans.ts';
import type { Change } from './progress.ts';
import { isQuiet } from './quiet-time.ts';
import type { Recipients } from './recipients.ts';

/** A recipient whose message is ready. */
export interface Ready {
  /** Its position in the slice. */
  readonly position: number;
  readonly message: OutgoingMessage;
}

/** A provider call that is ready to be claimed and made. */
export interface Prepared {
  readonly ready: readonly Ready[];
  /** Positions that get nothing, or nothing yet, with their letters. */
  readonly decided: readonly Change[];
}

/** Asks a campaign hook about endpoints (hooks/run-hook.ts). */
export type AskHook = (
  plan: RunPlan,
  treatment: TreatmentPlan,
  endpoints: ReadonlyMap<string, EndpointDefinition>,
) => Promise<Map<string, HookResult>>;

export interface PrepareDeps {
  readonly endpoints: Pick<EndpointReader, 'endpoints' | 'users'>;
  readonly caps: Caps;
  readonly askHook: AskHook;
  readonly recipients: Recipients;
  readonly clock: () => number;
  /** What templates may know of the moment they are rendered at. */
  readonly moment: () => RenderContext;
}

/** What the positions of a call have in common. */
export interface CallOf {
  readonly compiled: CompiledPlan;
  readonly treatment: CompiledTreatment;
  readonly entries: readonly Entry[];
  readonly letters: Letters;
}

/** A recipient on its way through the checks. */
interface Candidate {
  readonly position: number;
  readonly entry: Entry;
  readonly address: string;
  readonly values: DottedValues;
  readonly verdict?: HookVerdict;
}

/**
 * Reads the endpoints of the positions as they are at this moment, judges them and renders their messages: what the
 * endpoint itself says, the hook, shared addresses, caps, quiet time. In this order, since whom the hook filters was never
 * targeted and neither counts nor keeps the address for itself, and whom quiet time keeps from it was (pinpoint.md §2.5).
 */
export async function prepare(
  deps: PrepareDeps,
  call: CallOf,
  positions: readonly number[],
): Promise<Prepared> {
  const decided: Change[] = [];
  const candidates = await hooked(deps, call, await eligible(deps, call, positions, decided), decided);
  const allowed = await capped(deps, call, distinct(candidates, decided), decided);
  const moment = deps.moment();
  const ready = awake(deps, call, allowed, decided).flatMap((candidate): Ready[] => {
    const { position } = candidate;
    try {
      return [{ position, message: messageFor(call, candidate, moment) }];
    } catch (cause) {
      // One member's values must not keep the others of the slice from their messages.
      logger.warn('message not rendered', { error: cause as Error, endpoint: candidate.entry.e });
      decided.push({ position, letter: letterOf('RENDERING_FAILURE') });
      return [];
    }
  });
  return { ready, decided };
}

async function eligible(
  deps: PrepareDeps,
  { compiled, entries }: CallOf,
  positions: readonly number[],
  decided: Change[],
): Promise<Candidate[]> {
  const chosen = positions.flatMap((position) => {
    const entry = entries[position];
    return entry ? [{ position, entry }] : [];
  });
  const rows = await wholeRows(deps, compiled, chosen);
  const candidates: Candidate[] = [];
  for (const { position, entry } of chosen) {
    const values = rows.get(entry.e);
    const address = String(values?.['Address'] ?? '');
    const letter =
      refusal(values, entry) ??
      (deps.recipients(address, entry.u) ? undefined : letterOf('RECIPIENT_NOT_ALLOWED'));
    if (letter !== undefined || !values) {
      decided.push({ position, letter: letter ?? letterOf('ENDPOINT_DELETED') });
      continue;
    }
    candidates.push({ position, entry, address, values });
  }
  return candidates;
}

/** An address gets one message of a call: providers tell the messages of a call apart by it. */
function distinct(candidates: readonly Candidate[], decided: Change[]): readonly Candidate[] {
  const addresses = new Set<string>();
  return candidates.filter(({ position, address }) => {
    const taken = addresses.has(address);
    addresses.add(address);
    if (taken) decided.push({ position, letter: letterOf('DUPLICATE_ADDRESS') });
    return !taken;
  });
}

/** Why an endpoint, as it is now, gets nothing; undefined when it gets its message. */
function refusal(endpoint: DottedValues | undefined, { c, u }: Entry): Letter | undefined {
  if (!endpoint) return letterOf('ENDPOINT_DELETED');
  if (endpoint['ChannelType'] !== c) return letterOf('ENDPOINT_CHANNEL_CHANGED');
  // Whoever has the device by now must not read what was meant for somebody else.
  if (u !== undefined && (endpoint[USER_ID] ?? u) !== u) return letterOf('ENDPOINT_USER_CHANGED');
  if (endpoint['EndpointStatus'] === 'INACTIVE') return letterOf('ENDPOINT_INACTIVE');
  if (endpoint['OptOut'] === 'ALL') return letterOf('ENDPOINT_OPT_OUT');
  return endpoint['Address'] ? undefined : letterOf('ENDPOINT_MISSING_ADDRESS');
}

/** The endpoints' rows; when functions are told whole endpoints, with the attributes of their users. */
async function wholeRows(
  { endpoints }: PrepareDeps,
  { plan, endpointNames: names }: CompiledPlan,
  chosen: readonly { readonly entry: Entry }[],
): Promise<Map<string, DottedValues>> {
  const ids = chosen.map(({ entry }) => entry.e);
  if (names) return endpoints.endpoints(plan.applicationId, ids, names);
  const userIds = chosen.flatMap(({ entry }) => entry.u ?? []);
  const [rows, users] = await Promise.all([
    endpoints.endpoints(plan.applicationId, ids, undefined),
    endpoints.users(plan.applicationId, userIds, undefined),
  ]);
  return new Map(
    chosen.flatMap(({ entry }) => {
      const row = rows.get(entry.e);
      return row ? [[entry.e, { ...row, ...(entry.u ? users.get(entry.u)?.values : {}) }] as const] : [];
    }),
  );
}

/** Asks the run's hook, if it has one, about those who are left. */
async function hooked(
  deps: PrepareDeps,
  { compiled: { plan }, treatment, letters }: CallOf,
  candidates: readonly Candidate[],
  decided: Change[],
): Promise<readonly Candidate[]> {
  if (plan.hook === undefined || candidates.length === 0) return candidates;
  const definitions = new Map(
    candidates.map(({ entry, values }) => [entry.e, definitionOf(values)] as const),
  );
  const verdicts = await deps.askHook(plan, treatment.plan, definitions);
  const now = deps.clock();
  return candidates.flatMap((candidate) => {
    const verdict = verdicts.get(candidate.entry.e) ?? { kind: 'skip', reason: 'FILTERED_BY_HOOK' };
    const decide = (letter: Letter): Candidate[] => {
      decided.push({ position: candidate.position, letter });
      return [];
    };
    switch (verdict.kind) {
      case 'failed':
        return decide(letterOf('HOOK_FAILURE'));
      case 'skip':
        return decide(letters.skip(verdict.reason));
      case 'wait':
        return verdict.notBefore > now ? decide(letters.wait(verdict.notBefore)) : [candidate];
      default:
        return [{ ...candidate, values: { ...candidate.values, ...attributesOf(verdict) }, verdict }];
    }
  });
}

const attributesOf = ({ attributes = {} }: Extract<HookVerdict, { kind: 'keep' }>): DottedValues =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`Attributes.${name}`, value]));

/** Counts a message for everyone who has room for it. */
async function capped(
  deps: PrepareDeps,
  { compiled: { plan } }: CallOf,
  candidates: readonly Candidate[],
  decided: Change[],
): Promise<readonly Candidate[]> {
  if (!plan.caps || candidates.length === 0) return candidates;
  const run: CapRun = {
    appId: plan.applicationId,
    campaignKey: plan.caps.campaignKey,
    activityId: plan.activityId,
    limits: plan.caps.limits,
  };
  const ids = candidates.map(({ entry }) => entry.e);
  const refused = await deps.caps.take(run, ids, deps.clock());
  return candidates.filter(({ position, entry }) => {
    const reason = refused.get(entry.e);
    if (reason !== undefined) decided.push({ position, letter: letterOf(reason) });
    return reason === undefined;
  });
}

/** Leaves out those whose quiet time it is. */
function awake(
  deps: PrepareDeps,
  { compiled: { plan } }: CallOf,
  candidates: readonly Candidate[],
  decided: Change[],
): readonly Candidate[] {
  const { quietTime } = plan;
  if (!quietTime) return candidates;
  const now = deps.clock();
  return candidates.filter(({ position, values }) => {
    const zone = values['Demographic.Timezone'];
    const quiet = isQuiet(now, typeof zone === 'string' ? zone : undefined, quietTime);
    if (quiet) decided.push({ position, letter: letterOf('QUIET_TIME') });
    return !quiet;
  });
}

function messageFor(
  call: CallOf,
  { entry, address, values, verdict }: Candidate,
  moment: RenderContext,
): OutgoingMessage {
  const { compiled, treatment } = call;
  const { plan } = compiled;
  const saying = treatment.sayings.get(entry.c);
  if (!saying) throw new Error(`Treatment ${treatment.plan.treatmentId} says nothing to ${entry.c}`);
  const rendered = saying.part.render(valuesWith(values, entry, plan.userNames), moment);
  const content = verdict?.kind === 'keep' ? overridden(rendered, verdict) : rendered;
  const message = {
    channelType: entry.c,
    address,
    identity: {
      messageId: messageIdOf(treatment.plan.activityId, entry.e),
      applicationId: plan.applicationId,
      campaignId: plan.campaignId,
      activityId: treatment.plan.activityId,
      treatmentId: treatment.plan.treatmentId,
      endpointId: entry.e,
      ...(entry.u === undefined ? {} : { userId: entry.u }),
    },
  };
  if (!treatment.plan.customDelivery) return { ...message, content };
  return {
    ...message,
    content: { ...content, scheduledTime: plan.scheduledTime },
    endpoint: definitionOf(values),
  };
}

function overridden(
  content: Record<string, string>,
  { titleOverride, bodyOverride }: Extract<HookVerdict, { kind: 'keep' }>,
): Record<string, string> {
  return {
    ...content,
    ...(titleOverride === undefined || content['title'] === undefined ? {} : { title: titleOverride }),
    ...(bodyOverride === undefined ? {} : { body: bodyOverride }),
  };
}
