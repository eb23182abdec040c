import { appKey } from '../apps/app.ts';
import { campaignKey } from '../campaigns/campaign.ts';
import type { Registry, RegistryKey, Stored } from '../ports.ts';
import { badRequest, conflict, notFound, PinpointError } from '../protocol/errors.ts';
import type { Operation, Operations } from '../protocol/operation.ts';
import { segmentKey } from '../segments/segment.ts';
import { requireType, templateKey } from '../templates/template.ts';

type Tags = Readonly<Record<string, string>>;

/** Where a kind of resource keeps its tags. A campaign's are part of its request, which its messages carry. */
interface TaggedRow {
  readonly tags?: Tags;
  readonly request?: { readonly tags?: Tags };
}

interface Tagged {
  readonly stored: Stored<TaggedRow>;
  readonly tags: Tags;
  readonly isCampaign: boolean;
}

const ARN = /^arn:[^:]+:mobiletargeting:[^:]*:[^:]*:apps\/([^/]+)(?:\/(segments|campaigns)\/([^/]+))?$/;
const TEMPLATE_ARN = /^arn:[^:]+:mobiletargeting:[^:]*:[^:]*:templates\/([^/]+)\/(EMAIL|SMS|PUSH)$/;

function keyOf(arn: string): { key: RegistryKey; isCampaign: boolean } {
  const [, name, type] = TEMPLATE_ARN.exec(arn) ?? [];
  if (name !== undefined) return { key: templateKey(requireType(type), name), isCampaign: false };
  const [, appId, kind, id = ''] = ARN.exec(arn) ?? [];
  if (!appId) {
    throw badRequest(
      `resource-arn is ${JSON.stringify(arn)}; expected arn:aws:mobiletargeting:<region>:<account>:apps/<id>, …/segments/<id> or …/campaigns/<id>, or :templates/<name>/<type>`,
    );
  }
  if (kind === 'campaigns') return { key: campaignKey(appId, id), isCampaign: true };
  return { key: kind === 'segments' ? segmentKey(appId, id) : appKey(appId), isCampaign: false };
}

async function tagged(registry: Registry, arn = ''): Promise<Tagged> {
  const { key, isCampaign } = keyOf(arn);
  const stored = await registry.get<TaggedRow>(key);
  if (!stored) throw notFound(`There is no resource ${arn}`);
  return { stored, isCampaign, tags: (isCampaign ? stored.row.request?.tags : stored.row.tags) ?? {} };
}

async function retag(
  registry: Registry,
  arn: string | undefined,
  change: (tags: Tags) => Tags,
): Promise<void> {
  const { stored, tags, isCampaign } = await tagged(registry, arn);
  if (isCampaign) {
    throw new PinpointError(
      'MethodNotAllowedException',
      'A campaign gets its tags when it is created: its messages carry them. Changing them is not implemented by Repoint’s engine yet',
    );
  }
  const done = await registry.replace(stored, { ...stored.row, tags: change(tags) });
  if (!done) throw conflict(`${arn} was changed at the same moment; try again`);
}

const listTags =
  (registry: Registry): Operation<'ListTagsForResource'> =>
  async ({ ResourceArn }) => ({ TagsModel: { tags: { ...(await tagged(registry, ResourceArn)).tags } } });

const tagResource =
  (registry: Registry): Operation<'TagResource'> =>
  async ({ ResourceArn, TagsModel }) => {
    await retag(registry, ResourceArn, (tags) => ({ ...tags, ...TagsModel?.tags }));
    return {};
  };

const untagResource =
  (registry: Registry): Operation<'UntagResource'> =>
  async ({ ResourceArn, TagKeys = [] }) => {
    await retag(registry, ResourceArn, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
    );
    return {};
  };

export const tagOperations = (registry: Registry) =>
  ({
    ListTagsForResource: listTags(registry),
    TagResource: tagResource(registry),
    UntagResource: untagResource(registry),
  }) satisfies Operations;
