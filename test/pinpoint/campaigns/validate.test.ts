import type { MessageConfiguration, MessageHeader, WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { campaignProblems } from '../../../lambdas/pinpoint/campaigns/validate.ts';
import { SCHEDULE_TIMEZONES } from '../../../lambdas/pinpoint/delivery/zones.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const PUSH: MessageConfiguration = { GCMMessage: { Title: 'Hi', Body: 'New' } };
const CUSTOM: WriteCampaignRequest = {
  CustomDeliveryConfiguration: { DeliveryUri: 'own-channel', EndpointTypes: ['CUSTOM', 'EMAIL'] },
  MessageConfiguration: { CustomMessage: { Data: '{"a":1}' } },
};
const ARN = 'arn:aws:lambda:ap-northeast-2:123456789012:function:choose';

const problemsOf = (change: WriteCampaignRequest): string[] =>
  campaignProblems(
    {
      Name: 'sale',
      SegmentId: 's',
      Schedule: { StartTime: 'IMMEDIATE' },
      MessageConfiguration: PUSH,
      ...change,
    },
    NOW,
  );
const schedule = (change: Partial<NonNullable<WriteCampaignRequest['Schedule']>>): WriteCampaignRequest => ({
  Schedule: { StartTime: '2026-11-22T09:00:00Z', ...change },
});
const treatments = (...sizes: (number | undefined)[]): WriteCampaignRequest => ({
  AdditionalTreatments: sizes.map((SizePercent) => ({ SizePercent, MessageConfiguration: PUSH })),
});

describe('a campaign is accepted', () => {
  it.each<[string, WriteCampaignRequest]>([
    ['at once', {}],
    ['at a later time', schedule({})],
    ['at a later time with an offset', schedule({ StartTime: '2026-11-22T09:00:00+09:00' })],
    ['a moment late', schedule({ StartTime: '2026-11-21T08:59:30Z' })],
    ['at local time', schedule({ IsLocalTime: true, Timezone: 'UTC+09' })],
    ['with a quiet time over midnight', schedule({ QuietTime: { Start: '21:00', End: '08:00' } })],
    ['paused', { IsPaused: true }],
    [
      'with every limit',
      { Limits: { Daily: 100, Total: 0, MessagesPerSecond: 20_000, MaximumDuration: 60 } },
    ],
    ['with a rate', { tags: { 'repoint:rate': '1200000' } }],
    [
      'with a rate said twice the same',
      { tags: { 'repoint:rate': '600' }, Limits: { MessagesPerSecond: 10 } },
    ],
    ['with a hook by name', { Hook: { LambdaFunctionName: 'choose' } }],
    ['with a hook by ARN and alias', { Hook: { LambdaFunctionName: `${ARN}:live`, Mode: 'FILTER' } }],
    [
      'with eleven treatments',
      { ...treatments(...Array<number>(10).fill(9.09)), HoldoutPercent: 9.1, TreatmentName: 'A' },
    ],
    ['with the smallest share', treatments(0.01)],
    ['with shares that floating numbers add up to more than 100', treatments(33.3, 33.3, 33.39, 0.01)],
    ['with nothing left for the default treatment', { ...treatments(60), HoldoutPercent: 40 }],
    ['by a function of its own', CUSTOM],
    [
      'by a webhook',
      { ...CUSTOM, CustomDeliveryConfiguration: { DeliveryUri: 'https://example.com/hook?a:b' } },
    ],
    [
      'with a treatment by a channel of its own',
      { AdditionalTreatments: [{ SizePercent: 10, TreatmentName: 'B', ...CUSTOM }] },
    ],
    ['with as much custom data as there may be', { ...CUSTOM, ...data('x'.repeat(5120)) }],
    ['with a push that lives for a while', message({ GCMMessage: { Body: 'b', TimeToLive: 60 } })],
  ])('%s', (_how, change) => {
    expect(problemsOf(change)).toEqual([]);
  });
});

function data(Data: string): WriteCampaignRequest {
  return message({ CustomMessage: { Data } });
}
function message(MessageConfiguration: MessageConfiguration): WriteCampaignRequest {
  return { MessageConfiguration };
}
const email = (Headers: MessageHeader[]): WriteCampaignRequest =>
  message({ EmailMessage: { Title: 't', Body: 'b', Headers } });
const custom = (DeliveryUri: string, EndpointTypes?: string[]): WriteCampaignRequest => ({
  ...CUSTOM,
  CustomDeliveryConfiguration: { DeliveryUri, EndpointTypes: EndpointTypes as never },
});

describe('a campaign is refused, naming the member', () => {
  it.each<[string, WriteCampaignRequest, RegExp]>([
    ['no name', { Name: undefined }, /^Name is missing$/],
    ['no segment', { SegmentId: undefined }, /^SegmentId is missing$/],
    ['a version that is none', { SegmentVersion: 0 }, /^SegmentVersion is 0; allowed: a whole number from 1/],
    ['no schedule', { Schedule: undefined }, /^Schedule is missing$/],
    ['no message', { MessageConfiguration: undefined }, /^MessageConfiguration is missing$/],
    ['an empty message', message({}), /^MessageConfiguration has no message; allowed: DefaultMessage,/],
    [
      'a message without a text',
      message({ EmailMessage: { Title: 'x' } }),
      /^MessageConfiguration.EmailMessage.Title is empty/,
    ],
    [
      'a header whose name is none',
      email([{ Name: 'List Unsubscribe', Value: 'x' }]),
      /^MessageConfiguration.EmailMessage.Headers\[0\].Name is "List Unsubscribe"; expected/,
    ],
    [
      'a header that begins another',
      email([
        { Name: 'X-A', Value: 'a' },
        { Name: 'X-B: 1\r\nBcc', Value: 'b' },
      ]),
      /Headers\[1\].Name is /,
    ],
    [
      'a header that is there twice',
      email([
        { Name: 'X-A', Value: '1' },
        { Name: 'x-a', Value: '2' },
      ]),
      /Headers\[1\].Name is "x-a", which is there already$/,
    ],
    ['a header without a name', email([{ Value: 'x' }]), /Headers\[0\].Name is ""; expected 1 to 126/],
    [
      'too many headers',
      email(Array.from({ length: 16 }, (_, n) => ({ Name: `X-${n}`, Value: 'x' }))),
      /^MessageConfiguration.EmailMessage.Headers are 16; at most 15 are allowed$/,
    ],
    [
      'a header that is too long',
      email([{ Name: 'X-A', Value: 'x'.repeat(871) }]),
      /Headers\[0\].Value has 871 characters; at most 870/,
    ],
    [
      'a tap that does nothing known',
      message({ DefaultMessage: { Body: 'b' }, APNSMessage: { Action: 'CALL' as never } }),
      /^MessageConfiguration.APNSMessage.Action is "CALL"; allowed: OPEN_APP, DEEP_LINK, URL$/,
    ],
    [
      'an SMS for something else',
      message({ SMSMessage: { Body: 'b', MessageType: 'NEWS' as never } }),
      /^MessageConfiguration.SMSMessage.MessageType is "NEWS"; allowed: PROMOTIONAL, TRANSACTIONAL$/,
    ],
    ['a start that is no time', schedule({ StartTime: 'tomorrow' }), /^Schedule.StartTime is tomorrow;/],
    [
      'a day that is none',
      schedule({ StartTime: '2027-02-30T09:00:00Z' }),
      /^Schedule.StartTime is 2027-02-30T/,
    ],
    [
      'a start without offset',
      schedule({ StartTime: '2026-11-22T09:00:00' }),
      /^Schedule.StartTime is 2026-11-22T/,
    ],
    [
      'a start in the past',
      schedule({ StartTime: '2026-11-21T08:58:00Z' }),
      /^Schedule.StartTime .* in the past$/,
    ],
    [
      'local time at once',
      schedule({ StartTime: 'IMMEDIATE', IsLocalTime: true }),
      /^Schedule.IsLocalTime is true; allowed/,
    ],
    [
      'a zone by its name',
      schedule({ Timezone: 'Asia/Seoul' }),
      /^Schedule.Timezone is Asia\/Seoul; allowed: UTC, UTC\+01/,
    ],
    [
      'half a quiet time',
      schedule({ QuietTime: { Start: '21:00' } }),
      /^Schedule.QuietTime.End is missing; allowed: HH:MM/,
    ],
    [
      'a quiet time that is none',
      schedule({ QuietTime: { Start: '24:00', End: '8:00' } }),
      /Start is 24:00.*End is 8:00/,
    ],
    ['an end', schedule({ EndTime: '2026-12-22T09:00:00Z' }), /^Schedule.EndTime is not there yet$/],
    [
      'a cycle',
      schedule({ Frequency: 'DAILY' }),
      /^Schedule.Frequency DAILY is not there yet; there is: ONCE$/,
    ],
    ['a trigger', schedule({ EventFilter: {} as never }), /^Schedule.EventFilter is not there yet$/],
    ['a holdout over 100', { HoldoutPercent: 101 }, /^HoldoutPercent is 101; allowed: 0 to 100/],
    ['a holdout of three decimals', { HoldoutPercent: 0.125 }, /^HoldoutPercent is 0.125; .* two decimals$/],
    ['a treatment for nobody', treatments(10, 0), /^AdditionalTreatments\[1\].SizePercent is 0; allowed/],
    [
      'a treatment without size',
      treatments(undefined),
      /^AdditionalTreatments\[0\].SizePercent is missing; allowed/,
    ],
    [
      'twelve treatments',
      treatments(...Array<number>(11).fill(1)),
      /^AdditionalTreatments are 11; at most 10 are allowed$/,
    ],
    [
      'shares over 100',
      { ...treatments(50), HoldoutPercent: 50.01 },
      /^HoldoutPercent and SizePercent add up to 100.01; at most 100/,
    ],
    [
      'a treatment without a message',
      { AdditionalTreatments: [{ SizePercent: 1 }] },
      /^AdditionalTreatments\[0\].MessageConfiguration is missing$/,
    ],
    [
      "a treatment's own schedule",
      {
        AdditionalTreatments: [
          {
            SizePercent: 1,
            MessageConfiguration: PUSH,
            Schedule: { StartTime: 'IMMEDIATE' },
          },
        ],
      },
      /\[0\].Schedule is not there yet$/,
    ],
    [
      "a treatment's broken template",
      {
        AdditionalTreatments: [
          { SizePercent: 1, MessageConfiguration: { SMSMessage: { Body: '{{User.UserId' } } },
        ],
      },
      /^AdditionalTreatments\[0\].MessageConfiguration.SMSMessage.Body: Parse error/,
    ],
    [
      'a long treatment name',
      { TreatmentName: 'x'.repeat(257) },
      /^TreatmentName has 257 characters; at most 256/,
    ],
    [
      'too many a day',
      { Limits: { Daily: 101 } },
      /^Limits.Daily is 101; allowed: a whole number from 0 to 100$/,
    ],
    ['fewer than none', { Limits: { Total: -1 } }, /^Limits.Total is -1; allowed/],
    ['a rate of 0', { Limits: { MessagesPerSecond: 0 } }, /^Limits.MessagesPerSecond is 0: a rate of 0 /],
    ['half a message', { Limits: { MessagesPerSecond: 0.5 } }, /^Limits.MessagesPerSecond is 0.5; allowed/],
    [
      'a rate over the limit',
      { Limits: { MessagesPerSecond: 20_001 } },
      /^Limits.MessagesPerSecond is 20001; allowed/,
    ],
    [
      'less than a minute',
      { Limits: { MaximumDuration: 59 } },
      /^Limits.MaximumDuration is 59; allowed: a whole number from 60/,
    ],
    ['sessions', { Limits: { Session: 1 } }, /^Limits.Session is not there yet$/],
    ['a tagged rate of 0', { tags: { 'repoint:rate': '0' } }, /^tags.repoint:rate is "0": a rate of 0 /],
    [
      'a tagged rate that is no number',
      { tags: { 'repoint:rate': '1e3' } },
      /^tags.repoint:rate is "1e3"; allowed/,
    ],
    [
      'a tagged rate over the limit',
      { tags: { 'repoint:rate': '1200001' } },
      /^tags.repoint:rate is "1200001"; allowed: .* 1200000$/,
    ],
    [
      'two rates',
      { tags: { 'repoint:rate': '600' }, Limits: { MessagesPerSecond: 11 } },
      /^tags.repoint:rate is 600 a minute, and Limits.MessagesPerSecond is 11; give one/,
    ],
    ['a hook without function', { Hook: {} }, /^Hook.LambdaFunctionName is missing; allowed: the name/],
    [
      'a hook that is no function',
      { Hook: { LambdaFunctionName: 'arn:aws:sqs:ap-northeast-2:123456789012:choose' } },
      /^Hook.LambdaFunctionName is "arn:aws:sqs:/,
    ],
    [
      'a hook that delivers',
      { Hook: { LambdaFunctionName: 'f', Mode: 'DELIVERY' } },
      /^Hook.Mode DELIVERY is not there/,
    ],
    [
      'a hook of an unknown mode',
      { Hook: { LambdaFunctionName: 'f', Mode: 'SEND' as never } },
      /^Hook.Mode is "SEND"; allowed: FILTER$/,
    ],
    [
      'a hook on the web',
      { Hook: { LambdaFunctionName: 'f', WebUrl: 'https://example.com' } },
      /^Hook.WebUrl is not there yet$/,
    ],
    ['no place to deliver to', custom(''), /^CustomDeliveryConfiguration.DeliveryUri is missing/],
    [
      'a webhook without TLS',
      custom('http://example.com'),
      /^CustomDeliveryConfiguration.DeliveryUri: http:.* does not begin with https/,
    ],
    ['no place at all', custom('a b'), /^CustomDeliveryConfiguration.DeliveryUri: "a b" is neither/],
    ['nobody to deliver to', custom('f', []), /^CustomDeliveryConfiguration.EndpointTypes is empty/],
    [
      'unknown types',
      custom('f', ['FAX']),
      /^CustomDeliveryConfiguration.EndpointTypes\[0\] is FAX; allowed/,
    ],
    ['custom delivery of nothing', { ...CUSTOM, ...data('') }, /CustomMessage.Data is missing/],
    [
      'too much custom data',
      { ...CUSTOM, ...data('가'.repeat(1707)) },
      /^MessageConfiguration.CustomMessage.Data has 5121 bytes; at most 5120/,
    ],
    [
      'custom data that goes nowhere',
      data('x'),
      /^MessageConfiguration.CustomMessage needs a CustomDeliveryConfiguration/,
    ],
    [
      'a push that custom delivery would lose',
      { ...CUSTOM, ...message({ CustomMessage: { Data: 'x' }, ...PUSH }) },
      /^MessageConfiguration.GCMMessage would not be sent/,
    ],
    ['a priority', { Priority: 1 }, /^Priority is not there yet$/],
    [
      'a channel that is not there',
      message({ ADMMessage: { Body: 'x' } }),
      /^MessageConfiguration.ADMMessage is not there yet$/,
    ],
    [
      'raw content',
      message({ GCMMessage: { Body: 'x', RawContent: '{}' } }),
      /^MessageConfiguration.GCMMessage.RawContent is not there yet$/,
    ],
    [
      'a push that dies before it was born',
      message({ GCMMessage: { Body: 'x', TimeToLive: -1 } }),
      /^MessageConfiguration.GCMMessage.TimeToLive is -1; allowed/,
    ],
    [
      'more than a row holds',
      message({ EmailMessage: { Title: 't', HtmlBody: 'x'.repeat(360_000) } }),
      /^The campaign has \d+ bytes; at most 358400/,
    ],
  ])('%s', (_what, change, says) => {
    expect(problemsOf(change).join('; ')).toMatch(says);
  });

  it('tells every problem at once', () => {
    const found = problemsOf({
      Name: undefined,
      HoldoutPercent: Number.NaN,
      Limits: { Daily: -1, MessagesPerSecond: 0 },
      Hook: {},
      MessageConfiguration: undefined,
      ...treatments(-5),
    });
    expect(found.map((problem) => problem.split(' ')[0])).toEqual([
      'Name',
      'HoldoutPercent',
      'AdditionalTreatments[0].SizePercent',
      'Limits.Daily',
      'Limits.MessagesPerSecond',
      'Hook.LambdaFunctionName',
      'MessageConfiguration',
    ]);
  });
});

describe('whatever the numbers are', () => {
  const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1e300, -1, 0.1, Number.NaN));
  const bounds = [
    ['Daily', 0, 100],
    ['Total', 0, 100],
    ['MessagesPerSecond', 1, 20_000],
    ['MaximumDuration', 60, 2 ** 31 - 1],
  ] as const;

  it.each(bounds)('Limits.%s takes the whole numbers from %d to %d and no others', (name, min, max) => {
    const near = fc.integer({ min: min - 3, max: min + 3 });
    fc.assert(
      fc.property(fc.oneof(anyNumber, near, fc.integer({ min, max })), (value) => {
        const isGood = Number.isInteger(value) && value >= min && value <= max;
        const problems = problemsOf({ Limits: { [name]: value } });
        expect(problems.length === 0).toBe(isGood);
        for (const problem of problems) expect(problem).toContain(`Limits.${name} is ${value}`);
      }),
    );
  });

  it('a share is taken in steps of 0.01 up to 100, and no other', () => {
    const step = fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100);
    fc.assert(
      fc.property(step, (size) => {
        expect(problemsOf(treatments(size))).toEqual([]);
      }),
    );
    const between = fc.tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.double({ min: 0.001, max: 0.009, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyNumber,
          between.map(([n, more]) => n / 100 + more),
        ),
        (size) => {
          const isStep = size > 0 && size <= 100 && Number(size.toFixed(2)) === size;
          expect(problemsOf(treatments(size)).length === 0).toBe(isStep);
        },
      ),
    );
  });

  it('shares are taken exactly when they add up to 100 or less', () => {
    const hundredths = fc.integer({ min: 1, max: 2_000 });
    fc.assert(
      fc.property(
        fc.array(hundredths, { maxLength: 10 }),
        fc.integer({ min: 0, max: 4_000 }),
        (sizes, holdout) => {
          const total = sizes.reduce((sum, size) => sum + size, holdout);
          const request = {
            ...treatments(...sizes.map((size) => size / 100)),
            HoldoutPercent: holdout / 100,
          };
          expect(problemsOf(request).length === 0).toBe(total <= 10_000);
        },
      ),
    );
  });

  it('a tagged rate is a whole number of messages a minute, as text', () => {
    const good = fc.integer({ min: 1, max: 1_200_000 }).map(String);
    fc.assert(
      fc.property(good, (rate) => {
        expect(problemsOf({ tags: { 'repoint:rate': rate } })).toEqual([]);
      }),
    );
    const bad = fc.oneof(fc.string(), anyNumber.map(String)).filter((text) => !/^[1-9]\d*$/.test(text));
    fc.assert(
      fc.property(bad, (rate) => {
        expect(problemsOf({ tags: { 'repoint:rate': rate } }).join()).toContain('tags.repoint:rate');
      }),
    );
  });
});

it('every zone of the API is a zone of a schedule', () => {
  for (const Timezone of SCHEDULE_TIMEZONES)
    expect(problemsOf(schedule({ Timezone, IsLocalTime: true }))).toEqual([]);
});
