export const TABS = ['clinic', 'account', 'mail', 'backup', 'appearance', 'lock'] as const;
export type Tab = (typeof TABS)[number];

export function readTab(text: string | null): Tab {
  return TABS.find((one) => one === text) ?? 'clinic';
}
