import { identityOfTags } from '../channels/tags.ts';
import type { Receipt } from './receipt.ts';

/** The members of SES's event that are read; `detail-type` says which of the particulars is there. */
export interface SesDetail {
  readonly mail?: {
    readonly messageId?: string;
    readonly timestamp?: string;
    readonly tags?: Readonly<Record<string, readonly string[]>>;
  };
  readonly delivery?: Particulars;
  readonly open?: Particulars;
  readonly click?: Particulars & { readonly link?: string };
  readonly bounce?: Particulars & {
    readonly bounceType?: string;
    readonly bounceSubType?: string;
    readonly bouncedRecipients?: readonly { readonly status?: string; readonly diagnosticCode?: string }[];
  };
  readonly complaint?: Particulars & { readonly complaintFeedbackType?: string };
  readonly reject?: { readonly reason?: string };
  readonly failure?: { readonly errorMessage?: string };
  readonly subscription?: Particulars & { readonly source?: string };
}

interface Particulars {
  /** ISO 8601. */
  readonly timestamp?: string;
}

type Told = Pick<Receipt, 'eventType' | 'attributes' | 'suppresses'> & {
  readonly at?: string | undefined;
  readonly detail?: string | undefined;
};

const plain = (eventType: string, at?: string): Told => ({
  eventType,
  at,
  attributes: {},
  suppresses: false,
});

function bounced({ bounce }: SesDetail): Told {
  const isHard = bounce?.bounceType === 'Permanent';
  const [recipient] = bounce?.bouncedRecipients ?? [];
  return {
    eventType: isHard ? '_email.hardbounce' : '_email.softbounce',
    at: bounce?.timestamp,
    attributes: {
      bounce_type: bounce?.bounceType,
      bounce_sub_type: bounce?.bounceSubType,
      status: recipient?.status,
      diagnostic_code: recipient?.diagnosticCode,
    },
    suppresses: isHard,
  };
}

/** By EventBridge's detail-type. Addresses, IPs and user agents of recipients are not kept. */
const TOLD: Readonly<Record<string, (detail: SesDetail) => Told>> = {
  'Email Sent': ({ mail }) => plain('_email.send', mail?.timestamp),
  'Email Delivered': ({ delivery }) => plain('_email.delivered', delivery?.timestamp),
  'Email Opened': ({ open }) => plain('_email.open', open?.timestamp),
  'Email Clicked': ({ click }) => ({
    ...plain('_email.click', click?.timestamp),
    attributes: { link: click?.link },
    detail: click?.link,
  }),
  'Email Bounced': bounced,
  'Email Complaint Received': ({ complaint }) => ({
    ...plain('_email.complaint', complaint?.timestamp),
    attributes: { complaint_feedback_type: complaint?.complaintFeedbackType },
    suppresses: true,
  }),
  'Email Rejected': ({ reject, mail }) => ({
    ...plain('_email.rejected', mail?.timestamp),
    attributes: { reason: reject?.reason },
  }),
  'Email Rendering Failed': ({ failure, mail }) => ({
    ...plain('_email.rendering_failure', mail?.timestamp),
    attributes: { error_message: failure?.errorMessage },
  }),
  'Email Subscribed': ({ subscription }) => ({
    ...plain('_email.unsubscribe', subscription?.timestamp),
    attributes: { source: subscription?.source },
    suppresses: true,
  }),
};

/**
 * What SES told about one of our e-mails; undefined for kinds that are no final fact (a delay) and for e-mails that
 * carry no tags of ours. `eventTime`: EventBridge's own, ISO 8601.
 */
export function sesReceipt(detailType: string, detail: SesDetail, eventTime: string): Receipt | undefined {
  const told = TOLD[detailType]?.(detail);
  const tags = Object.entries(detail.mail?.tags ?? {}).map(([name, [value]]) => [name, value]);
  const identity = identityOfTags(Object.fromEntries(tags) as Record<string, string | undefined>);
  if (!told || !identity) return undefined;
  const { at, ...rest } = told;
  return {
    identity,
    channel: 'EMAIL',
    providerMessageId: detail.mail?.messageId,
    ...rest,
    at: Date.parse(at ?? eventTime),
  };
}
