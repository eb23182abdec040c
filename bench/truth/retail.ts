/** Invoices of the retail file as events: an order is a purchase, what was given back a refund. */
import { derivedUuid, type MappedEvent } from '../mapping.ts';
import { type Invoice, isRefund } from './hits.ts';

/** A customer whom the file does not name gave no consent: the event is kept without ids. */
export const retailEvent = (invoice: Invoice): MappedEvent => ({
  event_id: derivedUuid(`online-retail/${invoice.number}`),
  name: isRefund(invoice) ? 'refund' : 'purchase',
  occurred_at: `${invoice.date.replace(' ', 'T')}Z`,
  ...(invoice.customer === '' ? { consent: { analytics: false } } : { user_id: invoice.customer }),
  properties: { transaction_id: invoice.number, revenue: Math.abs(invoice.cents) / 100, currency: 'GBP' },
});
