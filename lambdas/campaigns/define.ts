import { type CreateCampaign, validateCreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import { kakaoProblems } from '../channels/index.ts';
import type { Ctx } from '../shared/context.ts';
import { invalid, type Problem, RepointError } from '../shared/errors.ts';
import { problemsOf } from '../shared/validation.ts';
import type { Definition } from './campaign.ts';
import type { KakaoContent } from './content.ts';
import { type Advertised, type DefinitionContext, definitionOf } from './definition/definition.ts';
import { type Named, unknownNames } from './named.ts';
import { defaultsOf } from './personalisation/defaults.ts';
import { personalisationProblems, personalised } from './personalisation/personalise.ts';
import type { Variables } from './personalisation/variables.ts';
import { withNotices } from './policy/label.ts';
import { policyOf } from './policy/rules.ts';
import type { PolicySettings } from './policy/settings.ts';
import type { FoundSegment, SegmentFinder } from './ports.ts';
import type { SendingSettings } from './sends/send-settings.ts';

export interface DefineDeps {
  readonly named: Named;
  readonly segments: SegmentFinder;
  readonly policy: PolicySettings;
  readonly variables: Variables;
  readonly settings: Pick<SendingSettings, 'kakaoFunction'>;
  /** IANA zone of local times. */
  readonly timeZone: string;
}

export interface DefinedRequest {
  readonly request: CreateCampaign;
  readonly definition: Definition;
  /** Not looked up again for an edit that leaves it as it is. */
  readonly segment: FoundSegment | undefined;
}

/** What a body begins from: an edit's own campaign, whose segment may be gone by now, or a clone's. */
export interface Origin {
  readonly stored: Definition;
  readonly kind: 'edit' | 'clone';
  /** What is wrong with the body beside its values. */
  readonly problems?: readonly Problem[];
}

/**
 * What a body means, with all it names found; throws one error with everything that is wrong. A body whose only fault is
 * an unknown segment is `not_found`.
 */
export async function defined(
  deps: DefineDeps,
  ctx: Ctx,
  body: unknown,
  origin?: Origin,
): Promise<DefinedRequest> {
  const malformed = problemsOf(validateCreateCampaign, body);
  // What has the right shape is judged although something else has not: all problems are told at once.
  const { request, unread } = readable(body, malformed);
  const judged = definitionOf(request, contextOf(deps, ctx, origin?.stored), unread);
  const known = origin?.kind === 'edit' && origin.stored.segment === request.segment;
  const { segment, missing } = known ? NOT_LOOKED_UP : await segmentOf(deps, request);
  const problems = [
    ...(origin?.problems ?? []),
    ...malformed,
    ...judged.problems.filter(({ field }) => !malformed.some((other) => isWithin(other.field, field))),
    ...withoutProvider(deps, request),
    ...(await unknownNames(deps.named, request)),
  ];
  if (problems.length === 0 && missing) throw missing;
  if (missing) problems.push({ field: 'segment', message: missing.message });
  if (problems.length > 0 || !judged.definition) throw invalid(problems);
  const name = segment?.name ?? judged.definition.segment;
  return { request, definition: { ...judged.definition, segment: name }, segment };
}

/** A channel that nobody brings messages to would be refused when a send begins. */
function withoutProvider({ settings }: DefineDeps, { channel }: CreateCampaign): Problem[] {
  if (channel !== 'kakao' || settings.kakaoFunction !== undefined) return [];
  return [
    { field: 'channel', message: 'channel is kakao; this deployment has no provider of Kakao messages' },
  ];
}

function contextOf(
  { policy, timeZone, variables }: DefineDeps,
  { now }: Ctx,
  stored: Definition | undefined,
): DefinitionContext {
  const policyFor = ({ purpose, channel, ...chosen }: Advertised) =>
    policyOf({ purpose, channel }, chosen, policy);
  return {
    now,
    timeZone,
    policy: policyFor,
    checks: (advertised) => {
      const notices = { channel: advertised.channel, policy: policyFor(advertised), law: policy.law };
      return {
        template: (text) => personalisationProblems(text, variables),
        kakao: (value, at) => kakaoProblemsOf(value, at, variables),
        noticed: (content) => withNotices(content, notices),
      };
    },
    names: (content) => personalised(content, variables).needs.names,
    defaults: (written) => defaultsOf(written, variables),
    ...(stored === undefined ? {} : { stored }),
  };
}

/** Its shape and limits, and when those are right, the variables of its texts. */
function kakaoProblemsOf(value: unknown, at: string, variables: Variables): readonly Problem[] {
  const problems = kakaoProblems(value, at);
  if (problems.length > 0) return problems;
  const parent = at.split('.').slice(0, -1).join('.');
  return personalised({ kakao: value as KakaoContent }, variables, parent).problems;
}

const isWithin = (field: string, parent: string): boolean =>
  field === parent || field.startsWith(`${parent}.`);

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Without what lies at a path; a list loses its place in it, and goes as a whole. */
function pruned(value: unknown, [first, ...rest]: readonly string[]): Readonly<Record<string, unknown>> {
  const fields = fieldsOf(value);
  if (first === undefined || !Object.hasOwn(fields, first)) return fields;
  const { [first]: inner, ...others } = fields;
  return rest.length === 0 || Array.isArray(inner) ? others : { ...others, [first]: pruned(inner, rest) };
}

/** Fields whose parts are judged one by one, although another part is malformed. */
const IN_PARTS: readonly string[] = ['schedule', 'winner', 'caps'];

/** The body without what is malformed, and which of its own fields are not read at all. */
function readable(
  body: unknown,
  malformed: readonly Problem[],
): { readonly request: CreateCampaign; readonly unread: ReadonlySet<string> } {
  const paths = malformed.map(({ field }) => field.split('.'));
  const unread = new Set(paths.filter(isWhole).map(([field = '']) => field));
  const parts = paths.filter(([field = '']) => !unread.has(field));
  const request = [...[...unread].map((field) => [field]), ...parts].reduce(pruned, fieldsOf(body));
  return { request: request as unknown as CreateCampaign, unread };
}

/** Without its `at` a schedule would be taken for a cycle. */
const isWhole = ([field = '', part]: readonly string[]): boolean =>
  !IN_PARTS.includes(field) || part === undefined || (field === 'schedule' && part === 'at');

interface Looked {
  readonly segment?: FoundSegment;
  readonly missing?: RepointError;
}
const NOT_LOOKED_UP: Looked = {};

async function segmentOf({ segments }: DefineDeps, { segment }: Partial<CreateCampaign>): Promise<Looked> {
  if (segment === undefined) return {};
  try {
    return { segment: await segments.find(segment) };
  } catch (error) {
    if (error instanceof RepointError && error.code === 'not_found') return { missing: error };
    throw error;
  }
}
