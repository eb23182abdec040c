import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { runRequest } from '../../../lambdas/campaigns/sends/run-request.ts';
import { saying, withTemplates } from '../../../lambdas/campaigns/sends/said.ts';
import { newSend, type Send, saysOf } from '../../../lambdas/campaigns/sends/send.ts';
import { putTemplate } from '../../../lambdas/campaigns/templates/put-template.ts';
import { kakaoProblems } from '../../../lambdas/channels/index.ts';
import { policyOf } from '../support/parts.ts';
import { ctxAt } from '../support/worlds.ts';
import { memoryPublisher, memoryTemplates } from '../templates/support/memory.ts';
import { campaignRow } from './support/campaigns.ts';

const AT = '2026-11-21T00:00:00.000Z';
const SETTINGS = { policyFunction: 'repoint-test-campaigns-policy' };
const sendWith = (more: Partial<Send> = {}): Send => ({
  ...newSend({ id: 'c1', version: 1 }, AT, { at: Date.parse(AT), by: 'tick', windowMs: 1 }),
  pinpointSegmentId: 'seg',
  ...more,
});
const says = (more: Partial<Definition> = {}): Definition => ({ ...saysOf(campaignRow()), ...more });
const content = (message: string) => [
  { id: '0', name: 'A', weight: 10_000, content: { title: 't', message } },
];

describe('the Pinpoint campaign of a run', () => {
  const requestOf = (more: Partial<Definition>, send: Partial<Send> = {}, settings = {}) =>
    runRequest(
      { ...SETTINGS, ...settings },
      { says: says(more), asksPolicy: false },
      sendWith(send),
      'whole',
    );

  it('waits until it is let go, and says whose it is', () => {
    expect(requestOf({})).toMatchObject({
      Name: '오늘의 혜택',
      SegmentId: 'seg',
      SegmentVersion: 1,
      IsPaused: true,
      Schedule: { StartTime: 'IMMEDIATE' },
      tags: {
        'repoint:campaign': 'c1',
        'repoint:send': 'c1-20261121T0000',
        'repoint:split': '0,0,10000',
      },
    });
  });

  it.each<[string, Partial<Definition>, Partial<Send>, object, string | undefined]>([
    ['none, where nobody says one', {}, {}, {}, undefined],
    ['the deployment’s', {}, {}, { ratePerMinute: 5000 }, '5000'],
    ['the campaign’s before it', { ratePerMinute: 1000 }, {}, { ratePerMinute: 5000 }, '1000'],
    ['what was changed for the send', { ratePerMinute: 1000 }, { ratePerMinute: 20_000 }, {}, '20000'],
    ['none, where that was taken away', { ratePerMinute: 1000 }, { ratePerMinute: 0 }, {}, undefined],
  ])('has a rate: %s', (_, more, send, settings, rate) => {
    expect(requestOf(more, send, settings).tags?.['repoint:rate']).toBe(rate);
  });

  it('goes to a customer’s function or address, each variant of it', () => {
    const { CustomDeliveryConfiguration, AdditionalTreatments, MessageConfiguration } = requestOf({
      channel: 'webhook',
      deliveryUri: 'https://example.com/hook',
      variants: [0, 1].map((id) => ({
        id: String(id),
        name: String(id),
        weight: 5000,
        content: { message: `m${id}` },
      })),
    });
    expect(CustomDeliveryConfiguration).toEqual({
      DeliveryUri: 'https://example.com/hook',
      EndpointTypes: ['GCM', 'APNS', 'APNS_SANDBOX', 'EMAIL', 'SMS', 'CUSTOM'],
    });
    expect(JSON.parse(MessageConfiguration?.CustomMessage?.Data ?? '')).toEqual({ message: 'm0' });
    expect(AdditionalTreatments).toMatchObject([
      { CustomDeliveryConfiguration: { DeliveryUri: 'https://example.com/hook' }, TreatmentName: '1' },
    ]);
  });

  it('tells a customer’s function of the addresses that it asked for', () => {
    const { CustomDeliveryConfiguration } = requestOf({
      channel: 'custom',
      deliveryUri: 'messenger',
      deliveryTo: ['sms', 'email'],
    });
    expect(CustomDeliveryConfiguration?.EndpointTypes).toEqual(['SMS', 'EMAIL']);
  });

  it('asks the hook about each call where members decide, and spares it where they do not', () => {
    const { Hook } = runRequest(SETTINGS, { says: says(), asksPolicy: true }, sendWith(), 'whole');
    expect(Hook).toEqual({ LambdaFunctionName: SETTINGS.policyFunction, Mode: 'FILTER' });
    expect(requestOf({}).Hook).toBeUndefined();
  });
});

describe('what is said', () => {
  const world = (policy = {}) => {
    const [templates, publisher] = [memoryTemplates(), memoryPublisher()];
    const checks = { variables: variables(), kakao: kakaoProblems };
    const put = (message: string) =>
      putTemplate(
        { templates, publisher, checks },
        ctxAt(Date.parse(AT)),
        { channel: 'push', name: 'spring' },
        { content: { title: 't', message } } as never,
      );
    return { put, saying: saying({ templates, variables: variables(), policy: policyOf(policy) }) };
  };

  it.each<[string, Partial<Definition>, object, boolean]>([
    ['plain text', {}, {}, false],
    ['a member’s id, which nobody lacks', { variants: content('{{User.UserId}}') }, {}, false],
    ['a value that a member may lack', { variants: content('#{회원 이름}') }, {}, true],
    ['values that events told', { variants: content('#{상품명_최근 장바구니 상품}') }, {}, true],
    ['advertising', { purpose: 'advertising' }, {}, true],
    ['a coupon', { coupon: { pool: 'p' } }, {}, true],
    ['anything where members are capped', {}, { defaultCaps: { perDay: 1 } }, true],
  ])('asks at delivery: %s', async (_, more, policy, asks) => {
    expect((await world(policy).saying.said(says(more), 'c1')).asksPolicy).toBe(asks);
  });

  it('is what its templates said when the send began, whatever becomes active later', async () => {
    const { put, saying: own } = world();
    const named = says({
      variants: [{ id: '0', name: 'A', weight: 10_000, content: { template: { name: 'spring' } } }],
    });
    await put('first');
    const versions = await own.templatesOf(named);
    await put('second');
    const message = async (definition: Definition) =>
      (await own.said(definition, 'c1')).says.variants[0]?.content.message;
    expect(await message(withTemplates(named, versions))).toBe('first');
  });
});
