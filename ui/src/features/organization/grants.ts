/** The grants in the order of the switches, as "Edit Access" has them. */
import type { Grant } from '../../generated/Grant';

export const GRANTS: readonly Grant[] = [
  'own_sessions', 'organisation_sessions', 'book_outside_availability', 'manage_clinic', 'reassign_clients', 'view_clients', 'manage_clients', 'manage_members', 'manage_subscription',
];

/** What somebody new gets unless it is chosen otherwise: their own sessions. */
export const FIRST: readonly Grant[] = ['own_sessions'];

/** As many seats as this are not counted. */
export const NO_LIMIT = 65_535;
