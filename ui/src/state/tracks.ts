/** The core's day tracks as the kit draws them. */
import type { CheckAnswer } from '../generated/CheckAnswer';
import type { TrackPart } from '../generated/TrackPart';
import type { TrackItem, TrackRow } from '../kit/track';
import { shortName } from './say';

function trackItems(parts: readonly TrackPart[], hue: string | null): TrackItem[] {
  return parts.map((p) => ({ start: p.from, end: p.to, kind: p.kind === 'busy' ? 'busy' : p.kind === 'own' ? 'me' : 'off', hue: hue ?? undefined }));
}

/** The stretch of the day worth drawing: where anything is open or happens, in whole even hours, at least eight of them. */
export function trackRange(tracks: readonly (readonly TrackPart[])[], also: readonly number[] = []): { from: number; to: number } {
  const marks: number[] = [...also];
  for (const track of tracks)
    for (const part of track) {
      if (part.kind !== 'closed') marks.push(part.from, part.to);
      else {
        if (part.from === 0 && part.to < 1200) marks.push(part.to);
        if (part.to >= 1380 && part.from > 240) marks.push(part.from);
      }
    }
  const from = Math.max(0, Math.floor(Math.min(8 * 60, ...marks) / 120) * 120);
  const to = Math.min(1440, Math.ceil(Math.max(18 * 60, ...marks) / 120) * 120);
  return { from, to };
}

/** Whose day is drawn, and where the slot that is chosen stands in it. */
interface Drawn {
  therapist: { name: string; hue: string | null };
  /** The room's name; null where the place is none. */
  room: string | null;
  /** What becomes of the session as it stands: drawn as it is, as its old place, or not at all. */
  own: 'me' | 'was' | 'none';
  /** The slot as it is chosen, in minutes of the day; null draws none. */
  here: { start: number; end: number } | null;
}

type Tracks = Pick<CheckAnswer, 'therapist_track' | 'room_track'> & Partial<Pick<CheckAnswer, 'co_tracks' | 'therapist' | 'room'>>;

/** The rows of a day track: the therapist, whoever leads it with them, the room. They stand from the start, empty until the first answer. */
export function trackRows(answer: Tracks | undefined, { therapist, room, own, here }: Drawn): TrackRow[] {
  const drawn = (parts: readonly TrackPart[], hue: string | null, bad: boolean): TrackItem[] => [
    ...trackItems(parts, hue).flatMap((one) => (one.kind !== 'me' ? [one] : own === 'none' ? [] : [{ ...one, kind: own }])),
    ...(here ? [{ ...here, kind: bad ? ('clash' as const) : ('fits' as const) }] : []),
  ];
  // Of several therapists each cause says whose it is; of one it need not.
  const stops = (name: string): boolean => (answer?.therapist ?? []).some((cause) => (cause.therapist ?? therapist.name) === name);
  return [
    { key: 'therapist', label: shortName(therapist.name), items: drawn(answer?.therapist_track ?? [], therapist.hue, stops(therapist.name)) },
    ...(answer?.co_tracks ?? []).map((one) => ({ key: one.therapist.id, label: shortName(one.therapist.name), items: drawn(one.track, one.therapist.hue, stops(one.therapist.name)) })),
    ...(room === null ? [] : [{ key: 'room', label: room, items: drawn(answer?.room_track ?? [], null, (answer?.room?.length ?? 0) > 0) }]),
  ];
}
