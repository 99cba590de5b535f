/**
 * The columns of a view as data. Day, week, focus week and the Room Calendar are one list of day blocks with lanes; the grid
 * draws what stands here. Pure.
 */
import type { ClockShift } from '../../generated/ClockShift';
import type { Day } from '../../words/format';
import { layoutBesideFree, type Place } from './layout';
import type { CalendarData, CalendarResource, CalendarSession, CalendarShade } from './model';

/** wide: names and places; compact: initials only; narrow: who is in a room beside the wide lanes. */
export type LaneKind = 'wide' | 'compact' | 'narrow';

export interface Placed {
  session: CalendarSession;
  place: Place;
  /** Minutes that are kept before and after it in this lane: a therapist's buffers and the room's turnover, in a room's the turnover alone. */
  before: number;
  after: number;
}

export interface Lane {
  key: string;
  day: Day;
  /** The length of the day. */
  minutes: number;
  resource: CalendarResource;
  kind: LaneKind;
  sessions: Placed[];
  shades: CalendarShade[];
}

export interface Block {
  day: Day;
  minutes: number;
  shift: ClockShift | null;
  /** Drawn wide, with a header per lane. */
  focus: boolean;
  lanes: Lane[];
  /** Sessions that take place that day, cancelled ones not counted. */
  count: number;
}

export interface ColumnsOf {
  by: 'therapist' | 'room';
  /** The day drawn wide in a week; null draws all days alike. */
  focus: Day | null;
  /** Therapists switched off. A room's lane shows whoever is in it: a room that is taken never looks free. */
  hidden: ReadonlySet<string>;
}

export function columns(data: CalendarData, of: ColumnsOf): Block[] {
  const hidden = (id: string): boolean => of.by === 'therapist' && of.hidden.has(id);
  const shown = (of.by === 'therapist' ? data.therapists : data.rooms).filter((r) => !hidden(r.id));
  const sessions = group(data.sessions, (s) => [...leading(s).map((id) => `${s.day}|${id}`), ...(s.room ? [`${s.day}|${s.room}`] : [])]);
  const shades = group(data.shades, (s) => [`${s.day}|${s.resource}`]);
  const hiddenTherapist = (s: CalendarSession): boolean => leading(s).every(hidden);
  const single = data.days.length === 1;

  return data.days.map(({ day, minutes, shift }) => {
    const focus = single || day === of.focus;
    const lane = (resource: CalendarResource, kind: LaneKind): Lane => {
      const key = `${day}|${resource.id}`;
      const here = (sessions.get(key) ?? []).filter((s) => (kind === 'narrow' ? s.status !== 'cancelled' : !hiddenTherapist(s)));
      const cancelled = here.filter((s) => s.status === 'cancelled');
      const places = layoutBesideFree(here.filter((s) => !cancelled.includes(s)), cancelled);
      return {
        key: `${key}|${kind}`,
        day,
        minutes,
        resource,
        kind,
        sessions: here.map((session) => ({ session, place: places.get(session.id) ?? { lane: 0, lanes: 1 }, ...keptIn(resource, session) })),
        shades: shades.get(key) ?? [],
      };
    };
    const wide: LaneKind = focus || of.focus === null ? (shown.length * data.days.length > 10 && !focus ? 'compact' : 'wide') : 'compact';
    const lanes = shown.map((resource) => lane(resource, wide));
    if (focus && of.by === 'therapist' && shown.length > 1) lanes.push(...data.rooms.map((room) => lane(room, 'narrow')));
    const count = data.sessions.filter((s) => s.day === day && s.status !== 'cancelled' && !hiddenTherapist(s)).length;
    return { day, minutes, shift, focus, lanes, count };
  });
}

function keptIn(resource: CalendarResource, session: CalendarSession): Pick<Placed, 'before' | 'after'> {
  if (resource.kind === 'room') return { before: 0, after: session.turnover };
  const own = session.kept[leading(session).indexOf(resource.id)];
  return { before: own?.before ?? 0, after: Math.max(own?.after ?? 0, session.turnover) };
}

/** Everyone who leads it: in each of their lanes it is drawn. */
export function leading(session: CalendarSession): string[] {
  return [session.therapist, ...session.coTherapists];
}

function group<T>(items: readonly T[], keys: (item: T) => string[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items)
    for (const key of keys(item)) {
      const list = found.get(key);
      if (list) list.push(item);
      else found.set(key, [item]);
    }
  return found;
}

/** The widths of the day blocks as a grid template: the focused day as wide as its lanes need. */
export function template(blocks: readonly Block[]): string {
  const anyFocus = blocks.length > 1 && blocks.some((b) => b.focus);
  return blocks
    .map((b) => (anyFocus && b.focus ? `minmax(0,${String(Math.max(3, b.lanes.filter((l) => l.kind === 'wide').length * 1.1 + 1.1))}fr)` : 'minmax(0,1fr)'))
    .join(' ');
}

/** The lanes inside one block. */
export function laneTemplate(block: Block): string {
  return block.lanes.map((l) => (l.kind === 'narrow' ? '27px' : 'minmax(0,1fr)')).join(' ');
}
