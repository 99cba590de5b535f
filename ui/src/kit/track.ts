/** One row of a day track: what occupies a therapist or a room, in minutes from the day's start. */
export interface TrackRow {
  key: string;
  label: string;
  items: readonly TrackItem[];
}

export interface TrackItem {
  start: number;
  end: number;
  /** busy: another session; off: closed, break or time off; me: this session; was: its old place; fits / clash: the new place. */
  kind: 'busy' | 'off' | 'me' | 'was' | 'fits' | 'clash';
  hue?: string;
}
