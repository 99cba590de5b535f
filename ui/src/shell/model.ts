import type { SidebarView } from '../generated/SidebarView';
import { initials } from '../state/places';
import { sayHold, sayLine } from '../state/say';
import type { Day } from '../words/format';
import { t } from '../words/index.svelte';

/** What the frame around every screen shows. */
export interface FrameData {
  clinic: string;
  person: { name: string; initials: string; role: string; hue: string | null };
  today: Day;
  /** As Intl counts: 0 = Sunday. */
  firstWeekday: number;
  /** How many things need attention; nothing is drawn for none. */
  attention: number;
  /** Messages that have failed or wait. */
  messages: number;
  /** Why they wait, where that passes by itself. */
  waits: { line: string; why: string } | null;
  /** How this computer stands with the clinic's server, where that is not well. */
  apart: { line: string; why: string; asks: boolean } | null;
  therapists: { id: string; name: string; hue: string; today: number; away: boolean }[];
  rooms: { id: string; name: string; busy: boolean; until: number | null }[];
}

/** The core's answer as the frame draws it. */
export function frameOf(view: SidebarView): FrameData {
  return {
    clinic: view.clinic,
    person: { name: view.member, initials: initials(view.member), role: view.demo ? t('demo') : '', hue: 'teal' },
    today: view.now.date,
    firstWeekday: (view.first_weekday + 1) % 7,
    attention: view.attention,
    messages: view.messages_waiting,
    waits: view.mail && sayHold(view.mail, view.now),
    apart: view.line?.trouble ? { ...sayLine(view.line, view.now), asks: view.line.asks } : null,
    therapists: view.therapists.map(({ therapist, sessions, away }) => ({ id: therapist.id, name: therapist.name, hue: therapist.hue, today: sessions, away })),
    rooms: view.rooms.map(({ room, busy_until, free_until }) => ({ id: room.id, name: room.name, busy: busy_until !== null, until: busy_until?.minute ?? free_until?.minute ?? null })),
  };
}
