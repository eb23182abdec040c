import { notFound } from '../../shared/errors.ts';
import { type ErasureView, erasureView, type Keeping } from './erasure-view.ts';
import type { ErasureStore } from './ports.ts';

/** How far an erasure is. Throws `not_found`. */
export async function getErasure(
  { erasures, keeping }: { readonly erasures: Pick<ErasureStore, 'find'>; readonly keeping: Keeping },
  id: string,
): Promise<ErasureView> {
  const erasure = await erasures.find(id);
  if (erasure === undefined) throw notFound(`There is no erasure "${id}"`, 'id');
  return erasureView(erasure, keeping);
}
