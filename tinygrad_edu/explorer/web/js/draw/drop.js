/** A picture can be dropped anywhere on the page, or pasted. */

/**
 * @param {HTMLElement} target
 * @param {(file: File) => void} accept
 */
export function acceptPictures(target, accept) {
  target.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  target.addEventListener("drop", (event) => {
    const file = pictureAmong(event.dataTransfer?.files);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    if (file) accept(file);
  });
  target.addEventListener("paste", (event) => {
    const file = pictureAmong(event.clipboardData?.files);
    if (file) accept(file);
  });
}

/** @param {FileList | undefined} files */
function pictureAmong(files) {
  return [...(files ?? [])].find((file) => file.type.startsWith("image/"));
}
