import { defineConfig } from 'eslint/config';
import { fileURLToPath } from 'node:url';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The engine and the cluster layer take time, ids and randomness as ports, so that tests own them. */
const worldGlobals = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'console',
  'fetch',
  'performance',
];

export default defineConfig(
  { ignores: ['node_modules/', '**/dist/', 'test-results/', 'test/lab/go/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [tseslint.configs.strictTypeChecked],
    // The same extensions for all files: a second set would make the project service read everything again.
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: root, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `await using _lock = …` holds something and is never read.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // An abort signal's reason is passed on as it is.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // Code points are what a terminal counts by; nothing here cuts emojis.
      '@typescript-eslint/no-misused-spread': 'off',
      // `Promise.withResolvers<void>()` is how one is made.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Ports are plain objects of functions; taking one out of them is common and safe.
      '@typescript-eslint/unbound-method': 'off',
      // `const done = () => stop()` reads better than a block around every call that answers nothing.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // An async function without await is how a port with promises is implemented by something synchronous.
      '@typescript-eslint/require-await': 'off',
      // In catch blocks and event handlers the code says already what is thrown away and why.
      '@typescript-eslint/no-empty-function': 'off',
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that one grep finds all uses.' },
      ],
    },
  },
  {
    files: ['main/engine/**/*.ts', 'main/cluster/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...worldGlobals.map((name) => ({ name, message: 'The engine and the cluster layer take this as a port.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes as a port.' },
      ],
    },
  },
  {
    files: ['main/apps/electron/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'shell', property: 'openExternal', message: 'Only openExternalLink leads out of the application.' },
      ],
    },
  },
  {
    // Tests may look at what the types cannot promise: that is what they are for.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['**/*.svelte'],
    extends: [svelte.configs.recommended],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // Half the time of the whole run, for what no-unused-vars finds of props that are taken apart.
      'svelte/no-unused-props': 'off',
      // ESLint sees an imported component as `any`; svelte-check sees its type.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['test/config/*.ts', '**/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
