import { messageConfiguration } from '../message.ts';
import type { RunSettings } from './run-request.ts';

/** What an operator decided about sending (lib/config.ts, `sending`), as functions get it: JSON. */
export interface SendingEnv {
  readonly missedAfterMinutes: number;
  readonly ratePerMinute?: number;
  /** Physical name of the hook. */
  readonly policyFunction: string;
}

export interface SendSettings {
  readonly missedAfterMs: number;
  readonly settings: RunSettings;
}

/** Settings from the variable's JSON, which was checked when the deployment was synthesized. */
export function sendSettings(json: string): SendSettings {
  const { missedAfterMinutes, ratePerMinute, policyFunction } = JSON.parse(json) as SendingEnv;
  return {
    missedAfterMs: missedAfterMinutes * 60_000,
    settings: {
      ...(ratePerMinute === undefined ? {} : { ratePerMinute }),
      policyFunction,
      asksPolicy: ({ purpose, coupon }) => purpose === 'advertising' || coupon !== undefined,
      treatmentOf: ({ channel, deliveryUri }, content) => ({
        MessageConfiguration: messageConfiguration({ channel, ...content }),
        ...(deliveryUri === undefined ? {} : { CustomDeliveryConfiguration: { DeliveryUri: deliveryUri } }),
      }),
    },
  };
}
