export function messages(language: 'en' | 'ms'): Map<string, string[]>;
export function idsModule(): string;
