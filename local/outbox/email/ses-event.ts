import type { PublishedEvent } from '../../aws/bus/index.ts';
import type { Action, Message } from '../message.ts';

const ACCOUNT = '000000000000';
const REGION = 'ap-northeast-2';
const USER_AGENT = 'Mozilla/5.0 (Linux; Android 14) Mobile';

/** Names of EventBridge and of SES event publishing, with the member that tells the particulars. */
interface Happening {
  readonly detailType: string;
  readonly eventType: string;
  readonly particulars: Readonly<Record<string, unknown>>;
}

/** The first link of the e-mail, which is what a click is played on. */
export const firstLink = ({ html, body }: Pick<Message, 'html' | 'body'>): string | undefined =>
  /href\s*=\s*["'](https?:[^"']+)["']/i.exec(html ?? '')?.[1]?.replaceAll('&amp;', '&') ??
  /https?:\/\/[^\s<>"']+/.exec(body)?.[0];

const recipients = (message: Pick<Message, 'to' | 'cc' | 'bcc'>): string[] => [
  ...(message.to === '' ? [] : message.to.split(', ')),
  ...(message.cc ?? []),
  ...(message.bcc ?? []),
];

const HAPPENINGS: Readonly<Record<Action, (message: Message, timestamp: string) => Happening>> = {
  deliver: (message, timestamp) => ({
    detailType: 'Email Delivered',
    eventType: 'Delivery',
    particulars: {
      delivery: {
        timestamp,
        processingTimeMillis: Math.max(0, Date.parse(timestamp) - Date.parse(message.at)),
        recipients: recipients(message),
        smtpResponse: '250 2.6.0 Message received',
        reportingMTA: 'local.smtp-out.example.com',
      },
    },
  }),
  open: (_message, timestamp) => ({
    detailType: 'Email Opened',
    eventType: 'Open',
    particulars: { open: { timestamp, ipAddress: '192.0.2.1', userAgent: USER_AGENT } },
  }),
  click: (message, timestamp) => ({
    detailType: 'Email Clicked',
    eventType: 'Click',
    particulars: {
      click: {
        timestamp,
        ipAddress: '192.0.2.1',
        userAgent: USER_AGENT,
        link: firstLink(message) ?? '',
        linkTags: null,
      },
    },
  }),
  bounce: (message, timestamp) => ({
    detailType: 'Email Bounced',
    eventType: 'Bounce',
    particulars: {
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: recipients(message).map((emailAddress) => ({
          emailAddress,
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 user unknown',
        })),
        timestamp,
        feedbackId: `bounce-${message.providerMessageId}`,
        reportingMTA: 'dns; local.smtp-out.example.com',
      },
    },
  }),
  complaint: (message, timestamp) => ({
    detailType: 'Email Complaint Received',
    eventType: 'Complaint',
    particulars: {
      complaint: {
        complainedRecipients: recipients(message).map((emailAddress) => ({ emailAddress })),
        timestamp,
        feedbackId: `complaint-${message.providerMessageId}`,
        complaintSubType: null,
        userAgent: USER_AGENT,
        complaintFeedbackType: 'abuse',
        arrivalDate: timestamp,
      },
    },
  }),
  stop: (_message, timestamp) => ({
    detailType: 'Email Subscribed',
    eventType: 'Subscription',
    particulars: {
      subscription: {
        contactList: 'local',
        timestamp,
        source: 'UnsubscribeHeader',
        newTopicPreferences: { unsubscribeAll: true, topicSubscriptionStatus: [] },
        oldTopicPreferences: { unsubscribeAll: false, topicSubscriptionStatus: [] },
      },
    },
  }),
};

/** The members of SES's `mail` object, out of what the request said. */
type Mailed = Pick<
  Message,
  'at' | 'to' | 'cc' | 'bcc' | 'from' | 'title' | 'context' | 'providerMessageId' | 'configurationSet'
>;

function mailOf(message: Mailed): Readonly<Record<string, unknown>> {
  const from = message.from ?? '';
  const to = recipients(message);
  const tags = Object.entries({
    ...(message.configurationSet !== undefined && { 'ses:configuration-set': message.configurationSet }),
    'ses:from-domain': from.replace(/>$/, '').split('@').at(-1) ?? '',
    ...message.context,
  });
  const headers = { From: from, To: message.to, Subject: message.title ?? '' };
  return {
    timestamp: message.at,
    messageId: message.providerMessageId,
    source: from,
    sendingAccountId: ACCOUNT,
    destination: to,
    headersTruncated: false,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    commonHeaders: {
      from: [from],
      to,
      subject: message.title ?? '',
      messageId: message.providerMessageId,
    },
    tags: Object.fromEntries(tags.map(([name, value]) => [name, [value]])),
  };
}

function sesEvent(message: Mailed, nowMs: number, happening: Happening): PublishedEvent {
  const set = message.configurationSet;
  return {
    source: 'aws.ses',
    'detail-type': happening.detailType,
    resources: set === undefined ? [] : [`arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/${set}`],
    timeMs: nowMs,
    detail: { eventType: happening.eventType, mail: mailOf(message), ...happening.particulars },
  };
}

/** What SES publishes when something happens to an e-mail (EventBridge, source aws.ses). */
export const emailEvent = (message: Message, action: Action, nowMs: number): PublishedEvent =>
  sesEvent(message, nowMs, HAPPENINGS[action](message, new Date(nowMs).toISOString()));

/** What SES publishes when a template lacks a value: the e-mail was taken, but never went out. */
export const renderingFailedEvent = (message: Mailed, error: string, nowMs: number): PublishedEvent =>
  sesEvent(message, nowMs, {
    detailType: 'Email Rendering Failed',
    eventType: 'Rendering Failure',
    particulars: { failure: { errorMessage: error, templateName: '' } },
  });
