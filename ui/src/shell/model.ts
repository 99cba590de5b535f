import type { Day } from '../words/format';

/** What the frame around every screen shows. */
export interface FrameData {
  clinic: string;
  person: { name: string; initials: string; role: string; hue: string | null };
  today: Day;
  firstWeekday: number;
  /** How many things need attention; nothing is drawn for none. */
  attention: number;
  /** Messages that have failed or wait. */
  messages: number;
  therapists: { id: string; name: string; hue: string; today: number; away: boolean }[];
  rooms: { id: string; name: string; busy: boolean; until: number | null }[];
}
