import { AwsError } from '../../wire/aws-error.ts';
import type { FaultOf, Faults } from '../faults.ts';
import { type NewMessage, playsRole } from '../message.ts';
import type { EmailQuota } from '../quota.ts';
import type { OutboxStore } from '../store.ts';
import { type Envelope, emailMessage, headersOf, newMessageId, tagsOf, wrongDestination } from './message.ts';
import { type BulkEntry, type BulkRequest, sendBulkEmailRequest, sendEmailRequest } from './request.ts';
import { RenderingError, renderer } from './template.ts';

const MAX_ENTRIES = 50;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface RenderingFailure {
  readonly envelope: Envelope;
  readonly providerMessageId: string;
  readonly error: string;
}

interface EntryResult {
  readonly Status: string;
  readonly Error?: string;
  readonly MessageId?: string;
}
type Judged = { readonly result: EntryResult; readonly message?: NewMessage };

/** What SES says of an entry in place of taking it. */
const REFUSALS: Readonly<Record<FaultOf<'email'>, EntryResult>> = {
  throttled: { Status: 'ACCOUNT_THROTTLED', Error: 'Maximum sending rate exceeded.' },
  transient: { Status: 'TRANSIENT_FAILURE', Error: 'Try again later.' },
  permanent: { Status: 'MESSAGE_REJECTED', Error: 'Email address is not verified.' },
};

interface EmailDeps {
  readonly store: OutboxStore;
  readonly faults: Faults;
  readonly quota: () => EmailQuota;
  readonly now: () => number;
  /** SES takes the entry, fails to render it afterwards and tells it by an event. */
  readonly onRenderingFailure: (failure: RenderingFailure) => void;
}

const bad = (message: string): AwsError => new AwsError('BadRequestException', message);

function fromOf(address: string | undefined): string {
  if (address === undefined) throw bad('FromEmailAddress is missing');
  return address;
}

function jsonOf(text: string | undefined, member: string): object {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, like a value of another type.
  }
  throw bad(`${member} must be a JSON object`);
}

/** SES's own limit. */
const MAX_REPLACEMENT = 262_144;

function mustBeShort({ ReplacementEmailContent: content }: BulkEntry): void {
  const { length } = content?.ReplacementTemplate?.ReplacementTemplateData ?? '';
  if (length > MAX_REPLACEMENT)
    throw bad(`ReplacementTemplateData has ${length} characters; at most ${MAX_REPLACEMENT} are allowed`);
}

/** Whether an address plays a failure: `throttled@…`, `rejected+1@…`. */
const plays = (entry: BulkEntry, word: string): boolean =>
  entry.Destination.ToAddresses?.some((address) => playsRole(address, word)) ?? false;

function envelopeOf(request: BulkRequest, entry: BulkEntry): Envelope {
  return {
    from: fromOf(request.FromEmailAddress),
    destination: entry.Destination,
    tags: tagsOf(request.DefaultEmailTags, entry.ReplacementTags),
    headers: headersOf(request.DefaultContent.Template.Headers, entry.ReplacementHeaders),
    replyTo: request.ReplyToAddresses,
    configurationSet: request.ConfigurationSetName,
  };
}

/** SES v2: SendBulkEmail, SendEmail and GetAccount. */
export function emailProvider({ store, faults, quota, now, onRenderingFailure }: EmailDeps) {
  const render = renderer();
  const throttled = new Set<string>();

  const rendered = (request: BulkRequest, entry: BulkEntry, defaults: object): Judged => {
    const { Subject = '', Text, Html } = request.DefaultContent.Template.TemplateContent ?? {};
    const own = jsonOf(
      entry.ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData,
      'ReplacementTemplateData',
    );
    const values = { ...defaults, ...own };
    const envelope = envelopeOf(request, entry);
    const MessageId = newMessageId();
    const result = { Status: 'SUCCESS', MessageId };
    try {
      const parts = {
        subject: render(Subject, values),
        text: Text === undefined ? undefined : render(Text, values),
        html: Html === undefined ? undefined : render(Html, values),
      };
      return { result, message: emailMessage(envelope, parts, MessageId) };
    } catch (error) {
      if (!(error instanceof RenderingError)) throw error;
      onRenderingFailure({ envelope, providerMessageId: MessageId, error: error.message });
      return { result };
    }
  };

  const judge = (request: BulkRequest, entry: BulkEntry, defaults: object): Judged => {
    const wrong = wrongDestination(entry.Destination);
    if (wrong !== undefined) return { result: { Status: 'INVALID_PARAMETER', Error: wrong } };
    if (!request.DefaultContent.Template.TemplateContent) {
      return { result: { Status: 'TEMPLATE_NOT_FOUND', Error: 'The local SES holds no templates' } };
    }
    const address = entry.Destination.ToAddresses?.[0] ?? '';
    if (plays(entry, 'throttled') && !throttled.has(address)) {
      throttled.add(address);
      return { result: REFUSALS.throttled };
    }
    if (plays(entry, 'rejected')) return { result: REFUSALS.permanent };
    const fault = faults.next('email');
    if (fault !== undefined) return { result: REFUSALS[fault] };
    return rendered(request, entry, defaults);
  };

  return {
    /** Answers entry by entry. `throttled@…` is throttled the first time, `rejected@…` always rejected, others as faults are ordered. */
    async sendBulkEmail(body: unknown): Promise<unknown> {
      const request = sendBulkEmailRequest(body, '');
      const entries = request.BulkEmailEntries;
      if (entries.length === 0 || entries.length > MAX_ENTRIES)
        throw bad(`${entries.length} entries; 1 to ${MAX_ENTRIES} are allowed`);
      entries.forEach(mustBeShort);
      const defaults = jsonOf(request.DefaultContent.Template.TemplateData, 'TemplateData');
      const judged = entries.map((entry) => judge(request, entry, defaults));
      await store.add(judged.flatMap(({ message }) => (message ? [message] : [])));
      return { BulkEmailEntryResults: judged.map(({ result }) => result) };
    },
    async sendEmail(body: unknown): Promise<unknown> {
      const request = sendEmailRequest(body, '');
      const { Simple } = request.Content;
      const wrong = wrongDestination(request.Destination);
      if (wrong !== undefined) throw bad(wrong);
      const envelope: Envelope = {
        from: fromOf(request.FromEmailAddress),
        destination: request.Destination,
        tags: tagsOf(request.EmailTags),
        headers: headersOf(Simple.Headers),
        replyTo: request.ReplyToAddresses,
        configurationSet: request.ConfigurationSetName,
      };
      const MessageId = newMessageId();
      const parts = {
        subject: Simple.Subject.Data,
        text: Simple.Body.Text?.Data,
        html: Simple.Body.Html?.Data,
      };
      await store.add([emailMessage(envelope, parts, MessageId)]);
      return { MessageId };
    },
    getAccount(): unknown {
      const { maxSendRate: MaxSendRate, max24HourSend: Max24HourSend } = quota();
      const SentLast24Hours = store.countSince('email', now() - DAY_MS);
      return {
        EnforcementStatus: 'HEALTHY',
        ProductionAccessEnabled: true,
        SendingEnabled: true,
        SendQuota: { MaxSendRate, Max24HourSend, SentLast24Hours },
      };
    },
  };
}
