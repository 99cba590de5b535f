/** Where the person is, as the address after the `#`. Pure: ids only, never a name (addresses end up in logs). */
import type { Day } from '../words/format';

export type CalendarView = 'day' | 'week';
export type Screen = 'dashboard' | 'calendar' | 'room-calendar' | 'session' | 'clients' | 'rooms' | 'services' | 'availability' | 'invoices' | 'messages' | 'organization' | 'settings';

export type Route =
  | { screen: 'dashboard' }
  /** A view of `null` is the one this member likes. */
  | { screen: 'calendar' | 'room-calendar'; view: CalendarView | null; day: Day | null }
  | { screen: 'session'; id: string }
  | { screen: 'clients' | 'rooms' | 'services' | 'availability' | 'invoices' | 'messages' | 'organization'; id: string | null }
  | { screen: 'settings'; tab: string | null };

const LISTS = ['clients', 'rooms', 'services', 'availability', 'invoices', 'messages', 'organization'] as const;

/** Reads an address; what it does not know is the Dashboard. */
export function readRoute(hash: string): Route {
  const [screen = '', second = '', third = ''] = hash.replace(/^#?\/?/, '').split('/').map(decodeURIComponent);
  if (screen === 'calendar' || screen === 'room-calendar')
    return { screen, view: second === 'day' || second === 'week' ? second : null, day: /^\d{4}-\d\d-\d\d$/.test(third) ? third : null };
  if (screen === 'session' && second) return { screen, id: second };
  if (screen === 'settings') return { screen, tab: second || null };
  const list = LISTS.find((one) => one === screen);
  return list ? { screen: list, id: second || null } : { screen: 'dashboard' };
}

export function writeRoute(route: Route): string {
  switch (route.screen) {
    case 'calendar':
    case 'room-calendar':
      return `#/${route.screen}${route.view || route.day ? `/${route.view ?? 'any'}` : ''}${route.day ? `/${route.day}` : ''}`;
    case 'session':
      return `#/session/${encodeURIComponent(route.id)}`;
    case 'dashboard':
      return '#/dashboard';
    case 'settings':
      return `#/settings${route.tab ? `/${encodeURIComponent(route.tab)}` : ''}`;
    default:
      return `#/${route.screen}${route.id ? `/${encodeURIComponent(route.id)}` : ''}`;
  }
}
