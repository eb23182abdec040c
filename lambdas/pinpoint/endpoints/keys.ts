import type { AddressKey } from './ports.ts';

/** Keys of the endpoints table. An application's id has no `#`, so no two kinds of rows can meet. */
export const endpointKey = (appId: string, id: string): string => `${appId}#E#${id}`;
export const userKey = (appId: string, id: string): string => `${appId}#U#${id}`;
export const addressKey = (appId: string, { channel, address }: AddressKey): string =>
  `${appId}#A#${channel}#${address}`;
