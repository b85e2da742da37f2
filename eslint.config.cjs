// The style of the page's script. CommonJS, so that the rules are found wherever NODE_PATH says that they lie.
const js = require("@eslint/js");
const globals = require("globals");

const rules = {
  ...js.configs.recommended.rules,
  "array-callback-return": "error",
  "consistent-return": "error",
  "default-case-last": "error",
  eqeqeq: "error",
  "max-lines": ["error", 300],
  "no-constant-condition": ["error", { checkLoops: false }],
  "no-else-return": "error",
  "no-implicit-globals": "error",
  "no-promise-executor-return": ["error", { allowVoid: true }],
  "no-self-compare": "error",
  "no-shadow": "error",
  "no-template-curly-in-string": "error",
  "no-throw-literal": "error",
  "no-unused-vars": ["error", { caughtErrors: "none" }],
  "no-use-before-define": ["error", { functions: false, variables: false }],
  "no-useless-return": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
};

// What the worker's script is given by its browser, and by the library that it loads.
const worker = { Human: "readonly", importScripts: "readonly" };

module.exports = [
  { ignores: ["**/node_modules/", "var/", ".venv/", "staticfiles/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    // What the browsers of phones in use understand without a build step.
    files: ["recruitment/room/static/**/*.js"],
    // Of the year after, they know import() alone.
    languageOptions: { ecmaVersion: 2020, sourceType: "module", globals: { ...globals.browser, ...worker, wx: "readonly" } },
    rules: { ...rules, "no-restricted-syntax": ["error", "ChainExpression", "LogicalExpression[operator='??']"] },
  },
  {
    files: ["core/static/**/*.js", "people/static/**/*.js", "recruitment/static/**/*.js"],
    languageOptions: { ecmaVersion: 2019, sourceType: "script", globals: globals.browser },
    rules,
  },
  {
    files: ["recruitment/static/recruitment/admin/plan*.js"],
    languageOptions: { ecmaVersion: 2019, sourceType: "module", globals: globals.browser },
    rules,
  },
  {
    files: ["tests/**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: { ...globals.node, document: "readonly", window: "readonly" },
    },
    rules: { ...rules, "max-lines": "off" },
  },
];
