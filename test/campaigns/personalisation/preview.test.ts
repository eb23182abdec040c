import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import { CHANNELS, type Content } from '../../../lambdas/campaigns/content.ts';
import { messageConfiguration } from '../../../lambdas/campaigns/message.ts';
import { pinpointHeldEndpoints } from '../../../lambdas/campaigns/personalisation/held-endpoints.aws.ts';
import type { HeldEndpoint } from '../../../lambdas/campaigns/personalisation/ports.ts';
import {
  type PostPreviewDeps,
  postPreview,
} from '../../../lambdas/campaigns/personalisation/post-preview.ts';
import { type PreviewDeps, previewCampaign } from '../../../lambdas/campaigns/personalisation/preview.ts';
import { sentContent } from '../../../lambdas/campaigns/personalisation/sent-content.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import type { Judgement } from '../../../lambdas/campaigns/policy/judge.ts';
import { noConsent } from '../../../lambdas/campaigns/policy/why.ts';
import { compiledSayings } from '../../../lambdas/pinpoint/delivery/plans.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { pinpointWire } from '../support/pinpoint-wire.ts';
import { MOMENT } from './support/rendered.ts';
import { says } from './support/worlds.ts';

const VARIABLES = variables();
const CTX: Ctx = { actor: 'test', requestId: 'r', now: MOMENT.now, deadline: MOMENT.now + 60_000 };
const ITEM = 'Attributes.last_in_cart_name';

const endpoint = (channelType: string, rest: Partial<HeldEndpoint> = {}): HeldEndpoint => ({
  id: `${channelType}:u1`,
  channelType,
  reachable: true,
  endpoint: {
    ChannelType: channelType as 'GCM',
    Location: { City: 'Seoul' },
    User: { UserId: 'u1', UserAttributes: { name: ['홍 <길동>'] } },
  },
  ...rest,
});

interface World {
  readonly held?: readonly HeldEndpoint[] | undefined;
  readonly judgement?: Judgement;
}

const noticed = (content: Content, { policy }: Definition): Content =>
  policy.label && content.title !== undefined ? { ...content, title: `(광고) ${content.title}` } : content;

const depsOf = ({ held = CHANNELS_HELD, judgement = { kind: 'send' } }: World = {}): PreviewDeps => ({
  endpoints: { of: async (userId) => (userId === 'u1' ? held : undefined) },
  personal: { of: async () => new Map([['u1', { [ITEM]: ['니트 & 코트'] }]]) },
  policy: { judge: async () => judgement },
  variables: VARIABLES,
  sent: async (campaign, content) =>
    sentContent(content, campaign, VARIABLES, (plain) => noticed(plain, campaign)),
  kakao: () => [],
  moment: () => MOMENT,
});
const CHANNELS_HELD = ['GCM', 'EMAIL', 'SMS', 'CUSTOM'].map((type) => endpoint(type));

const preview = (campaign: Definition, world?: World, rest = {}) =>
  previewCampaign(depsOf(world), CTX, { userId: 'u1', says: campaign, ...rest });

const CONTENT: Content = {
  title: '#{회원 이름}님',
  message: '#{상품명_최근 장바구니 상품} {{Location.City}}\n끝',
};

