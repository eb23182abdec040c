/** Rows of Athena as what is known of one person. Pure. */

import type { QueryRow } from '../../shared/queries.ts';
import type { FactEvent } from '../evaluate/facts.ts';

/** Names that rules use, by column of the view `events`. */
const ENVELOPE = {
  source: 'source',
  country: 'country',
  device_type: 'device.type',
  platform: 'device.platform',
  os: 'device.os',
  app_version: 'device.app_version',
  page_url: 'page.url',
  page_title: 'page.title',
  page_referrer: 'page.referrer',
  utm_source: 'utm.source',
  utm_medium: 'utm.medium',
  utm_campaign: 'utm.campaign',
  utm_term: 'utm.term',
  utm_content: 'utm.content',
} as const;

export function factEvent(row: QueryRow): FactEvent {
  const envelope = Object.entries(ENVELOPE).flatMap(([column, name]) => {
    const value = row[column] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return {
    eventId: row['event_id'] ?? '',
    name: row['name'] ?? '',
    occurredAt: Date.parse(`${(row['occurred_at'] ?? '').replace(' ', 'T')}Z`),
    properties: JSON.parse(row['properties'] ?? '{}') as Record<string, unknown>,
    envelope: Object.fromEntries(envelope),
  };
}
