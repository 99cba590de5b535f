// Written by `cargo xtask types`; do not edit.

/** The least and the most of each number, both allowed. */
export const LIMITS = {
  amount: { min: 0, max: 1000000000 },
  around_minutes: { min: 0, max: 120 },
  service_minutes: { min: 5, max: 1440 },
  step_minutes: { min: 5, max: 1440 },
  due_days: { min: 0, max: 365 },
  notice_hours: { min: 0, max: 672 },
  invoice_number: { min: 1, max: 999999999 },
} as const;
