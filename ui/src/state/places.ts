/** The choices of therapist and place in forms, and places as one word of a select. */
import type { ClinicView } from '../generated/ClinicView';
import type { Place } from '../generated/Place';
import type { Choice } from '../kit/choice';
import { t } from '../words/index.svelte';

/** Initials for lists that carry a name only. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toLocaleUpperCase();
}

export function therapistChoices(clinic: ClinicView): Choice[] {
  return clinic.therapists
    .filter((one) => !one.facts.archived)
    .map((one) => ({ value: one.id, label: one.details.name.value, initials: initials(one.details.name.value), hue: one.details.hue }));
}

/** Rooms, then online where the service allows it, then elsewhere. `keep` is offered even where it no longer would be. */
export function placeChoices(clinic: ClinicView, service: string | null, keep?: Place): Choice[] {
  const online = clinic.services.find((one) => one.id === service)?.facts.may_be_online ?? false;
  const list: Choice[] = clinic.rooms
    .filter((one) => !one.facts.archived || (keep?.kind === 'room' && keep.id === one.id))
    .map((one) => ({ value: `room:${one.id}`, label: one.details.name.value, icon: 'door' }));
  if (online || keep?.kind === 'online') list.push({ value: 'online', label: t('online'), icon: 'video' });
  list.push({ value: 'elsewhere', label: t('elsewhere'), icon: 'pin' });
  return list;
}

export function writePlace(place: Place): string {
  return place.kind === 'room' ? `room:${place.id}` : place.kind;
}

export function readPlace(text: string): Place {
  if (text.startsWith('room:')) return { kind: 'room', id: text.slice(5) };
  return { kind: text === 'online' ? 'online' : 'elsewhere' };
}

/** The link a therapist keeps for online sessions: what the client gets where the session has none of its own. */
export function linkOf(clinic: ClinicView, therapist: string): string {
  return clinic.therapists.find((one) => one.id === therapist)?.details.link ?? '';
}
