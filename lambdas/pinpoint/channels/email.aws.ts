import {
  type BulkEmailEntry,
  type BulkEmailEntryResult,
  SESv2Client,
  SendBulkEmailCommand,
} from '@aws-sdk/client-sesv2';
import { HEADER_PREFIX } from './email.ts';
import { inHalves } from './in-halves.ts';
import type { ChannelAdapter, Outcome, OutgoingMessage } from './ports.ts';
import { CLIENT_SETTINGS } from './settings.ts';
import { tagsOf } from './tags.ts';

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

/** The parts of a message are replacement values of a template that holds nothing else (design.md, "E-mail"). */
const PARTS = { Subject: 'subject', Html: 'html', Text: 'text' } as const;

function entryOf({ address, identity, content }: OutgoingMessage): BulkEmailEntry {
  const parts = Object.values(PARTS).map((part) => [part, content[part] ?? '']);
  const headers = Object.entries(content)
    .filter(([name]) => name.startsWith(HEADER_PREFIX))
    .map(([name, value]) => ({ Name: name.slice(HEADER_PREFIX.length), Value: value }));
  return {
    Destination: { ToAddresses: [address] },
    ReplacementTags: Object.entries(tagsOf(identity)).map(([Name, Value]) => ({ Name, Value })),
    ReplacementEmailContent: {
      ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(Object.fromEntries(parts)) },
    },
    ...(headers.length > 0 ? { ReplacementHeaders: headers } : {}),
  };
}

/** The template with the parts that the message has. */
function templateOf(content: OutgoingMessage['content']) {
  const parts = Object.entries(PARTS).filter(([, part]) => part === 'subject' || content[part] !== undefined);
  return Object.fromEntries(parts.map(([name, part]) => [name, `{{${part}}}`]));
}

/** E-mail through SES: at most 50 recipients, who share the sender and the set of parts. */
export function sesEmail(settings: EmailSettings, client = new SESv2Client(CLIENT_SETTINGS)): ChannelAdapter {
  return {
    send: (messages) =>
      inHalves(messages, async (call) => {
        const content = call[0]?.content ?? {};
        const answer = await client.send(
          new SendBulkEmailCommand({
            FromEmailAddress: content['from'] ?? settings.fromAddress,
            ConfigurationSetName: settings.configurationSet,
            DefaultContent: {
              Template: {
                TemplateContent: templateOf(content),
                TemplateData: JSON.stringify({ subject: '', html: '', text: '' }),
              },
            },
            BulkEmailEntries: call.map(entryOf),
          }),
        );
        return call.map((_, index) => outcomeOf(answer.BulkEmailEntryResults?.[index]));
      }),
  };
}
