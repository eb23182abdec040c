import type { MemberStates } from '../../members/index.ts';
import type { Money } from './amount-text.ts';
import type { PersonalValues, ProductCatalogue } from './ports.ts';
import { itemIdsOf, itemValues } from './values.ts';
import { itemVariable } from './variables.ts';

export interface PersonalValuesDeps {
  readonly states: MemberStates;
  readonly catalogue: ProductCatalogue;
  readonly money: Money;
}

/** Where no catalogue is kept: what events told of an item is all that is known of it. */
export const noCatalogue: ProductCatalogue = { of: async () => new Map() };

/** Values from what events told of members, completed by the catalogue. Without a name of an item nothing is read. */
export function personalValues({ states, catalogue, money }: PersonalValuesDeps): PersonalValues {
  return {
    async of(members, names) {
      const ofItems = names.filter((name) => itemVariable(name) !== undefined);
      if (ofItems.length === 0 || members.length === 0) return new Map();
      const items = await states.batch(members.map(({ userId }) => userId));
      const ids = [...items.values()].flatMap((own) => itemIdsOf(own, ofItems));
      const products = await catalogue.of([...new Set(ids)]);
      return new Map(
        members.flatMap(({ userId, locale }) => {
          const own = items.get(userId);
          return own === undefined
            ? []
            : [[userId, itemValues(own, ofItems, products, { locale, money })] as const];
        }),
      );
    },
  };
}
