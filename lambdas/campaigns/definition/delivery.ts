import type { CreateCampaign } from '../../../schemas/campaigns/generated/requests.js';
import type { Problem } from '../../shared/errors.ts';
import { ADDRESSES } from '../addressed.ts';
import type { Definition } from '../campaign.ts';

/** Where the channels `webhook` and `custom` deliver: Pinpoint's DeliveryUri. */
type Delivery = Pick<CreateCampaign, 'channel' | 'webhook' | 'custom'>;

/** Names and ARNs of functions, as Lambda takes them, without a version. */
const FUNCTION = /^(?:arn:aws[\w-]*:lambda:[a-z\d-]+:\d{12}:function:)?[\w-]{1,64}$/;

export function deliveryProblems({ channel = 'push', webhook, custom }: Delivery): Problem[] {
  const given = { webhook: webhook?.url, custom: custom?.functionName };
  return (['webhook', 'custom'] as const).flatMap((kind) => {
    const field = kind === 'webhook' ? 'webhook.url' : 'custom.functionName';
    const value = given[kind];
    if (kind !== channel)
      return value === undefined
        ? []
        : [{ field: kind, message: `${kind} has no place in channel ${channel}` }];
    if (value === undefined) return [{ field, message: `${field} is missing` }];
    return isPlace(kind, value)
      ? []
      : [{ field, message: `${field} is "${value}"; allowed: ${ALLOWED[kind]}` }];
  });
}

const ALLOWED = {
  webhook: 'an https address without credentials',
  custom: "a Lambda function's name or ARN, without a version",
} as const;

function isPlace(kind: 'webhook' | 'custom', value: string): boolean {
  if (kind === 'custom') return FUNCTION.test(value);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

/** As it is stored. It has no problems. */
export function deliveryOf({
  channel,
  webhook,
  custom,
}: Delivery): Pick<Definition, 'deliveryUri' | 'deliveryTo'> {
  const deliveryUri =
    channel === 'webhook' ? webhook?.url : channel === 'custom' ? custom?.functionName : undefined;
  const given = channel === 'webhook' ? webhook?.endpoints : custom?.endpoints;
  if (deliveryUri === undefined) return {};
  return given === undefined
    ? { deliveryUri }
    : { deliveryUri, deliveryTo: ADDRESSES.filter((kind) => given.includes(kind)) };
}
