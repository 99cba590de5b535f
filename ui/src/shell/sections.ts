import type { IconName } from '../kit/icons';
import type { Route, Screen } from '../state/route';

/** The sidebar, in SafeTalk's words and order. `key` is the letter after G. */
export const SECTIONS = [
  { screen: 'dashboard', word: 'nav-dashboard', icon: 'home', key: 'd', route: { screen: 'dashboard' } },
  { screen: 'calendar', word: 'nav-calendar', icon: 'cal', key: 'c', route: { screen: 'calendar', view: null, day: null } },
  { screen: 'room-calendar', word: 'nav-room-calendar', icon: 'rows', key: 'r', route: { screen: 'room-calendar', view: null, day: null } },
  { screen: 'clients', word: 'nav-clients', icon: 'users', key: 'l', route: { screen: 'clients', id: null } },
  { screen: 'rooms', word: 'nav-rooms', icon: 'door', key: 'o', route: { screen: 'rooms', id: null } },
  { screen: 'services', word: 'nav-services', icon: 'note', key: 's', route: { screen: 'services', id: null } },
  { screen: 'availability', word: 'nav-availability', icon: 'clock', key: 'a', route: { screen: 'availability', id: null } },
  { screen: 'invoices', word: 'nav-invoices', icon: 'receipt', key: 'i', route: { screen: 'invoices', id: null } },
  { screen: 'messages', word: 'nav-messages', icon: 'tray', key: 'm', route: { screen: 'messages', id: null } },
  { screen: 'organization', word: 'nav-organization', icon: 'building', key: 'p', route: { screen: 'organization', id: null } },
  { screen: 'settings', word: 'nav-settings', icon: 'gear', key: 'e', route: { screen: 'settings', tab: null } },
] as const satisfies readonly { screen: Screen; word: string; icon: IconName; key: string; route: Route }[];
