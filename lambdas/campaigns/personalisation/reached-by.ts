import type { MemberProfile } from '../../members/index.ts';
import type { Definition } from '../campaign.ts';

/**
 * Whether a campaign reaches a member at any hour: an address on its channel, and consent where it advertises. Nobody else
 * gets a message that could be too long. Whom a custom channel reaches only its own end knows. Pure.
 */
export const reachedBy =
  ({ channel, purpose }: Pick<Definition, 'channel' | 'purpose'>) =>
  ({ addresses, consents }: Pick<MemberProfile, 'addresses' | 'consents'>): boolean => {
    if (channel === 'custom' || channel === 'webhook') return true;
    const agreed = consents[channel]?.advertising?.granted === true;
    return addresses[channel] > 0 && (purpose !== 'advertising' || agreed);
  };
