import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'dist-cloud/', 'node_modules/', 'src/lib/api/*enerated.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // TypeScript resolves names; this rule only repeats it, badly, for DOM types.
      'no-undef': 'off',
      'max-lines': ['error', { max: 250, skipBlankLines: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    // Links go through our own router, which has no SvelteKit `resolve()`.
    rules: { 'svelte/no-navigation-without-resolve': 'off' },
  },
  // Here what screens read is `$state`; the sets and maps beside it are nobody's but the class's own.
  {
    files: ['src/lib/live/*.svelte.ts', 'src/lib/api/*.svelte.ts'],
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  // A journey is one story from its beginning to its end.
  { files: ['e2e/*.e2e.ts', 'e2e/box/*.box.ts'], rules: { 'max-lines': 'off' } },
  // A catalogue is one list; cutting it up would only hide a missing line.
  { files: ['src/lib/i18n/*.ts'], rules: { 'max-lines': 'off' } },
);
