import {
  type BulkEmailEntryResult,
  SESv2Client,
  SendBulkEmailCommand,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { sesTags, simpleOf, templateOf, type Weighed, weighed } from './email-request.ts';
import { outcomeOfError } from './failure.ts';
import { inHalves } from './in-halves.ts';
import { portionsOf } from './portions.ts';
import type { ChannelAdapter, Outcome, OutgoingMessage } from './ports.ts';
import { CLIENT_SETTINGS } from './settings.ts';

export interface EmailSettings {
  /** From address of messages that name none. */
  readonly fromAddress: string;
  /** SES configuration set whose events come back through EventBridge. */
  readonly configurationSet: string;
}

const permanent = (text: string, reason: string): Outcome => ({
  kind: 'permanent',
  text,
  gone: false,
  reason,
});

const THROTTLED = new Set(['ACCOUNT_THROTTLED', 'ACCOUNT_DAILY_QUOTA_EXCEEDED']);
const TRANSIENT = new Set([
  'TRANSIENT_FAILURE',
  'ACCOUNT_SENDING_PAUSED',
  'CONFIGURATION_SET_SENDING_PAUSED',
  'ACCOUNT_SUSPENDED',
]);

function outcomeOf(result: BulkEmailEntryResult | undefined): Outcome {
  const status = result?.Status ?? 'NO_ANSWER';
  const text = `${status} ${result?.Error ?? ''}`.trim();
  if (status === 'SUCCESS')
    return { kind: 'sent', ...(result?.MessageId ? { providerMessageId: result.MessageId } : {}) };
  if (THROTTLED.has(status)) return { kind: 'throttled', text };
  if (TRANSIENT.has(status)) return { kind: 'transient', text };
  if (status === 'NO_ANSWER') return { kind: 'uncertain', text };
  return permanent(text, status === 'MESSAGE_REJECTED' ? 'FAILURE_PERMANENT' : 'FAILURE');
}

/** Calls of SES for one sender. */
class Calls {
  readonly #settings: EmailSettings;
  readonly #client: SESv2Client;

  constructor(settings: EmailSettings, client: SESv2Client) {
    this.#settings = settings;
    this.#client = client;
  }

  #common({ content }: OutgoingMessage) {
    return {
      FromEmailAddress: content['from'] ?? this.#settings.fromAddress,
      ConfigurationSetName: this.#settings.configurationSet,
    };
  }

  /** Rejects with the provider's error. */
  async toMany(call: readonly Weighed[]): Promise<Outcome[]> {
    const [first] = call;
    if (!first) return [];
    const answer = await this.#client.send(
      new SendBulkEmailCommand({
        ...this.#common(first.message),
        DefaultContent: {
          Template: {
            TemplateContent: templateOf(first.message.content),
            TemplateData: JSON.stringify({ subject: '', html: '', text: '' }),
          },
        },
        BulkEmailEntries: call.map(({ entry }) => entry),
      }),
    );
    return call.map((_, index) => outcomeOf(answer.BulkEmailEntryResults?.[index]));
  }

  async toOne(message: OutgoingMessage): Promise<Outcome> {
    try {
      const { MessageId } = await this.#client.send(
        new SendEmailCommand({
          ...this.#common(message),
          Destination: { ToAddresses: [message.address] },
          Content: { Simple: simpleOf(message) },
          EmailTags: sesTags(message),
        }),
      );
      return { kind: 'sent', ...(MessageId ? { providerMessageId: MessageId } : {}) };
    } catch (cause) {
      return outcomeOfError(cause);
    }
  }
}

/** What an entry has beside its parts: address, tags, headers. */
const ENTRY_BYTES = 4_096;
/** SES takes replacement values of 262,144 characters, and requests with a template of their own of 1 MB (its developer guide). */
const MAX_ENTRY_BYTES = 256_000;
const MAX_REQUEST_BYTES = 1_000_000;

const isLong = ({ bytes }: Weighed): boolean => bytes > MAX_ENTRY_BYTES;
const weightOf = (each: Weighed): number => (isLong(each) ? MAX_REQUEST_BYTES : each.bytes + ENTRY_BYTES);

/**
 * E-mail through SES: at most 50 recipients, who share the sender and the set of parts. They go in as few requests as SES
 * takes them in; a message too long for a request to many goes in one of its own.
 */
export function sesEmail(settings: EmailSettings, client = new SESv2Client(CLIENT_SETTINGS)): ChannelAdapter {
  const calls = new Calls(settings, client);
  const request = (portion: readonly Weighed[]): Promise<readonly Outcome[]> =>
    portion.some(isLong)
      ? Promise.all(portion.map(({ message }) => calls.toOne(message)))
      : inHalves(portion, (call) => calls.toMany(call));
  return {
    async send(messages) {
      const portions = portionsOf(messages.map(weighed), weightOf, MAX_REQUEST_BYTES);
      // Side by side, so that all are over well within the lease of their slice.
      return (await Promise.all(portions.map(request))).flat();
    },
  };
}
