import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/.venv*/", "build/", "site/"] },
  js.configs.recommended,
  {
    files: ["tinygrad_edu/explorer/web/js/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  { files: ["tests/web/**/*.mjs", "eslint.config.js"], languageOptions: { globals: globals.nodeBuiltin } },
];
