export const TABS = ['clinic', 'mail', 'backup', 'appearance', 'lock'] as const;
export type Tab = (typeof TABS)[number];

export function readTab(text: string | null): Tab {
  return TABS.find((one) => one === text) ?? 'clinic';
}

/** Servers, ports and steps of the two providers most clinics use. */
export const PRESETS = {
  gmail: { host: 'smtp.gmail.com', port: 465, security: 'implicit_tls', steps: ['mail-step-gmail-two-step', 'mail-step-gmail-app-password', 'mail-step-gmail-paste'] },
  microsoft: { host: 'smtp.office365.com', port: 587, security: 'start_tls', steps: ['mail-step-microsoft-smtp-auth', 'mail-step-microsoft-app-password', 'mail-step-microsoft-paste'] },
} as const;
