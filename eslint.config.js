/**
 * What a linter can see and a compiler cannot: promises left alone, numbers that differ between machines, clocks, bare errors.
 *
 * Type-checked rules of typescript-eslint, strict, without those that fight columns of numbers: an index into a typed array is
 * trusted inside a kernel (style rule 5), so nothing here asks for a check of `undefined` or forbids one. Imports, cycles,
 * lengths, headers and banned words are the business of `test/architecture.test.ts`; layout is prettier's.
 *
 * Order: later blocks add to earlier ones, except that the last block which names a rule replaces its options. The lists
 * below are therefore joined here, once for each set of files, and never set twice for the same file.
 */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescriptFiles = ['**/*.ts'];

/** Everything that a run's outcome is computed from: no clock, no locale, no libm. */
const deterministicFolders = [
  'ground',
  'kernels',
  'exchange',
  'world',
  'social-graph',
  'scenario',
  'recommender',
  'policy',
  'game-master',
  'engine',
];
const deterministicFiles = deterministicFolders.map((folder) => `sim/${folder}/**/*.ts`);

/** The only files of the engine that may read a clock: for progress and telemetry, never for what is hashed. */
const clockFiles = ['sim/engine/clock.ts'];

/** Not fixed by the language's standard: each engine and processor may round them in its own way (abs, sqrt, floor … are). */
const libmFunctions =
  'acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow sin sinh tan tanh'.split(
    ' ',
  );

/** `no-restricted-properties` entries for some names of one object. */
function forbid(object, properties, message) {
  return properties.map((property) => ({ object, property, message }));
}

const randomness = [
  ...forbid('Math', ['random'], 'Randomness is an argument: draw(seed, tick, key, purpose).'),
  ...forbid('crypto', ['randomUUID', 'getRandomValues'], 'Randomness is an argument: draw(seed, tick, key, purpose).'),
];

const cryptoRandomness = {
  name: 'node:crypto',
  importNames: ['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync', 'getRandomValues', 'webcrypto'],
  message: 'Randomness is an argument: draw(seed, tick, key, purpose).',
};

const localeProperties = [
  'localeCompare',
  'toLocaleString',
  'toLocaleDateString',
  'toLocaleTimeString',
  'toLocaleUpperCase',
];
const locale = [...localeProperties, 'toLocaleLowerCase'].map((property) => ({
  property,
  message: 'Locale tables change with Node: compare by code units or bytes, map ASCII by a frozen rule.',
}));

const libm = forbid('Math', libmFunctions, 'Rounds differently between machines: take it from sim/ground/detmath.ts.');

const completionOrder = forbid(
  'Promise',
  ['race', 'any'],
  'The first answer depends on the network: gather at the barrier and sort by (tick, agent, purpose, sequence).',
);

const clocks = [
  ...forbid('Date', ['now', 'parse'], 'Time is an argument; only sim/engine/clock.ts reads a clock.'),
  ...forbid('performance', ['now', 'timeOrigin'], 'Time is an argument; only sim/engine/clock.ts reads a clock.'),
  ...forbid('process', ['hrtime', 'uptime'], 'Time is an argument; only sim/engine/clock.ts reads a clock.'),
];

const bareErrors = {
  selector: 'NewExpression[callee.name=/^(Error|TypeError|RangeError|SyntaxError|EvalError|URIError)$/]',
  message: 'Two kinds of error: InputError (the user can mend it) or InvariantError (ours), of sim/ground/errors.ts.',
};
const defaultExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that an import says what it takes.',
};
const powers = {
  selector: "BinaryExpression[operator='**'], AssignmentExpression[operator='**=']",
  message: 'x ** y is Math.pow: multiply out, shift, or take pow from sim/ground/detmath.ts.',
};
const intl = {
  name: 'Intl',
  message: 'Locale tables change with Node: format numbers and compare text by a rule of our own.',
};
const dates = {
  selector: "NewExpression[callee.name='Date'], CallExpression[callee.name='Date']",
  message: 'Time is an argument, in ticks or seconds; only sim/engine/clock.ts reads a clock.',
};

const deterministicSyntax = [bareErrors, defaultExports, powers];
const deterministicProperties = [...randomness, ...locale, ...libm, ...completionOrder];

/** Where the strict set of rules fights this kind of code, and why it gives way. */
const practical = {
  // `column[row] === undefined` is meaningful although the type says number: noUncheckedIndexedAccess is off.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // A type parameter used once carries a brand (`Column<Row>`).
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  // TypeScript's library lacks WebAssembly without the DOM: what is missing may be declared.
  '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
  // process.env['CI'] and record['field'] are how an index signature is read.
  '@typescript-eslint/dot-notation': 'off',
};

const added = {
  '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
  ],
  '@typescript-eslint/no-import-type-side-effects': 'error',
  // Array.prototype.sort without a comparison orders numbers as text.
  '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/strict-void-return': 'off',
  eqeqeq: 'error',
  'no-eval': 'error',
  'no-implied-eval': 'off',
  '@typescript-eslint/no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-implicit-coercion': ['error', { allow: ['!!'] }],
  'no-param-reassign': 'off',
  'no-sequences': 'error',
  'no-template-curly-in-string': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
};

export default defineConfig(
  // AssemblyScript looks like TypeScript and has other types; its compiler checks them (`npm run kernels`).
  globalIgnores(['dist/', 'runs/', 'coverage/', 'node_modules/', '**/assembly/']),
  {
    files: typescriptFiles,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { ...added, ...practical },
  },
  {
    files: ['sim/**/*.ts', 'analysis/**/*.ts', 'viz/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', ...randomness],
      'no-restricted-syntax': ['error', bareErrors, defaultExports],
    },
  },
  {
    files: ['scenarios/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', ...randomness], 'no-restricted-syntax': ['error', bareErrors] },
  },
  {
    files: deterministicFiles,
    ignores: clockFiles,
    rules: {
      'no-restricted-properties': ['error', ...deterministicProperties, ...clocks],
      'no-restricted-syntax': ['error', ...deterministicSyntax, dates],
      'no-restricted-globals': ['error', intl],
      'no-restricted-imports': ['error', { paths: [cryptoRandomness] }],
    },
  },
  {
    files: clockFiles,
    rules: {
      'no-restricted-globals': ['error', intl],
      'no-restricted-imports': ['error', { paths: [cryptoRandomness] }],
      'no-restricted-properties': ['error', ...deterministicProperties],
      'no-restricted-syntax': ['error', ...deterministicSyntax],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test hands in a stand-in for an asynchronous port, or passes a method on purpose.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
);
