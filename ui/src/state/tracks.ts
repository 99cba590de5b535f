/** The core's day tracks as the kit draws them. */
import type { TrackPart } from '../generated/TrackPart';
import type { TrackItem } from '../kit/track';

export function trackItems(parts: readonly TrackPart[], hue: string | null): TrackItem[] {
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
