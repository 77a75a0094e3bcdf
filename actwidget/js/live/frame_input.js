/** What a live frame was computed from, as the page shows it. */

/** @import { InputImage } from "../types.js" */

/** @type {(canvas: HTMLCanvasElement) => InputImage} */
export function shownInput(canvas) {
  const { height, width } = canvas;
  return { height, width, pixels: canvas, message: { height, width, data: new Uint8Array() } };
}

/** @type {(message: any, buffers: DataView[]) => Promise<InputImage | null>} */
export async function receivedInput({ input }, buffers) {
  if (!input) return null;
  const { height, width, mime, buffer } = input, view = buffers[buffer];
  const canvas = document.createElement("canvas");
  if (mime === "rgb") {
    canvas.width = width;
    canvas.height = height;
    const image = new ImageData(width, height);
    for (let k = 0, i = 0; k < view.byteLength; k += 3, i += 4) {
      for (let c = 0; c < 3; c++) image.data[i + c] = view.getUint8(k + c);
      image.data[i + 3] = 255;
    }
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  } else {
    const bitmap = await createImageBitmap(new Blob([/** @type {any} */ (view)], { type: mime }));
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
  return { ...shownInput(canvas), height, width };
}
