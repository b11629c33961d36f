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
    // These files import code that a test generates. The same test compiles these files.
    'test/generators/*/',
    'test/receivers/*/',
    'test/package/*/',
    // These files import packages that only the benchmark installs.
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
      // An AbortSignal's reason can be any value.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    // Vitest types `expect.any(String)` and similar matchers as any.
    files: ['test/**'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    // Examples are JavaScript outside every TypeScript project, so rules that need types cannot run.
    files: ['examples/**'],
    extends: [tseslint.configs.disableTypeChecked],
  },
)
