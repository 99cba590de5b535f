import type { InvoicesRequest } from '../../generated/InvoicesRequest';

export type Filter = 'all' | 'draft' | 'issued' | 'overdue' | 'paid';
export const FILTERS: readonly Filter[] = ['all', 'draft', 'issued', 'overdue', 'paid'];

/** How many stand in one list. */
const MOST = 500;

export function requestOf(filter: Filter): InvoicesRequest {
  return { client: null, status: filter === 'all' || filter === 'overdue' ? null : filter, overdue: filter === 'overdue', most: MOST };
}
