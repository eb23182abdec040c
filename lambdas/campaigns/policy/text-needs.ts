import type { Definition } from '../campaign.ts';
import { defaultsOf } from '../personalisation/defaults.ts';
import { type Needs, needsOf } from '../personalisation/needs.ts';
import { personalised, textsOf, withContentDefaults } from '../personalisation/personalise.ts';
import type { Variables } from '../personalisation/variables.ts';
import { foundVersion } from '../templates/find-template.ts';
import type { TemplateStore } from '../templates/ports.ts';
import type { HookEvent } from './hook.ts';
import type { TextNeeds } from './ports.ts';

/** Messages that a function remembers: what a run says does not change while it goes on. */
const REMEMBERED = 200;

export interface NeedsDeps {
  readonly templates: TemplateStore;
  readonly variables: Variables;
}

/**
 * What the texts of a run need. The engine tells them as it sends them: a default stands in them as the other branch of
 * a question, so that whatever they still need must be there. A custom message is not told: its texts are looked up.
 */
export function textNeeds(deps: NeedsDeps): TextNeeds {
  const known = new Map<string, Promise<Needs>>();
  return {
    of(says, event) {
      const key = `${event.CampaignId}/${event.TreatmentId}`;
      const found = known.get(key) ?? read(deps, says, event);
      const [oldest] = known.keys();
      if (!known.has(key) && known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
      known.set(key, found);
      found.catch(() => known.delete(key));
      return found;
    },
  };
}

async function read(deps: NeedsDeps, says: Definition, event: HookEvent): Promise<Needs> {
  const told = templatesIn(event.MessageConfiguration);
  return needsOf(told.length > 0 ? told : await ownTexts(deps, says, event.TreatmentId));
}

/** Every text with a variable in it, wherever it stands. */
function templatesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('{{') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(templatesIn);
}

async function ownTexts(deps: NeedsDeps, says: Definition, treatmentId: string): Promise<string[]> {
  const { template: named, ...own } = says.variants.find(({ id }) => id === treatmentId)?.content ?? {};
  const stored =
    named &&
    (await foundVersion(
      deps.templates,
      { channel: says.channel, name: named.name },
      named.version === undefined ? undefined : Number(named.version),
    ));
  const { content } = personalised({ ...stored?.template.content, ...own }, deps.variables);
  const written = { ...stored?.template.defaults, ...says.defaults };
  const { defaults } = defaultsOf(says.missing === 'default' ? written : {}, deps.variables);
  return textsOf(withContentDefaults(content, defaults)).map(({ text }) => text);
}
