export const TABS = ['clinic', 'mail', 'backup', 'appearance', 'lock'] as const;
export type Tab = (typeof TABS)[number];

export function readTab(text: string | null): Tab {
  return TABS.find((one) => one === text) ?? 'clinic';
}

/** Servers and ports of the two providers most clinics use; their steps stand in the words. */
export const PRESETS = {
  gmail: { host: 'smtp.gmail.com', port: 465, security: 'implicit_tls' },
  microsoft: { host: 'smtp.office365.com', port: 587, security: 'start_tls' },
} as const;
