import type { Ctx } from '../../shared/context.ts';
import type { Campaign } from '../campaign.ts';
import { isSame } from '../definition/same.ts';
import { type Stepped, to, went } from './moves.ts';
import type { SegmentResolver } from './ports.ts';
import type { Says, Send } from './send.ts';

/** The first step: asks who is in the segment, unless the campaign does not want the send any more. */
export async function start(
  { segments }: { readonly segments: SegmentResolver },
  ctx: Ctx,
  { campaign, says, send }: { readonly campaign: Campaign; readonly says: Says; readonly send: Send },
): Promise<Stepped> {
  if (campaign.status === 'paused') {
    return went({
      ...to(ctx, send, 'paused', 'its campaign was paused before it began'),
      goesOn: 'scheduled',
    });
  }
  if (campaign.status !== 'scheduled' && campaign.status !== 'recurring') {
    return went(to(ctx, send, 'cancelled', `its campaign was ${campaign.status} before it began`));
  }
  const later = laterThan(campaign, send);
  if (later !== undefined) {
    return went(to(ctx, send, 'missed', `its next time, ${later}, had come as well`));
  }
  const id = await segments.resolve(ctx, says.segment, send.id);
  return went({ ...to(ctx, withWinner(campaign, says, send), 'resolving'), resolution: { id, tries: 1 } });
}

/** When the campaign's next send was opened before this one began: missed ones do not pile up (spec §4). */
function laterThan({ open, last }: Campaign, { scheduledFor }: Send): string | undefined {
  const others = [...Object.values(open), ...(last ? [last] : [])];
  return others.find((other) => other.state !== 'missed' && other.scheduledFor > scheduledFor)?.scheduledFor;
}

/** An earlier send chose who wins: this one goes to everybody with it. */
function withWinner(campaign: Campaign, { variants }: Says, send: Send): Send {
  const { chosen } = campaign;
  const isMeant = variants.length > 1 && isSame(campaign.variants, variants);
  return chosen && isMeant ? { ...send, winner: chosen } : send;
}
