import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndpointDefinition } from '../../../lambdas/pinpoint/endpoints/definition.ts';
import { HookError, hookEvent, verdictsOf } from '../../../lambdas/pinpoint/hooks/hook.ts';

/** Ids that could be mistaken for something else are among them. */
const id = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'Endpoints', 'toString', '7'),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const ids = fc.uniqueArray(id, { maxLength: 20 });
const definition = fc.record({
  ChannelType: fc.constantFrom('GCM', 'APNS', 'EMAIL', 'SMS', 'CUSTOM'),
  Address: fc.string(),
  Attributes: fc.dictionary(fc.string(), fc.array(fc.string(), { maxLength: 3 }), { maxKeys: 3 }),
}) as fc.Arbitrary<EndpointDefinition>;
const endpoints = ids.chain((names) =>
  fc
    .tuple(...names.map((name) => fc.tuple(fc.constant(name), definition)))
    .map((entries) => new Map(entries)),
);

const RUN = {
  applicationId: 'app-1',
  campaignId: 'campaign-1',
  treatmentId: '0',
  activityId: 'activity-1',
  scheduledTime: '2026-11-21T09:00:00.000Z',
  message: {},
};
const eventOf = (definitions: ReadonlyMap<string, EndpointDefinition>) => hookEvent(RUN, definitions);
/** What a function gets and gives goes through JSON. */
const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const one = (answer: object, channelType = 'GCM') =>
  verdictsOf({ e1: answer }, ['e1'], { e1: { ChannelType: channelType as 'GCM' } }).get('e1');

describe("a hook's answer", () => {
  it('that gives back what it got keeps everybody with their attributes, as map or in the event', () => {
    fc.assert(
      fc.property(endpoints, (definitions) => {
        const event = eventOf(definitions);
        const asked = [...definitions.keys()];
        const expected = [...definitions].map(([name, { Attributes }]) => [
          name,
          { kind: 'keep', attributes: wire(Attributes) },
        ]);
        const verdicts = verdictsOf(wire(event.Endpoints), asked, event.Endpoints);
        expect([...verdicts]).toEqual(expected);
        // An endpoint of the name Endpoints makes the map itself the only possible reading.
        if (!definitions.has('Endpoints')) {
          expect(verdictsOf(wire(event), asked, event.Endpoints)).toEqual(verdicts);
          expect(verdictsOf(wire({ Endpoints: event.Endpoints }), asked, event.Endpoints)).toEqual(verdicts);
        }
      }),
    );
  });

  it('skips exactly those who are missing in it, and says nothing of those nobody asked about', () => {
    fc.assert(
      fc.property(ids, ids, (asked, answered) => {
        fc.pre(!answered.includes('Endpoints') || asked.includes('Endpoints'));
        const answer = wire(Object.fromEntries(answered.map((name) => [name, {}])));
        expect([...verdictsOf(answer, asked)]).toEqual(
          asked.map((name) => [
            name,
            answered.includes(name) ? { kind: 'keep' } : { kind: 'skip', reason: 'FILTERED_BY_HOOK' },
          ]),
        );
      }),
    );
  });

  it('whatever it is, is a verdict on everybody or a HookError', () => {
    const odd = fc.record(
      {
        Attributes: fc.jsonValue(),
        TitleOverride: fc.jsonValue(),
        BodyOverride: fc.jsonValue(),
        Repoint: fc.oneof(
          fc.jsonValue(),
          fc.record({ Skip: fc.jsonValue() }),
          fc.record({ NotBefore: fc.jsonValue() }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ e1: odd, e2: odd }, { requiredKeys: [] })),
        (answer) => {
          try {
            const verdicts = verdictsOf(answer, ['e1', 'e2']);
            expect([...verdicts.keys()]).toEqual(['e1', 'e2']);
            for (const verdict of verdicts.values()) {
              if (verdict.kind === 'skip') expect(verdict.reason).toMatch(/^[A-Z0-9_]{1,64}$/);
              if (verdict.kind === 'wait') expect(Number.isFinite(verdict.notBefore)).toBe(true);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(HookError);
          }
        },
      ),
    );
  });

  it('may give a reason of its own, or a later moment', () => {
    expect(one({ Repoint: { Skip: 'NIGHT_WINDOW' }, Attributes: { a: ['b'] } })).toEqual({
      kind: 'skip',
      reason: 'NIGHT_WINDOW',
    });
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (at) => {
        expect(one({ Repoint: { NotBefore: at.toISOString() } })).toEqual({
          kind: 'wait',
          notBefore: at.getTime(),
        });
      }),
    );
    expect(one({ Repoint: { NotBefore: '2026-11-22T08:00:00+09:00' } })).toEqual({
      kind: 'wait',
      notBefore: Date.UTC(2026, 10, 21, 23),
    });
    expect(one({ Repoint: null, TitleOverride: null, Attributes: null })).toEqual({ kind: 'keep' });
  });

  it.each(['GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'ADM', 'BAIDU', 'SMS'])(
    'may replace title and body by %s',
    (type) => {
      expect(one({ TitleOverride: 't', BodyOverride: '' }, type)).toEqual({
        kind: 'keep',
        titleOverride: 't',
        bodyOverride: '',
      });
    },
  );

  it.each(['EMAIL', 'VOICE', 'CUSTOM'])('replaces nothing by %s', (type) => {
    expect(one({ TitleOverride: 't', BodyOverride: 'b' }, type)).toEqual({ kind: 'keep' });
  });

  it.each([
    [null],
    ['text'],
    [[]],
    [{ Endpoints: [] }],
    [{ e1: 'kept' }],
    [{ e1: { Attributes: { plan: 'gold' } } }],
    [{ e1: { Attributes: { plan: [1] } } }],
    [{ e1: { Attributes: ['plan'] } }],
    [{ e1: { TitleOverride: 7 } }],
    [{ e1: { Repoint: {} } }],
    [{ e1: { Repoint: 'NIGHT_WINDOW' } }],
    [{ e1: { Repoint: { Skip: 'night window' } } }],
    [{ e1: { Repoint: { Skip: '' } } }],
    [{ e1: { Repoint: { Skip: 'A'.repeat(65) } } }],
    [{ e1: { Repoint: { Skipped: 'A' } } }],
    [{ e1: { Repoint: { Skip: 'A', NotBefore: '2026-11-22T08:00:00Z' } } }],
    [{ e1: { Repoint: { NotBefore: '2026-11-22T08:00:00' } } }],
    [{ e1: { Repoint: { NotBefore: 'tomorrow' } } }],
    [{ e1: { Repoint: { NotBefore: 1_795_000_000_000 } } }],
  ])('is not understood: %j', (answer) => {
    expect(() => verdictsOf(answer, ['e1'])).toThrow(HookError);
  });
});

