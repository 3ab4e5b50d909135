/**
 * The explorer in a notebook's output (explorer/notebook.py): the page in a frame, and between it and the kernel the
 * questions and answers.  The page asks for a channel when it begins; what it sends there goes on to the kernel.
 *
 * @typedef {object} Model the widget's model, as anywidget hands it over
 * @property {(name: string) => any} get
 * @property {(message: any) => void} send
 * @property {(event: string, listener: (content: any, buffers: (DataView | ArrayBuffer)[]) => void) => void} on
 * @property {(event: string, listener: any) => void} off
 */

const HELLO = "tinygrad_edu.explorer";

/** @param {{ model: Model, el: HTMLElement }} where */
function render({ model, el }) {
  const view = `${Date.now()} ${Math.random()}`; // shown twice, each view is answered its own questions
  const page = URL.createObjectURL(new Blob([model.get("html")], { type: "text/html" }));
  const frame = document.createElement("iframe");
  /** @type {MessagePort | null} */
  let port = null;

  /** @param {MessageEvent} event */
  function greeted({ source, data }) {
    if (source !== frame.contentWindow || data !== HELLO || !frame.contentWindow) return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = (message) => model.send({ ...message.data, view });
    frame.contentWindow.postMessage(HELLO, "*", [channel.port2]);
  }

  /**
   * @param {any} content
   * @param {(DataView | ArrayBuffer)[]} buffers
   */
  function answered(content, buffers) {
    if (content.view !== view || port === null) return;
    const bytes = buffers.length > 0 ? copied(buffers[0]) : undefined;
    port.postMessage({ id: content.id, error: content.error, bytes }, bytes ? [bytes] : []);
  }

  addEventListener("message", greeted);
  model.on("msg:custom", answered);
  frame.title = "How a small CNN learns";
  frame.allow = "fullscreen";
  Object.assign(frame.style, { width: "100%", height: `${model.get("height")}px`, border: "0" });
  frame.src = page;
  el.replaceChildren(frame);
  return () => {
    removeEventListener("message", greeted);
    model.off("msg:custom", answered);
    port?.close();
    URL.revokeObjectURL(page);
  };
}

/** @param {DataView | ArrayBuffer} buffer */
function copied(buffer) {
  if (buffer instanceof ArrayBuffer) return buffer.slice(0);
  return /** @type {ArrayBuffer} */ (buffer.buffer).slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
}

export default { render };
