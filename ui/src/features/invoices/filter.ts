import type { InvoicesRequest } from '../../generated/InvoicesRequest';
import { MOST } from '../../state/lists';

export type Filter = 'all' | 'draft' | 'issued' | 'overdue' | 'paid';
export const FILTERS: readonly Filter[] = ['all', 'draft', 'issued', 'overdue', 'paid'];

export function requestOf(filter: Filter): InvoicesRequest {
  return { client: null, status: filter === 'all' || filter === 'overdue' ? null : filter, overdue: filter === 'overdue', most: MOST };
}
