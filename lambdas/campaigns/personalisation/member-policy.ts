import { NO_CONTACTS } from '../policy/caps.ts';
import { factsOf } from '../policy/hook.ts';
import { judge } from '../policy/judge.ts';
import type { ContactStore, Reaches } from '../policy/ports.ts';
import { rulesOf } from '../policy/rules.ts';
import type { PolicySettings } from '../policy/settings.ts';
import type { MemberPolicy } from './ports.ts';

export interface MemberPolicyDeps {
  readonly members: Reaches;
  readonly contacts: Pick<ContactStore, 'batch'>;
  readonly settings: PolicySettings;
}

/** No send has this id: a look is compared with every send that counts. */
const NO_SEND = '';

/** The advertising rules about one member as the hook would apply them now, without counting the message. */
export const memberPolicy = ({ members, contacts, settings }: MemberPolicyDeps): MemberPolicy => ({
  async judge(userId, endpoint, says, now) {
    const [reaches, rows] = await Promise.all([
      members.batch([userId]),
      contacts.batch([userId], { consistent: false }),
    ]);
    const rules = rulesOf(says, NO_SEND, settings);
    const reach = reaches.get(userId);
    const facts = reach && factsOf(reach, says.channel, { ChannelType: endpoint.ChannelType ?? '' });
    return judge(facts, rules, rows.get(userId)?.contacts ?? NO_CONTACTS, now);
  },
});
