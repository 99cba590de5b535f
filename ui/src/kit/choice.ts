import type { IconName } from './icons';

/** One entry of a select, combobox or menu. */
export interface Choice<V extends string = string> {
  value: V;
  label: string;
  note?: string;
  icon?: IconName;
  initials?: string;
  hue?: string;
  disabled?: boolean;
  /** It stands in a searched list only because it is chosen: what is typed did not find it. */
  kept?: boolean;
}
