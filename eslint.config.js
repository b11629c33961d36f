import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores([
    'generated/',
    'openapi/',
    'node_modules/',
    'dist/',
    'coverage/',
    '**/*.cjs',
    'data/',
    // They import what a test makes, and are compiled there.
    'test/generators/*/',
    'test/package/*/',
    // They import what only the benchmark installs.
    'scripts/bench/**/*.js',
  ]),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', '.dependency-cruiser.js'] },
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // The reason of an AbortSignal is whatever aborted it.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    // Vitest types `expect.any(String)` and its like as any.
    files: ['test/**'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
)
