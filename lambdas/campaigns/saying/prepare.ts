import type { KakaoContent, KakaoOrder, KakaoTemplates } from '../../channels/index.ts';
import { RepointError } from '../../shared/errors.ts';
import type { Definition } from '../campaign.ts';
import type { Content, Variant } from '../content.ts';
import { type SentContent, sentContent } from '../personalisation/sent-content.ts';
import type { Variables } from '../personalisation/variables.ts';
import { withNotices } from '../policy/label.ts';
import type { PolicySettings } from '../policy/settings.ts';
import { expanded } from '../templates/expand.ts';
import type { TemplateStore } from '../templates/ports.ts';

export interface PrepareDeps {
  readonly templates: TemplateStore;
  readonly variables: Variables;
  readonly policy: Pick<PolicySettings, 'law'>;
  /** Where Kakao's content is put for its channel; absent where the deployment has no Kakao. */
  readonly kakao?: { readonly templates: KakaoTemplates; readonly functionName: string };
}

/**
 * A campaign's definition as the engine is to say it: templates in their place, variables in Pinpoint's notation, defaults
 * where values are missing, label and opt-out text added, Kakao's content stored for its channel. Sends, tests and
 * previews all go through here. Repeating it changes nothing. Throws `unprocessable` for what cannot be said any more,
 * as a template that was taken away.
 */
export async function prepared(deps: PrepareDeps, says: Definition, campaignId: string): Promise<Definition> {
  const variants: Variant[] = [];
  for (const variant of says.variants) {
    const content = await preparedContent(deps, says, variant.content);
    variants.push({
      ...variant,
      content: await handedOver(deps, says, `${campaignId}-${variant.id}`, content),
    });
  }
  const deliveryUri = says.channel === 'kakao' ? deps.kakao?.functionName : says.deliveryUri;
  return { ...says, variants, ...(deliveryUri === undefined ? {} : { deliveryUri }) };
}

/** What one variant says, in full. */
export const preparedContent = async (
  deps: PrepareDeps,
  says: Definition,
  content: Content,
): Promise<Content> => (await sentBy(deps, says, content)).content;

/** What one variant says, in full, and what that needs of each member. */
export async function sentBy(
  { templates, variables, policy }: PrepareDeps,
  { channel, missing, defaults, policy: carried }: Definition,
  content: Content,
): Promise<SentContent> {
  const written = await expanded(templates, channel, content);
  const says = { missing, defaults: { ...written.defaults, ...defaults } };
  return sentContent(written.content, says, variables, (plain) =>
    withNotices(plain, { channel, policy: carried, law: policy.law }),
  );
}

/** Kakao's content is too long for a custom channel's `Data`: it is stored, and `Data` names it. */
async function handedOver(
  { kakao }: PrepareDeps,
  { channel, purpose }: Definition,
  name: string,
  content: Content,
): Promise<Content> {
  if (channel !== 'kakao') return content;
  if (!kakao) throw new RepointError('unprocessable', 'This deployment has no provider of Kakao messages');
  const version = await kakao.templates.save(name, content.kakao as unknown as KakaoContent);
  const order: KakaoOrder = { template: { name, version }, advertising: purpose === 'advertising' };
  return { kakao: { ...order } };
}
