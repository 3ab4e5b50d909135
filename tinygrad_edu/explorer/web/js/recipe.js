/**
 * Which picture a recipe shows, and how it comes to show another (explorer/recipe.py).
 *
 * @typedef {import("./state.js").Recipe} Recipe
 *
 * @typedef {object} Picture
 * @property {number | null} digit a test digit's number; or null, and the ink counts, or else the user's own is shown
 * @property {string | null} ink drawn pixels
 * @property {number | null} answer the class that is right; null: the digit's label, or nobody said
 */

/**
 * @param {Recipe} recipe
 * @returns {Picture} what is shown, pixels that were edited left aside
 */
export function picture(recipe) {
  const last = recipe.changes.findLast((change) => change[0] === "show");
  if (last?.[0] === "show") return { digit: last[1], ink: last[2], answer: last[3] };
  const { digit, ink, answer } = recipe;
  return { digit, ink, answer };
}

/**
 * A recipe that shows another picture to the same weights.  Edited pixels go with their picture, unless something was
 * learnt from it: then both stay in the list of changes, and the new picture is one more.
 *
 * @param {Recipe} recipe
 * @param {Partial<Picture>} shown
 * @returns {Recipe}
 */
export function withPicture(recipe, { digit = null, ink = null, answer = null }) {
  const taught = recipe.changes.findLastIndex((change) => change[0] === "learn" && change[3] === 0);
  const kept = recipe.changes.slice(0, taught + 1);
  const later = recipe.changes
    .slice(taught + 1)
    .filter((change) => !(change[0] === "show" || (change[0] === "edit" && change[1] === "image")));
  if (taught < 0) return { ...recipe, digit, ink, answer, changes: later };
  return { ...recipe, changes: [...kept, ...later, ["show", digit, ink, answer]] };
}

/**
 * @param {Recipe} recipe
 * @param {Recipe["network"]} network
 * @returns {Recipe} the same picture shown to another network, which nothing was changed in
 */
export function withNetwork(recipe, network) {
  const changes = recipe.changes.filter((change) => change[0] === "edit" && change[1] === "image");
  return { ...recipe, ...picture(recipe), network, changes };
}

/**
 * @param {Recipe} recipe
 * @param {number} answer
 * @returns {Recipe} the same picture, said to be of another class
 */
export function withAnswer(recipe, answer) {
  const last = recipe.changes.findLastIndex((change) => change[0] === "show");
  if (last < 0) return { ...recipe, answer };
  const { digit, ink } = picture(recipe);
  return { ...recipe, changes: recipe.changes.with(last, ["show", digit, ink, answer]) };
}
