import type { Ctx } from '../../shared/context.ts';
import { failed, iso, type Stepped, to, waiting, waits, went } from './moves.ts';
import type { AudienceCheck, BrokenLimit, Resolved, SegmentResolver, SendStore } from './ports.ts';
import { type Saying, withTemplates } from './said.ts';
import { NO_COUNTS, type Says, type Send } from './send.ts';
import type { SendingSettings } from './send-settings.ts';
import { isUnusual, type UsualSize, usualSize } from './usual-size.ts';

export interface ResolveDeps {
  readonly sends: SendStore;
  readonly segments: SegmentResolver;
  readonly settings: SendingSettings;
  readonly audience: AudienceCheck;
  readonly saying: Saying;
}

/** A segment that could not be resolved is asked for again: what failed may have been its database alone. */
const MAX_TRIES = 3;
/** Sends whose sizes are looked at, and those of them that count. */
const LOOKED_AT = 20;
const COUNTED = 10;

/**
 * Waits for the list. An audience that is three times as large as usual, and one for whose values a text is too long, are
 * held until somebody has looked (spec §4).
 */
export async function resolve(
  deps: ResolveDeps,
  ctx: Ctx,
  { says, send }: { readonly says: Says; readonly send: Send },
): Promise<Stepped> {
  const resolved = await deps.segments.resolution(ctx, says.segment, send.resolution?.id ?? '');
  if (resolved.state === 'pending') return waiting(ctx, send);
  if (resolved.state === 'failed') return again(deps, ctx, says, send, resolved);
  const { state: _, ...list } = resolved;
  const { members } = list;
  if (members === 0) {
    const done = to(ctx, send, 'completed', `nobody is in segment "${says.segment}"`);
    return went({ ...done, counts: { ...NO_COUNTS, asOf: iso(ctx.now) } });
  }
  const { judged, tooLong } = await judgedFor(deps, ctx, says, { ...send, list });
  const latest = await deps.sends.latest(send.campaignId, LOOKED_AT);
  const usual = await usualOf(deps, says, send, latest);
  const reasons = [
    ...(isUnusual(members, usual) ? [whyHeld(members, usual)] : []),
    ...(wasApproved(judged, latest) ? [] : told(tooLong)),
  ];
  if (reasons.length === 0) return went(to(ctx, judged, 'importing'));
  return waits(to(ctx, judged, 'held', reasons.join('; ')));
}

/** Its texts for the members it goes to. The versions of templates that are judged are those that go out. */
async function judgedFor(
  { audience, saying }: Pick<ResolveDeps, 'audience' | 'saying'>,
  ctx: Ctx,
  says: Says,
  send: Send & Required<Pick<Send, 'list'>>,
): Promise<{ readonly judged: Send; readonly tooLong: readonly BrokenLimit[] }> {
  const templates = send.templates ?? (await saying.templatesOf(says));
  const going = goingOut(withTemplates(says, templates), send);
  const { tooLong, ...values } = await audience.of(ctx, going, send.list);
  const judged = {
    ...send,
    templates,
    ...(values.looked === 0 ? {} : { values }),
    ...(tooLong.length === 0 ? {} : { tooLong: tooLong.map(({ at }) => at) }),
  };
  return { judged, tooLong };
}

/** What a send whose winner is known says; any other says all of its variants. */
const goingOut = (says: Says, { winner }: Send): Says =>
  winner === undefined
    ? says
    : { ...says, variants: says.variants.filter(({ id }) => id === winner.variantId) };

/** Limits that a reason tells one by one. */
const MOST_TOLD = 8;

function told(tooLong: readonly BrokenLimit[]): readonly string[] {
  const rest = tooLong.length - MOST_TOLD;
  return [...tooLong.slice(0, MOST_TOLD).map(({ why }) => why), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

const versionsIn = ({ templates = {} }: Pick<Send, 'templates'>): string =>
  JSON.stringify(Object.entries(templates).sort(([a], [b]) => (a < b ? -1 : 1)));

/** One with the same limits broken went on with these very texts: whoever let it go on need not do so each day. */
function wasApproved({ version, templates = {}, tooLong = [] }: Send, latest: readonly Send[]): boolean {
  const approved = latest.filter(
    (other) =>
      other.version === version &&
      versionsIn(other) === versionsIn({ templates }) &&
      other.history.some(({ state }) => state === 'importing'),
  );
  return tooLong.every((at) => approved.some((other) => other.tooLong?.includes(at)));
}

/** Questions of one minute are one question, so that the next one is asked when that is over. */
async function again(
  { segments }: ResolveDeps,
  ctx: Ctx,
  { segment }: Says,
  send: Send,
  { reason, isLasting = false }: Resolved & { state: 'failed' },
): Promise<Stepped> {
  const { id: before = '', tries = 1 } = send.resolution ?? {};
  if (isLasting || tries >= MAX_TRIES)
    return failed(ctx, send, `segment "${segment}" could not be resolved: ${reason}`);
  const id = await segments.resolve(ctx, segment, `${send.id}-${tries + 1}`);
  if (id === before) return waiting(ctx, send);
  return waits({ ...send, resolution: { id, tries: tries + 1 } });
}

async function usualOf(
  { segments }: ResolveDeps,
  says: Says,
  send: Send,
  latest: readonly Send[],
): Promise<UsualSize | undefined> {
  const ofCampaign = latest
    .filter(({ state, list }) => state === 'completed' && list !== undefined)
    .map(({ list }) => list?.members ?? 0)
    .slice(0, COUNTED);
  return (
    usualSize(ofCampaign, []) ?? usualSize([], await segments.sizes(says.segment, send.history[0]?.at ?? ''))
  );
}

const whyHeld = (members: number, usual: UsualSize | undefined): string =>
  `${members} members; usual for the ${usual?.of} are ${usual?.members}, and three times that is held`;
