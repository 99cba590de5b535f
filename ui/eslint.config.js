import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/generated/', 'src/words/ids.ts'] },
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description', 'ts-ignore': true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 800, skipComments: false }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: { 'svelte/no-at-html-tags': 'error', 'svelte/button-has-type': 'error', 'svelte/no-navigation-without-resolve': 'off', 'svelte/no-useless-mustaches': 'off' /* {' · '} keeps the space that a block would trim */ },
  },
  { files: ['src/kit/Sprite.svelte'], rules: { 'svelte/no-at-html-tags': 'off' } },
  { files: ['*.config.{js,ts}', '*.cjs', 'tools/**', 'tests/e2e/**'], languageOptions: { globals: { ...globals.node } }, rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' } },
);
