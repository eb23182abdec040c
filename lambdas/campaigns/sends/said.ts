import type { KakaoTemplates } from '../../channels/index.ts';
import { asksAtDelivery } from '../personalisation/missing.ts';
import { needsHook } from '../policy/rules.ts';
import type { PolicySettings } from '../policy/settings.ts';
import { type PrepareDeps, prepared, sentBy } from '../saying/prepare.ts';
import { TEMPLATE_CHANNELS } from '../templates/template.ts';
import type { Says } from './send.ts';

/** A campaign as the engine is to say it. */
export interface Said {
  readonly says: Says;
  /** Whether each call must ask the hook who gets it. */
  readonly asksPolicy: boolean;
}

/** How a deployment makes what a campaign says into what the engine is to say. */
export interface Saying {
  /** The active versions of the stored templates that are named without one, by name. */
  templatesOf(says: Says): Promise<Readonly<Record<string, string>>>;
  said(says: Says, campaignId: string): Promise<Said>;
}

export interface SayingDeps extends PrepareDeps {
  readonly policy: PolicySettings;
}

export const saying = (deps: SayingDeps): Saying => ({
  async templatesOf({ channel, variants }) {
    const kind = TEMPLATE_CHANNELS.find((each) => each === channel);
    const names = variants.flatMap(({ content: { template } }) =>
      template && template.version === undefined ? [template.name] : [],
    );
    const found = [...new Set(names)].map(async (name) => {
      const head = kind && (await deps.templates.head(kind, name));
      return head ? [[name, String(head.active)] as const] : [];
    });
    return Object.fromEntries((await Promise.all(found)).flat());
  },
  async said(says, campaignId) {
    const asksPolicy = needsHook(says, deps.policy) || (await needsValues(deps, says));
    return { says: await prepared(deps, says, campaignId), asksPolicy };
  },
});

/** Whether a text shows what a member may lack, or what nobody but us knows. */
async function needsValues(deps: PrepareDeps, says: Says): Promise<boolean> {
  for (const { content } of says.variants) {
    const { needs, rule } = await sentBy(deps, says, content);
    if (asksAtDelivery(needs, rule)) return true;
  }
  return false;
}

/** What a campaign says, with the versions of its templates that a send began with. */
export const withTemplates = (says: Says, versions: Readonly<Record<string, string>>): Says => ({
  ...says,
  variants: says.variants.map((variant) => {
    const { template } = variant.content;
    const version = template && (template.version ?? versions[template.name]);
    if (!template || version === undefined) return variant;
    return { ...variant, content: { ...variant.content, template: { ...template, version } } };
  }),
});

/** Where Kakao's content is put, when the deployment has Kakao. */
export const kakaoOf = (
  functionName: string | undefined,
  templates: KakaoTemplates,
): Pick<PrepareDeps, 'kakao'> => (functionName === undefined ? {} : { kakao: { functionName, templates } });
