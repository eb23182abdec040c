import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNELS, type Content } from '../../../lambdas/campaigns/content.ts';
import { type Notices, withNotices } from '../../../lambdas/campaigns/policy/label.ts';
import { KR } from '../../../lambdas/campaigns/policy/law/kr.ts';
import { capsOf, needsHook, nightWindowOf, policyOf } from '../../../lambdas/campaigns/policy/rules.ts';
import { settings } from './support/rules.ts';

const OPT_OUT = '무료수신거부 080-000-0000';
const of = (
  channel: Notices['channel'],
  policy: Notices['policy'] = { label: true, optOutText: OPT_OUT },
) => ({
  channel,
  policy,
  law: KR,
});

/** The texts of a channel that must begin with the label, and those that must end with the opt-out text. */
function noticed(channel: Notices['channel'], { title, message }: { title?: string; message?: string }) {
  const told = (text: string | undefined): string[] => (text === undefined ? [] : [text]);
  const titled = channel === 'push' || channel === 'email';
  return {
    begins: titled ? told(title ?? message) : channel === 'sms' ? told(message) : [],
    ends: channel === 'push' || channel === 'sms' ? told(message) : [],
  };
}

describe('the label and the opt-out text', () => {
  it('stand where the decree wants them', () => {
    const content = { title: '겨울 세일', message: '최대 50%' };
    expect(withNotices(content, of('push'))).toEqual({
      title: '(광고) 겨울 세일',
      message: `최대 50%\n${OPT_OUT}`,
    });
    expect(withNotices(content, of('email'))).toEqual({ title: '(광고) 겨울 세일', message: '최대 50%' });
    expect(withNotices({ message: '최대 50%' }, of('sms'))).toEqual({
      message: `(광고) 최대 50%\n${OPT_OUT}`,
    });
    expect(withNotices(content, of('kakao'))).toEqual(content);
  });

  it('are left away from information, and from what is not ours to write', () => {
    const content = { title: '공지', message: '점검' };
    for (const channel of CHANNELS)
      expect(withNotices(content, of(channel, { label: false }))).toEqual(content);
    const stored: Content = { template: { name: 't' } };
    expect(withNotices(stored, of('push'))).toEqual(stored);
  });

  it('are written once, however often they are asked for, and whatever the author wrote', () => {
    const text = fc.option(
      fc.oneof(fc.string(), fc.constantFrom('(광고)', ' (광고) x', OPT_OUT, `x\n${OPT_OUT} `)),
      {
        nil: undefined,
      },
    );
    fc.assert(
      fc.property(fc.constantFrom(...CHANNELS), text, text, (channel, title, message) => {
        const content = {
          ...(title === undefined ? {} : { title }),
          ...(message === undefined ? {} : { message }),
        };
        const once = withNotices(content, of(channel));
        expect(withNotices(once, of(channel))).toEqual(once);
        const { begins, ends } = noticed(channel, once);
        for (const beginning of begins) expect(beginning).toMatch(/^\s*\(광고\)/);
        for (const ending of ends) expect(ending.trimEnd().endsWith(OPT_OUT)).toBe(true);
      }),
    );
  });
});

describe('the policy of a campaign', () => {
  it('takes over label and opt-out text when it advertises, as they are then', () => {
    const now = settings({ optOutText: OPT_OUT });
    const made = (purpose: 'advertising' | 'informational', channel: Notices['channel']) =>
      policyOf({ purpose, channel }, { night: 'drop' }, now);
    expect(made('advertising', 'push')).toEqual({ label: true, optOutText: OPT_OUT, night: 'drop' });
    expect(made('advertising', 'email')).toEqual({ label: true, night: 'drop' });
    expect(made('informational', 'sms')).toEqual({ label: false, night: 'drop' });
    const off = settings({ label: false });
    expect(policyOf({ purpose: 'advertising', channel: 'sms' }, { night: 'hold' }, off)).toEqual({
      label: false,
      night: 'hold',
    });
  });

  const campaign = { purpose: 'informational', policy: { label: false, night: 'hold' } } as const;

  it('has the deployment’s caps unless it has its own', () => {
    const capped = settings({ defaultCaps: { perDay: 1 } });
    expect(capsOf(campaign, capped)).toEqual({ perDay: 1 });
    expect(capsOf(campaign, { ...capped, cappedPurposes: 'advertising' })).toEqual({});
    expect(capsOf({ ...campaign, policy: { ...campaign.policy, caps: { perWeek: 9 } } }, capped)).toEqual({
      perWeek: 9,
    });
    expect(capsOf({ ...campaign, policy: { ...campaign.policy, caps: {} } }, capped)).toEqual({});
  });

  it('asks at delivery only where there is something to decide', () => {
    expect(needsHook(campaign, settings())).toBe(false);
    expect(needsHook({ ...campaign, coupon: { pool: 'p' } }, settings())).toBe(true);
    expect(needsHook({ ...campaign, purpose: 'advertising' }, settings())).toBe(true);
    expect(needsHook(campaign, settings({ defaultCaps: { perDay: 1 } }))).toBe(true);
  });

  it('knows the night of each channel, and what the law exempts where the operator wants that', () => {
    expect(nightWindowOf('push', settings())).toEqual({ from: '21:00', until: '08:00' });
    expect(nightWindowOf('kakao', settings())).toEqual({ from: '20:50', until: '08:00' });
    expect(nightWindowOf('email', settings())).toEqual({ from: '21:00', until: '08:00' });
    expect(nightWindowOf('email', settings({ nightExemptions: true }))).toBeUndefined();
    expect(nightWindowOf('sms', settings({ nightExemptions: true }))).toEqual({
      from: '21:00',
      until: '08:00',
    });
  });
});

describe('the law', () => {
  it('says where each of its values is written', () => {
    const { consent, label, optOut, night } = KR;
    const sources = [consent, label, optOut, night, night.exempt, ...Object.values(night.channels)].map(
      ({ source }) => source,
    );
    for (const { title, url, asOf } of sources) {
      expect(title).not.toBe('');
      expect(new URL(url).protocol).toBe('https:');
      expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
