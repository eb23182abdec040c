/** The variables that a campaign's texts may name (spec §4, "Personalisation"), as data. Pure. */

/** What of an item a variable shows. */
export const FACETS = [
  { id: 'name', spellings: ['상품명', 'item name'] },
  { id: 'price', spellings: ['가격', 'price'] },
  { id: 'image_url', spellings: ['이미지 URL', 'image URL'] },
  { id: 'mobile_url', spellings: ['모바일 URL', 'mobile URL'] },
  { id: 'pc_url', spellings: ['PC URL'] },
] as const;
export type FacetId = (typeof FACETS)[number]['id'];

/** Where a member's items come from. A further recommendation (spec §8) is a line here and its reader in values.ts. */
export const ITEM_SOURCES = [
  { id: 'last_in_cart', spellings: ['최근 장바구니 상품', 'last item in cart'] },
  { id: 'last_viewed', spellings: ['최근 본 상품', 'last viewed item'] },
] as const;
export type ItemSourceId = (typeof ITEM_SOURCES)[number]['id'];

/** Items of one source that a message may show: as many as the longest carousel has cards (spec §6). */
const MOST_RANKS = 6;

/** Variables that stand for one name each. The first spelling is the one that errors show. */
const PLAIN = [
  { name: 'User.UserAttributes.name', spellings: ['회원 이름', '이름', 'member name'] },
  { name: 'User.UserId', spellings: ['회원 아이디', '회원 ID', 'member ID'] },
  { name: 'Attributes.coupon', spellings: ['쿠폰', '쿠폰 번호', 'coupon'] },
] as const;

/** A coupon of the campaign's pool: each member gets one (spec §4). */
export const COUPON = 'Attributes.coupon';
const ATTRIBUTE = 'User.UserAttributes.';
/** `#{회원 속성_등급}`: any custom attribute of the member by its own name, which keeps its case. */
const ATTRIBUTE_SPELLINGS = ['회원 속성', 'member attribute'];

/** Pinpoint's maps whose names are fixed (pinpoint.md §2.6); those under Attributes, Metrics and UserAttributes are free. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  Demographic: [
    'AppVersion',
    'Locale',
    'Make',
    'Model',
    'ModelVersion',
    'Platform',
    'PlatformVersion',
    'Timezone',
  ],
  Location: ['City', 'Country', 'Latitude', 'Longitude', 'PostalCode', 'Region'],
};

export interface ItemVariable {
  readonly source: ItemSourceId;
  readonly facet: FacetId;
  /** From 1: the latest, or the best. */
  readonly rank: number;
}

const ranked = (text: string, rank: number): string => (rank === 1 ? text : `${text}_${rank}`);

/** The items' variables by their dotted names: `Attributes.last_in_cart_name`, `Attributes.last_in_cart_name_2`, … */
const ITEMS: ReadonlyMap<string, ItemVariable & { readonly spellings: readonly string[] }> = new Map(
  ITEM_SOURCES.flatMap((source) =>
    FACETS.flatMap((facet) =>
      Array.from({ length: MOST_RANKS }, (_, index) => {
        const rank = index + 1;
        const spellings = source.spellings.flatMap((from) =>
          facet.spellings.map((what) => ranked(`${what}_${from}`, rank)),
        );
        const name = ranked(`Attributes.${source.id}_${facet.id}`, rank);
        return [name, { source: source.id, facet: facet.id, rank, spellings }] as const;
      }),
    ),
  ),
);

/** What item a name shows; undefined for one that shows no item. */
export const itemVariable = (name: string): ItemVariable | undefined => ITEMS.get(name);

/** Spellings differ in blanks (an editor's too) and in the case of Latin letters without meaning another variable. */
const normal = (spelling: string): string =>
  spelling
    .normalize('NFC')
    .replaceAll(/(?:\s|&nbsp;|&#160;)+/g, ' ')
    .replaceAll(/ ?_ ?/g, '_')
    .trim()
    .toLowerCase();

/** The variables of a deployment, found by the marketer's spelling and shown by it. */
export interface Variables {
  /** The dotted name of `#{spelling}`; undefined when there is none. */
  named(spelling: string): string | undefined;
  /** A name as its author would write it: `#{회원 이름}`, or `{{Location.City}}` where there is no short form. */
  shown(name: string): string;
  /** The spellings that suggestions are made from. */
  readonly spellings: readonly string[];
}

/**
 * All variables, with the deployment's own labels for custom attributes: `{ 등급: 'grade' }` makes `#{등급}`. A label
 * never hides a spelling of ours.
 */
export function variables(labels: Readonly<Record<string, string>> = {}): Variables {
  const labelled = Object.entries(labels).map(
    ([label, attribute]) => [`${ATTRIBUTE}${attribute}`, [label]] as const,
  );
  const ours = [...PLAIN.map(({ name, spellings }) => [name, spellings] as const)];
  const items = [...ITEMS].map(([name, { spellings }]) => [name, spellings] as const);
  const all = [...labelled, ...ours, ...items];
  const names = new Map(all.flatMap(([name, spellings]) => spellings.map((text) => [normal(text), name])));
  const shown = new Map(all.map(([name, [first = name]]) => [name, `#{${first}}`]));
  return {
    named: (spelling) => names.get(normal(spelling)) ?? attributeNamed(spelling),
    shown: (name) => shown.get(name) ?? `{{${name}}}`,
    spellings: all
      .filter(([name]) => (itemVariable(name)?.rank ?? 1) === 1)
      .flatMap(([, spellings]) => spellings),
  };
}

/** The name of `#{회원 속성_…}`: what follows the first `_`, as the attribute itself is spelled. */
function attributeNamed(spelling: string): string | undefined {
  const cut = spelling.indexOf('_');
  const own = spelling
    .slice(cut + 1)
    .normalize('NFC')
    .trim();
  const isAttribute = cut > 0 && own !== '' && ATTRIBUTE_SPELLINGS.includes(normal(spelling.slice(0, cut)));
  return isAttribute ? `${ATTRIBUTE}${own}` : undefined;
}

/** The names that may have been meant by one of Pinpoint's that does not exist; undefined for one that does. */
export function insteadOf(name: string): readonly string[] | undefined {
  const [root = '', field = ''] = name.split('.', 2);
  const known = Object.hasOwn(FIXED, root) ? FIXED[root] : undefined;
  return known === undefined || known.includes(field) ? undefined : known.map((own) => `${root}.${own}`);
}
