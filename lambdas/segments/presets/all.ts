import active from './active.json' with { type: 'json' };
import atRisk from './at-risk.json' with { type: 'json' };
import birthday from './birthday.json' with { type: 'json' };
import cartAbandoners from './cart-abandoners.json' with { type: 'json' };
import discountSensitive from './discount-sensitive.json' with { type: 'json' };
import dormant from './dormant.json' with { type: 'json' };
import newcomers from './new.json' with { type: 'json' };
import oneTimeBuyers from './one-time-buyers.json' with { type: 'json' };
import type { Preset } from './preset.ts';
import repeatBuyers from './repeat-buyers.json' with { type: 'json' };
import viewedCategory from './viewed-category.json' with { type: 'json' };
import vip from './vip.json' with { type: 'json' };
import vvip from './vvip.json' with { type: 'json' };

/** Rules that shops need sooner or later (spec §3), in the order in which they are shown. */
export const PRESETS = [
  cartAbandoners,
  vip,
  vvip,
  newcomers,
  oneTimeBuyers,
  repeatBuyers,
  discountSensitive,
  atRisk,
  dormant,
  birthday,
  viewedCategory,
  active,
] as readonly Preset[];