describe('the event', () => {
  it("is Pinpoint's, with the campaign's message in the shape of a direct one", () => {
    const message = {
      DefaultMessage: { Title: 'Hi', Body: '{{Attributes.name}}', Action: 'OPEN_APP' as const },
      GCMMessage: { Body: 'gcm', ImageSmallIconUrl: 'https://example.com/s.png', TimeToLive: 60 },
      EmailMessage: { FromAddress: 'a@example.com', Title: 'Subject', HtmlBody: '<p>', Body: 'text' },
      SMSMessage: { Body: 'sms', MessageType: 'PROMOTIONAL' as const },
      CustomMessage: { Data: 'data' },
    };
    const event = hookEvent({ ...RUN, message }, new Map([['e1', { ChannelType: 'GCM' }]]));
    expect(wire(event)).toEqual({
      MessageConfiguration: {
        DefaultMessage: { Body: '{{Attributes.name}}' },
        DefaultPushNotificationMessage: { Action: 'OPEN_APP', Title: 'Hi', Body: '{{Attributes.name}}' },
        GCMMessage: { Body: 'gcm', SmallImageIconUrl: 'https://example.com/s.png', TimeToLive: 60 },
        EmailMessage: {
          FromAddress: 'a@example.com',
          SimpleEmail: {
            Subject: { Data: 'Subject' },
            HtmlPart: { Data: '<p>' },
            TextPart: { Data: 'text' },
          },
        },
        SMSMessage: { Body: 'sms', MessageType: 'PROMOTIONAL' },
      },
      ApplicationId: 'app-1',
      CampaignId: 'campaign-1',
      TreatmentId: '0',
      ActivityId: 'activity-1',
      ScheduledTime: '2026-11-21T09:00:00.000Z',
      Endpoints: { e1: { ChannelType: 'GCM' } },
    });
  });
});