describe('a preview', () => {
  it('is what the engine renders for that member, on every channel with messages of its own', async () => {
    for (const channel of ['push', 'email', 'sms'] as const) {
      const content = channel === 'sms' ? { message: CONTENT.message ?? '' } : CONTENT;
      const campaign = says(content, { channel, policy: { label: true, night: 'hold' } });
      const shown = await preview(campaign);
      const sent = sentContent(content, campaign, VARIABLES, (own) => noticed(own, campaign));
      const message = messageConfiguration({ channel, ...sent.content });
      const [saying] = compiledSayings({ message }).values();
      const engine = saying?.part.render(
        {
          'User.UserAttributes.name': ['홍 <길동>'],
          'Location.City': 'Seoul',
          [ITEM]: ['니트 & 코트'],
        },
        MOMENT,
      );
      expect(shown.content.title).toBe(engine?.['title'] ?? engine?.['subject']);
      expect(shown.content.message).toBe(engine?.['body'] ?? engine?.['text']);
      expect(shown.content.html).toBe(engine?.['html']);
      expect(shown.outcome).toEqual({ kind: 'sent' });
    }
  });

  it('escapes values in HTML and nowhere else', async () => {
    const shown = await preview(says({ ...CONTENT, html: '<p>#{회원 이름}</p>' }, { channel: 'email' }));
    expect(shown.content.html).toBe('<p>홍 &lt;길동&gt;</p>');
    expect(shown.content.title).toBe('홍 <길동>님');
  });

  it('shows the default, and tells what was missing in the author’s words', async () => {
    const content = { title: '#{회원 속성_grade} #{회원 이름}', message: 'x' };
    const skipped = await preview(says(content));
    expect(skipped).toMatchObject({
      missing: ['{{User.UserAttributes.grade}}'],
      outcome: { kind: 'skipped', reason: 'MISSING_VALUE' },
    });
    const defaulted = await preview(
      says(content, { missing: 'default', defaults: { '#{회원 속성_grade}': '일반' } }),
    );
    expect(defaulted).toMatchObject({
      content: { title: '일반 홍 <길동>' },
      missing: [],
      defaulted: ['{{User.UserAttributes.grade}}'],
      outcome: { kind: 'sent' },
    });
  });

  it('tells what the advertising rules say of the member', async () => {
    const why = noConsent('push');
    const refused = { kind: 'skip', reason: 'NO_ADVERTISING_CONSENT', why } as const;
    expect((await preview(says(CONTENT), { judgement: refused })).outcome).toEqual({
      kind: 'skipped',
      reason: 'NO_ADVERTISING_CONSENT',
      why,
    });
    const held = { kind: 'hold', notBefore: MOMENT.now + 3_600_000, why } as const;
    expect((await preview(says(CONTENT), { judgement: held })).outcome).toEqual({
      kind: 'held',
      until: '2026-11-22T01:00:00.000Z',
      why,
    });
  });

  it('of a channel without an address is shown all the same, and would not be sent', async () => {
    for (const held of [[endpoint('EMAIL')], [endpoint('GCM', { reachable: false })]]) {
      const shown = await preview(says(CONTENT), { held });
      expect(shown.content.title).toBe('홍 <길동>님');
      expect(shown.outcome).toMatchObject({ kind: 'skipped', reason: 'NO_ENDPOINT' });
    }
  });

  it('takes an endpoint that would get the message before one that would not', async () => {
    const held = [endpoint('GCM', { reachable: false, id: 'old' }), endpoint('APNS', { id: 'new' })];
    expect((await preview(says(CONTENT), { held })).endpoint).toBe('new');
  });

  it('gives no coupon away', async () => {
    const shown = await preview(says({ title: '#{쿠폰}', message: 'x' }));
    expect(shown).toMatchObject({ content: { title: '[쿠폰 번호]' }, assumed: ['#{쿠폰}'], missing: [] });
  });

  it('tells the limits that this member’s message breaks', async () => {
    const shown = await preview(says({ title: `${'x'.repeat(195)}#{회원 이름}`, message: 'x' }));
    expect(shown.problems).toEqual([
      { field: 'title', message: 'title has 201 characters; at most 200 are allowed' },
    ]);
  });

  it('is refused for nobody, for no variant, and for a name that nothing has', async () => {
    await expect(preview(says(CONTENT), {}, { userId: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(preview(says(CONTENT), {}, { variant: 'C' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(preview(says({ title: '#{이럼}', message: 'x' }))).rejects.toMatchObject({
      code: 'unprocessable',
      field: 'title',
    });
  });

  it('has a place for every channel', async () => {
    for (const channel of CHANNELS)
      expect((await preview(says({ message: 'x' }, { channel }))).outcome).toEqual({ kind: 'sent' });
  });
});

describe('POST /campaigns/preview', () => {
  const deps: PostPreviewDeps = {
    ...depsOf(),
    stored: async (id) => (id === 'c1' ? says(CONTENT) : undefined),
    defined: async (_, body) => says(body as Content),
  };

  it('shows a stored campaign, or one that is being written', async () => {
    const written = await postPreview(deps, CTX, { userId: 'u1', campaign: { ...CONTENT } });
    expect(await postPreview(deps, CTX, { userId: 'u1', campaignId: 'c1' })).toEqual(written);
    const gone = postPreview(deps, CTX, { userId: 'u1', campaignId: 'c2' });
    await expect(gone).rejects.toMatchObject({ code: 'not_found', field: 'campaignId' });
  });
});

describe('the endpoints of a member', () => {
  const APP = '0123456789abcdef0123456789abcdef';
  const wire = (status: number, body: object) =>
    pinpointHeldEndpoints(pinpointWire({ 'GET /ID/users/u1': { status, body } }).client, 'test').of('u1');

  it('are those the engine holds, and whether it would send to them', async () => {
    const item = { ApplicationId: APP, ChannelType: 'EMAIL', Address: 'a@example.com' };
    const found = await wire(200, {
      Item: [
        { ...item, Id: 'a', EndpointStatus: 'ACTIVE', OptOut: 'NONE' },
        { ...item, Id: 'b', EndpointStatus: 'INACTIVE', OptOut: 'NONE' },
        { ...item, Id: 'c', EndpointStatus: 'ACTIVE', OptOut: 'ALL' },
      ],
    });
    expect(found?.map(({ id, reachable }) => [id, reachable])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
  });

  it('are undefined for somebody whom the engine does not know; other errors are told', async () => {
    expect(await wire(404, { __type: 'NotFoundException', Message: 'no user' })).toBeUndefined();
    await expect(wire(400, { __type: 'BadRequestException', Message: 'x' })).rejects.toThrow();
  });
});
